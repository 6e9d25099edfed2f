"""From a question to the rows that may answer it, by tokens and indexes alone."""

from django.db.models import Q

from guibin.core.sealing import token
from guibin.customers.models import ContactPoint, ExternalId, SearchToken
from guibin.customers.queries import sealed
from guibin.customers.rules.finding import Question


def matching(question: Question) -> Q:
    """Customers whose name, phone, e-mail, number or external id answers ``question``."""
    found = Q(pk__in=[])
    tokens = Q(pk__in=[])
    for pieces in question.names:
        tokens |= Q(name_tokens__contains=[sealed.name_token(piece) for piece in sorted(pieces)])
    if question.last_four:
        tokens |= Q(phone_tokens__contains=[token("customers.last_four", question.last_four)])
    if question.names or question.last_four:
        found |= Q(pk__in=SearchToken.objects.filter(tokens).values("customer_id"))
    for kind, value in (("phone", question.phone), ("email", question.email)):
        if value:
            index = sealed.contact_index(kind, value)
            rows = ContactPoint.objects.filter(kind=kind, value_index=index)
            found |= Q(pk__in=rows.values("customer_id"))
    if question.number:
        found |= Q(number=question.number)
    if question.external:
        rows_external = ExternalId.objects.filter(value_index=sealed.external_index(question.external))
        found |= Q(pk__in=rows_external.values("customer_id"))
    return found

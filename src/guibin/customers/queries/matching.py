"""From a question to the rows that may answer it, by tokens and indexes alone."""

from typing import Any

from django.db.models import Q, QuerySet

from guibin.core.sealing import token
from guibin.customers.models import ContactPoint, Customer, ExternalId, SearchToken
from guibin.customers.queries import sealed
from guibin.customers.rules.finding import Question


def narrowed(rows: QuerySet[Customer], question: Question) -> QuerySet[Customer]:
    """Those of ``rows`` whose name, phone, e-mail, number or external id answers ``question``.

    The ways to answer are joined by UNION, not OR, so that each uses its own index.
    """
    ways = _ways(question)
    if not ways:
        return rows.none()
    first, *others = ways
    return rows.filter(pk__in=first.union(*others) if others else first)


def _ways(question: Question) -> list[QuerySet[Any, Any]]:
    """One query of customer ids for each way the question may be answered."""
    ways: list[QuerySet[Any, Any]] = [
        SearchToken.objects.filter(tokens).values_list("customer_id") for tokens in _token_ways(question)
    ]
    for kind, value in (("phone", question.phone), ("email", question.email)):
        if value:
            index = sealed.contact_index(kind, value)
            rows = ContactPoint.objects.filter(kind=kind, value_index=index)
            ways.append(rows.values_list("customer_id"))
    if question.number:
        ways.append(Customer.objects.filter(number=question.number).values_list("pk"))
    if question.external:
        index = sealed.external_index(question.external)
        ways.append(ExternalId.objects.filter(value_index=index).values_list("customer_id"))
    return ways


def _token_ways(question: Question) -> list[Q]:
    ways = [
        Q(name_tokens__contains=[sealed.name_token(piece) for piece in sorted(pieces)])
        for pieces in question.names
    ]
    if question.last_four:
        ways.append(Q(phone_tokens__contains=[token("customers.last_four", question.last_four)]))
    return ways

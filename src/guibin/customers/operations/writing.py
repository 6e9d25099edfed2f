"""Changed profile fields of one locked customer, written with everything that follows from them."""

from guibin.core.errors import constraint_errors
from guibin.core.events import record, subject
from guibin.core.sealing import SealKey
from guibin.customers import errors
from guibin.customers.events import CustomerEdited
from guibin.customers.models import Customer, SearchToken
from guibin.customers.operations.matching import TOKEN_FIELDS, renew_match_tokens
from guibin.customers.operations.recording import Provenance, change_row, keep_history
from guibin.customers.operations.sealing import changed_columns
from guibin.customers.queries import sealed
from guibin.customers.rules.profile import Texts


def write_changes(
    row: Customer, key: SealKey, current: Texts, changes: Texts, provenance: Provenance
) -> None:
    """Columns, tokens, history and event of changed profile fields."""
    after = {**current, **changes}
    columns = changed_columns(changes, after, key)
    with constraint_errors({"customers_customer_id_number_once": errors.IdNumberTaken()}):
        Customer.objects.filter(pk=row.pk).update(
            **columns, revision=row.revision + 1, updated_at=provenance.at
        )
    if {"name", "latin_name"} & changes.keys():
        tokens = sealed.name_tokens(after.get("name", ""), after.get("latin_name", ""))
        SearchToken.objects.filter(pk=row.pk).update(name_tokens=tokens)
    if TOKEN_FIELDS & changes.keys():
        renew_match_tokens([row.pk])
    keep_history(
        change_row(row.pk, key, name, current.get(name, ""), new, provenance) for name, new in changes.items()
    )
    record(
        CustomerEdited(fields=tuple(changes), source=provenance.source),
        subjects=[subject("customer", row.pk)],
        actor=provenance.actor,
        at=provenance.at,
    )

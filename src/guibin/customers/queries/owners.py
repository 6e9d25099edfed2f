"""Who has these keys? One query per kind of key for a whole batch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from guibin.customers.queries import sealed
from guibin.customers.rules.importing import CleanRow


@dataclass(slots=True)
class Owners:
    """``found`` maps (key, value) to customer ids, merged ones resolved; ``bearers`` to the id that bears the
    key, which may stand for another since a merge. ``made_by`` maps a customer to the import that made it;
    ``holders`` are (source, customer) pairs: who has an id of that source."""

    found: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    bearers: dict[tuple[str, str], int] = field(default_factory=dict)
    made_by: dict[int, int | None] = field(default_factory=dict)
    holders: set[tuple[str, int]] = field(default_factory=set)

    def find(self, key: str, value: str) -> Sequence[int]:
        return self.found.get((key, value), ())

    def bearer(self, row: CleanRow) -> int | None:
        """The id under which what this row brings is written: that of the first key somebody bears."""
        return next((self.bearers[pair] for pair in row.keys if pair in self.bearers), None)


def find_owners(rows: Iterable[CleanRow]) -> Owners:
    """The owners of every key, external id and ID number that ``rows`` mention."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for key, value in row.keys:
            wanted[key].add(value)
        for where, value in row.externals:
            wanted[f"external:{where}"].add(value)
        if row.texts.get("id_number"):
            wanted["id_number"].add(row.texts["id_number"])
    pairs: dict[tuple[str, str], set[int]] = defaultdict(set)
    born: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key in sorted(wanted):
        for value, owner, bearer in _find(key, wanted[key]):
            pairs[key, value].add(owner)
            born[key, value].add(bearer)
    ids = {owner for owners in pairs.values() for owner in owners}
    made_by = _made_by(ids)
    found = {pair: sorted(owner for owner in owners if owner in made_by) for pair, owners in pairs.items()}
    sources = sorted({key.partition(":")[2] for key in wanted if key.startswith("external:")})
    known = {pair: owners for pair, owners in found.items() if owners}
    bearers = {
        pair: min(born[pair], key=lambda one: (one not in owners, one)) for pair, owners in known.items()
    }
    return Owners(known, bearers, made_by, _holders(ids, sources))


def _holders(ids: Collection[int], sources: Collection[str]) -> set[tuple[str, int]]:
    """Who of these has an id of these sources already."""
    if not ids or not sources:
        return set()
    statement = (
        "SELECT e.source, coalesce(a.into_id, e.customer_id) FROM customers_externalid e "
        "LEFT JOIN customers_customeralias a ON a.customer_id = e.customer_id "
        "WHERE e.customer_id = ANY(%s) AND e.source = ANY(%s)"
    )
    return {(source, owner) for source, owner in _rows(statement, [list(ids), list(sources)])}


STATEMENTS = {
    "external": (
        "SELECT e.value_index, coalesce(a.into_id, e.customer_id), e.customer_id FROM customers_externalid e "
        "LEFT JOIN customers_customeralias a ON a.customer_id = e.customer_id "
        "WHERE e.value_index = ANY(%s::bytea[]) AND e.source = %s"
    ),
    "contact": (
        "SELECT p.value_index, coalesce(a.into_id, p.customer_id), p.customer_id "
        "FROM customers_contactpoint p LEFT JOIN customers_customeralias a ON a.customer_id = p.customer_id "
        "WHERE p.value_index = ANY(%s::bytea[]) AND p.kind = %s"
    ),
    "id_number": (
        "SELECT c.id_number_index, coalesce(a.into_id, c.id), c.id FROM customers_customer c "
        "LEFT JOIN customers_customeralias a ON a.customer_id = c.id "
        "WHERE c.id_number_index = ANY(%s::bytea[])"
    ),
    "number": (
        "SELECT c.number, coalesce(a.into_id, c.id), c.id FROM customers_customer c "
        "LEFT JOIN customers_customeralias a ON a.customer_id = c.id WHERE c.number = ANY(%s)"
    ),
}


def _find(key: str, values: Collection[str]) -> Iterable[tuple[str, int, int]]:
    """(value, who stands for its bearer, its bearer)."""
    kind, _colon, source = key.partition(":")
    if kind == "number":
        return _rows(STATEMENTS["number"], [list(values)])
    if kind == "external":
        by_index = {sealed.external_index(value): value for value in values}
        found = _rows(STATEMENTS["external"], [_bytea_array(by_index), source])
    elif kind == "id_number":
        by_index = {sealed.id_number_index(value): value for value in values}
        found = _rows(STATEMENTS["id_number"], [_bytea_array(by_index)])
    else:
        by_index = {sealed.contact_index(kind, value): value for value in values}
        found = _rows(STATEMENTS["contact"], [_bytea_array(by_index), kind])
    return [(by_index[bytes(index)], owner, bearer) for index, owner, bearer in found]


def _bytea_array(values: Iterable[bytes]) -> str:
    """A ``bytea[]`` as the server reads it: many times quicker than the driver's item by item."""
    return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in values) + "}"


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _made_by(ids: Collection[int]) -> dict[int, int | None]:
    """The import that made each of these customers; erased ones are absent."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, import_id FROM customers_customer WHERE id = ANY(%s) AND status <> 'erased'",
            [list(ids)],
        )
        return dict(cursor.fetchall())

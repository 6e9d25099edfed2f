"""What insight adds to a composed read: the published facts of one customer."""

import json
from datetime import date

from guibin.core.composed import ReadPart, Row, text
from guibin.insight.rules.count import Fact

DAYS = ("first_order_on", "last_order_on")


def facts_part(customer_id: str) -> ReadPart:
    """The facts of the customer whose id is the SQL expression ``customer_id``, as of the last refresh."""
    return ReadPart(
        name="facts",
        sql=f"""
            SELECT f.facts - ARRAY['customer_id', 'number'] AS row,
                   r.as_of - (f.facts ->> 'last_order_on')::date AS recency,
                   greatest(0, r.as_of - f.began_on) AS tenure, f.began_on, r.as_of
            FROM (SELECT as_of FROM insight_refresh ORDER BY id DESC LIMIT 1) r
            LEFT JOIN insight_customerfacts f
                ON f.customer_id = {customer_id}""",  # noqa: S608 - the expression is the caller's code
        columns=("row", "recency", "tenure", "began_on", "as_of"),
    )


def read_facts(row: Row) -> str:
    """A JSON object with every fact but the customer's id and number; "null" where there are none."""
    stored, recency, tenure, began_on, _as_of = row
    if stored is None:
        return "null"
    days = text(recency) or "null"
    life = "null" if began_on is None else text(tenure)
    return f'{text(stored)[:-1]}, "recency_days": {days}, "tenure_days": {life}}}'


def read_facts_day(row: Row) -> str:
    """The day the facts speak of, as ISO text; "" before the first refresh."""
    return text(row[4])


def read_fact_row(row: Row) -> dict[str, Fact] | None:
    """The same facts as values, days as dates."""
    found: dict[str, Fact] | None = json.loads(read_facts(row))
    if found is None:
        return None
    for name in DAYS:
        day = found.get(name)
        found[name] = date.fromisoformat(day) if isinstance(day, str) else None
    return found

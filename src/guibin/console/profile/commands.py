"""``guibin customers show``: one customer with everything that several slices know."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from guibin.core.cli import argument, as_of_option, group, json_option, option, print_json


@group("customers", help=_("Who they are."))
def customers_group() -> None:
    pass


@customers_group.command(
    "show", help=_("Show the customer with this NUMBER: who, figures and standing, masked.")
)
@argument("number")
@option(
    "--reveal",
    help=_("Show everything whole, for this reason: contact, verify, correct, complaint or other."),
)
@as_of_option
@json_option
def show(*, number: str, reveal: str | None, as_of: date | None, as_json: bool) -> None:
    shown = _read(number, reveal=reveal, as_of=as_of)
    if as_json:
        print_json(shown)
        return
    flat = {**shown, **(shown.pop("facts") or {}), **(shown.pop("standing") or {})}
    for name, value in flat.items():
        if value not in (None, "", [], {}):
            print(f"{name}: {value}")  # noqa: T201 - the answer itself


def _read(number: str, *, reveal: str | None, as_of: date | None) -> dict[str, Any]:
    """The person, the facts as of the day (amounts in minor units), and the standing in force."""
    from guibin.console.profile.plain import plain_facts
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api as customers
    from guibin.insight import api as insight

    customer_id = customers.get_id(number, actor=SYSTEM)
    if reveal:
        view = customers.reveal_customer(customer_id=customer_id, reason=reveal, actor=SYSTEM, at=now())
    else:
        view = customers.get_customer(customer_id, actor=SYSTEM)
    day = as_of or insight.current_day()
    facts = insight.facts_for([customer_id], as_of=day).get(customer_id)
    return {
        **customers.as_plain(view),
        "as_of": day,
        "facts": plain_facts(facts),
        "standing": _standing(customer_id),
    }


def _standing(customer_id: int) -> dict[str, Any] | None:
    """Its day is named apart from the day of the figures, which may be another."""
    from guibin.console.profile.plain import plain_standing
    from guibin.loyalty import api as loyalty

    shown = plain_standing(loyalty.standing([customer_id]).get(customer_id))
    return shown and {("standing_as_of" if name == "as_of" else name): value for name, value in shown.items()}

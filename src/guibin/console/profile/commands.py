"""``guibin customers show``: one customer with everything that several slices know."""

from datetime import date
from typing import Any

import click
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
    from guibin.accounts import api as accounts
    from guibin.console.profile.plain import plain_facts, plain_standing
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api as customers
    from guibin.insight import api as insight
    from guibin.loyalty import api as loyalty

    customer_id = customers.get_id(number, actor=SYSTEM)
    if reveal:
        view = customers.reveal_customer(customer_id=customer_id, reason=reveal, actor=SYSTEM, at=now())
    else:
        view = customers.get_customer(customer_id, actor=SYSTEM)
    day = as_of or insight.current_day()
    facts = insight.facts_for([customer_id], as_of=day).get(customer_id)
    standing = loyalty.standing([customer_id]).get(customer_id)
    shown = {**customers.as_plain(view), "as_of": day}
    if as_json:
        told = _standing_apart(plain_standing(standing))
        print_json({**shown, "facts": plain_facts(facts), "standing": told})
        return
    from guibin.console.profile.terminal import profile_lines

    for line in profile_lines(shown, facts, standing, currency=accounts.organisation().base_currency):
        click.echo(line)


def _standing_apart(shown: dict[str, Any] | None) -> dict[str, Any] | None:
    """Its day is named apart from the day of the figures, which may be another."""
    return shown and {("standing_as_of" if name == "as_of" else name): value for name, value in shown.items()}

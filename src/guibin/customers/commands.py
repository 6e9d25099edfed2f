"""Command line: show and find customers."""

from django.utils.translation import gettext_lazy as _

from guibin.core.cli import Exit, argument, group, json_option, option, print_json, say
from guibin.core.errors import Text
from guibin.customers.rules.plain import as_plain


@group("customers", help=_("Who they are."))
def customers() -> None:
    pass


@customers.command("show", help=_("Show the customer with this NUMBER, masked."))
@argument("number")
@option(
    "--reveal",
    help=_("Show everything whole, for this reason: contact, verify, correct, complaint or other."),
)
@json_option
def show(number: str, reveal: str | None, as_json: bool) -> None:  # noqa: FBT001 - click hands options over by name
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api

    customer_id = api.get_id(number, actor=SYSTEM)
    if reveal:
        view = api.reveal_customer(customer_id=customer_id, reason=reveal, actor=SYSTEM, at=now())
    else:
        view = api.get_customer(customer_id, actor=SYSTEM)
    plain = as_plain(view)
    if as_json:
        print_json(plain)
        return
    for name, value in plain.items():
        if value not in (None, "", [], {}):
            print(f"{name}: {value}")  # noqa: T201 - the answer itself


@customers.command("find", help=_("Find customers by name, pinyin, phone, e-mail, number or card."))
@argument("query")
@option("--limit", type=int, default=20, help=_("At most so many."))
@json_option
def find(query: str, limit: int, as_json: bool) -> Exit | None:  # noqa: FBT001 - click hands options over by name
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api

    hits = api.search(query, actor=SYSTEM, limit=limit)
    found = [
        {"number": hit.card.number, "name": hit.card.name, "phone": hit.card.phone, "why": hit.why}
        for hit in hits
    ]
    if as_json:
        print_json({"customers": found})
    for line in [] if as_json else found:
        print("  ".join(filter(None, (line["number"], line["name"], line["phone"]))))  # noqa: T201 - the answer itself
    if hits:
        return None
    nobody: Text = _("Nobody found.")
    say(nobody)
    return Exit.NOTHING

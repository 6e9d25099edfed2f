"""Command line: find customers. Showing one is console's, which knows the other slices too."""

from django.utils.translation import gettext_lazy as _

from guibin.core.cli import Exit, argument, group, json_option, option, print_json, say
from guibin.core.errors import Text


@group("customers", help=_("Who they are."))
def customers() -> None:
    pass


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


COMMANDS = (customers,)

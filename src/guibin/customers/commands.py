"""Command line: find, merge and take apart customers. Showing one is console's, which knows other slices."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click
from django.utils.translation import gettext_lazy as _

from guibin.core.cli import Exit, argument, group, json_option, option, print_json, say
from guibin.core.errors import Text
from guibin.customers.pair_commands import duplicates


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


@customers.command("merge", help=_("Say that two customers are one person. ABSORBED goes into KEPT."))
@argument("kept")
@argument("absorbed")
@option("--dry-run", is_flag=True, help=_("Only say what would happen."))
@option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
def merge(*, kept: str, absorbed: str, dry_run: bool, yes: bool, as_json: bool) -> Exit | None:
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api
    from guibin.customers.queries.merges import preview_merge

    ids = [api.get_bearer(number, actor=SYSTEM) for number in (kept, absorbed)]
    preview = preview_merge(*ids, actor=SYSTEM)
    found: dict[str, Any] = {
        "kept": preview.kept.number,
        "absorbed": preview.absorbed.number,
        "choices": {choice.field: choice.proposed for choice in preview.choices},
        "warnings": list(preview.warnings),
        "refusal": preview.refusal,
    }
    if not as_json:
        _show_preview(found)
    if dry_run:
        if as_json:
            print_json({**found, "merge": None})
        return None
    if not _agreed(yes=yes, as_json=as_json, question=_("Merge the two?")):
        return Exit.NOTHING
    merge_id = api.merge_customers(kept_id=ids[0], absorbed_id=ids[1], actor=SYSTEM, at=now())
    if as_json:
        print_json({**found, "merge": merge_id})
    else:
        say(_("They are one person now. Merge %(merge)s takes it back.") % {"merge": merge_id})
    return None


def _show_preview(found: Mapping[str, Any]) -> None:
    from guibin.customers.match_words import WARNINGS
    from guibin.customers.words import field_word

    say(_("%(absorbed)s goes into %(kept)s.") % found)
    for field, side in found["choices"].items():
        say(f"  {field_word(field)}: {found[side]}")
    for code in found["warnings"]:
        say(f"  {WARNINGS[code]}")


def _agreed(*, yes: bool, as_json: bool, question: Text) -> bool:
    return yes or as_json or click.confirm(str(question), err=True)


@customers.command("unmerge", help=_("Take merge ID apart: two people again."))
@argument("merge_id", type=int, metavar="ID")
@option("--may-be-proposed", is_flag=True, help=_("Do not remember that they are two people."))
@option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
def unmerge(*, merge_id: int, may_be_proposed: bool, yes: bool, as_json: bool) -> Exit | None:
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api
    from guibin.customers.queries.merges import get_merge

    seen = get_merge(merge_id, actor=SYSTEM)
    words = {"one": seen.absorbed, "other": seen.kept}
    if not _agreed(yes=yes, as_json=as_json, question=_("Take %(one)s and %(other)s apart?") % words):
        return Exit.NOTHING
    fields = api.undo_merge(merge_id=merge_id, keep_apart=not may_be_proposed, actor=SYSTEM, at=now())
    if as_json:
        print_json({"merge": merge_id, "kept": seen.kept, "absorbed": seen.absorbed, "given_back": fields})
    else:
        say(_("%(one)s and %(other)s are two people again.") % words)
    return None


@customers.command("merges", help=_("The merges behind one customer, or the newest of all."))
@argument("number", required=False)
@option("--limit", type=int, default=50, help=_("At most so many."))
@json_option
def merges(*, number: str | None, limit: int, as_json: bool) -> Exit | None:
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api
    from guibin.customers.queries.merges import list_merges, list_newest_merges

    if number:
        found = list_merges(api.get_id(number, actor=SYSTEM), actor=SYSTEM)[:limit]
    else:
        found = list_newest_merges(limit=limit)
    if as_json:
        print_json({"merges": [asdict(each) for each in found]})
    for each in [] if as_json else found:
        state = "-" if each.undone_at else "+"
        print(f"{state} {each.id}  {each.absorbed} > {each.kept}  {each.reason}  {each.merged_at:%Y-%m-%d}")  # noqa: T201 - the answer itself
    return None if found else Exit.NOTHING


customers.add_command(duplicates)

COMMANDS = (customers,)

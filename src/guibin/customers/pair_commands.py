"""Command line: who may be known twice."""

from collections.abc import Callable
from dataclasses import asdict

import click
from django.utils.translation import gettext_lazy as _

from guibin.core.cli import Exit, argument, command, json_option, option, print_json, say
from guibin.core.errors import Text

NOBODY: Text = _("Nobody found.")
STEP = 10


@command(
    "duplicates",
    help=_(
        "Customers who may be one person: those that wait for somebody to look; with the word scan everybody "
        "is compared first; with tokens only what is needed for it is made where it is missing."
    ),
)
@argument("what", type=click.Choice(["list", "scan", "tokens"]), default="list", required=False)
@option("--limit", type=int, default=50, help=_("At most so many."))
@json_option
def duplicates(*, what: str, limit: int, as_json: bool) -> Exit | None:
    if what == "scan":
        return _scan(as_json=as_json)
    if what == "tokens":
        return _fill(as_json=as_json)
    return _list(limit=limit, as_json=as_json)


def _list(*, limit: int, as_json: bool) -> Exit | None:
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api
    from guibin.customers.match_words import evidence_word

    page = api.list_pairs(actor=SYSTEM, size=limit)
    numbers = api.find_numbers({each for row in page.rows for each in (row.low_id, row.high_id)})
    if as_json:
        found = [
            {
                "id": row.id,
                "one": numbers[row.low_id],
                "other": numbers[row.high_id],
                "score": row.score,
                "grounds": dict((*row.evidence, *row.against)),
            }
            for row in page.rows
        ]
        print_json({"total": page.total, "duplicates": found})
    for row in [] if as_json else page.rows:
        words = ", ".join(evidence_word(code) for code, _points in (*row.evidence, *row.against))
        print(f"{row.score:>3}  {numbers[row.low_id]}  {numbers[row.high_id]}  {words}")  # noqa: T201 - the answer itself
    if page.rows:
        return None
    say(NOBODY)
    return Exit.NOTHING


def _scan(*, as_json: bool) -> Exit | None:
    from guibin.core.clock import now
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api

    api.fill_match_tokens(actor=SYSTEM)
    scanned = api.scan_duplicates(actor=SYSTEM, at=now(), progress=_show_share())
    if as_json:
        print_json(asdict(scanned))
    else:
        say(
            _(
                "%(people)s customers, %(compared)s pairs compared: %(joined)s joined, %(review)s to look "
                "at, in %(seconds)s s."
            )
            % asdict(scanned)
        )
    return None


def _fill(*, as_json: bool) -> Exit | None:
    from guibin.core.permissions import SYSTEM
    from guibin.customers import api

    count = api.fill_match_tokens(actor=SYSTEM, progress=_show_share())
    if as_json:
        print_json({"customers": count})
    else:
        say(_("%(n)s customers.") % {"n": count})
    return None


def _show_share() -> Callable[[int, int], None]:
    """Says every tenth of the way on stderr."""
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal shown
        share = 100 * done // max(total, 1)
        if share >= shown + STEP:
            shown = share
            say(f"{share} %")

    return show

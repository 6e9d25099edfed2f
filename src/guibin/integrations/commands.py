"""``guibin import``: the same steps as on screen, in this process, for people and for programs."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext_lazy as _

from guibin.core import cli, clock
from guibin.core.permissions import SYSTEM
from guibin.integrations.rules.states import KINDS, MATCH_KEYS, POLICIES


@cli.group(
    "import", help=_("Import files: customers, order lines, orders, products, refunds, stores, staff, cards.")
)
def import_group() -> None:
    """Bring files in and take them back."""


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for add in reversed(
        (
            cli.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
            cli.option(
                "--template", default="", help=_("Use a saved or ready template (online_retail, cdnow).")
            ),
            cli.option("--dry-run", is_flag=True, help=_("Check and count everything, write nothing.")),
            cli.option("--yes", is_flag=True, help=_("Do not ask.")),
            cli.option(
                "--policy",
                type=click.Choice([*POLICIES, "fill_empty"]),
                default="fill",
                help=_("For customers and products already known: skip, fill what is empty, or overwrite."),
            ),
            cli.option(
                "--match", default="", help=_("What customers are found by, strongest first, with commas.")
            ),
            cli.option(
                "--source",
                default="",
                help=_("Name of the system the file comes from; its numbers belong to it."),
            ),
            cli.option(
                "--currency",
                default="",
                help=_("Currency of the amounts (ISO 4217). On the first import it becomes the shop's own."),
            ),
            cli.option("--encoding", default="", help=_("Encoding of the text, if it is not recognised.")),
            cli.option(
                "--delimiter", default="", help=_("Separator of the columns, if it is not recognised.")
            ),
            cli.option("--header", type=int, default=None, help=_("Row of the headings; 0 for none.")),
            cli.option("--sheet", default="", help=_("Worksheet of a workbook.")),
            cli.option(
                "--map",
                "columns",
                multiple=True,
                help=_("COLUMN=FIELD, several times; an empty field leaves the column out."),
            ),
            cli.option(
                "--part-rows", type=int, default=None, hidden=True, help=_("Rows committed together.")
            ),
            cli.json_option,
        )
    ):
        function = add(function)
    return function


def _command(kind: str) -> None:
    @import_group.command(kind, help=_("Import a file of this kind."))
    @_options
    def import_kind(*, file: Path, as_json: bool, **chosen: Any) -> int | None:
        return _import(kind, file, as_json=as_json, **chosen)


for _kind in (*KINDS, "auto"):
    _command(_kind)


def _import(kind: str, file: Path, *, as_json: bool, dry_run: bool, yes: bool, **chosen: Any) -> int | None:
    from guibin.integrations import api

    started, asks = time.monotonic(), not yes and not as_json
    wish = _wish(kind, looks=dry_run or not yes, goes_on=not dry_run and not asks, **chosen)
    digest = api.digest_of(file)
    run_id = None if dry_run else api.find_unfinished(digest, kind)
    run_id = api.find_begun(digest, wish) if run_id is None else run_id
    is_new = run_id is None
    if run_id is not None:
        cli.say(_("Going on with import %(id)s.") % {"id": run_id})
    else:
        run_id = api.register(kind=kind, path=file, wish=wish.as_json(), actor=SYSTEM, at=clock.now())
    _answer_with(run_id, started)
    with api.hold(run_id):
        if not api.get_import(run_id).started_at:
            _prepare(run_id, is_new=is_new)
        if not dry_run and not asks:
            _run(run_id)
    if asks and not dry_run:
        if not _agreed(run_id):
            api.ask_cancel(run_id=run_id, actor=SYSTEM, at=clock.now())
            return cli.Exit.NOTHING
        _run(run_id)
    _show(run_id, as_json=as_json, seconds=time.monotonic() - started)
    return None


def _wish(
    kind: str,
    *,
    looks: bool,
    goes_on: bool,
    template: str,
    policy: str,
    match: str,
    source: str,
    currency: str,
    columns: tuple[str, ...],
    part_rows: int | None,
    **reading: Any,
) -> Any:
    from guibin.integrations import api

    options: dict[str, Any] = {name: value for name, value in reading.items() if value not in ("", None)}
    if options.get("delimiter") == "\\t":
        options["delimiter"] = "\t"
    if part_rows:
        options["part_rows"] = part_rows
    pairs = [pair.rpartition("=") for pair in columns]
    return api.Wish(
        kind=kind,
        template=template,
        reading=options,
        columns=tuple((heading, target.strip()) for heading, _equals, target in pairs),
        policy="fill" if policy == "fill_empty" else policy,
        match_keys=tuple(key.strip() for key in match.split(",") if key.strip() in MATCH_KEYS),
        source=source,
        currency=currency,
        looks=looks,
        goes_on=goes_on,
    )


def _prepare(run_id: int, *, is_new: bool = False) -> None:
    """Reads, maps and types; what another process has done of it already is not done again."""
    from guibin.integrations import api

    words = {"read": _("Reading the file …"), "type": _("Checking every row …")}
    api.prepare(
        run_id=run_id, is_new=is_new, actor=SYSTEM, at=clock.now(), say=lambda word: cli.say(words[word])
    )


def _agreed(run_id: int) -> bool:
    from guibin.integrations import api
    from guibin.integrations.wording import reason_words

    run = api.get_import(run_id)
    for outcome, count in sorted(run.outcomes.items(), key=lambda item: -item[1]):
        cli.say(f"{count:>12,}  {reason_words(outcome)}")
    return bool(click.confirm(str(_("Import these rows?")), err=True))


def _run(run_id: int) -> None:
    from guibin.integrations import api

    shown = -1

    def report(done: int, total: int) -> None:
        nonlocal shown
        percent = done * 100 // max(1, total)
        if percent // 10 > shown // 10:
            cli.say(_("%(done)s of %(total)s rows") % {"done": f"{done:,}", "total": f"{total:,}"})
            shown = percent

    api.run_import(run_id=run_id, actor=SYSTEM, at=clock.now(), report=report)


def _answer_with(run_id: int, started: float) -> None:
    """What is known of an import belongs to the answer even when it is refused half-way."""
    from guibin.integrations import api
    from guibin.integrations.inspection import as_report

    cli.answer_so_far(lambda: as_report(api.get_import(run_id), seconds=time.monotonic() - started))


def _show(run_id: int, *, as_json: bool, seconds: float) -> None:
    from guibin.integrations import api
    from guibin.integrations.inspection import as_report
    from guibin.integrations.wording import reason_words

    report = as_report(api.get_import(run_id), seconds=seconds)
    if as_json:
        cli.print_json(report)
        return
    cli.say(_("Import %(id)s: %(state)s") % {"id": run_id, "state": report["state"]})
    for outcome, count in sorted(report["outcomes"].items(), key=lambda item: -item[1]):
        cli.say(f"{count:>12,}  {reason_words(outcome)}")
    for name in ("amount_before_exclusions", "amount_excluded", "rounding_difference", "amount_imported"):
        if report.get(name) is not None:
            cli.say(f"{report[name]:>20}  {name}")


@import_group.command("undo", help=_("Take a whole import back; what later records need is kept and listed."))
@cli.argument("number", type=int)
@cli.option("--yes", is_flag=True, help=_("Do not ask."))
@cli.json_option
def undo(*, number: int, yes: bool, as_json: bool) -> int | None:
    from guibin.integrations import api

    if (
        not yes
        and not as_json
        and not click.confirm(str(_("Take import %(id)s back?") % {"id": number}), err=True)
    ):
        return cli.Exit.NOTHING
    cli.answer_so_far(lambda: {"import": number})
    result = api.undo_import(run_id=number, actor=SYSTEM, at=clock.now())
    kept = [{"what": item.what, "id": item.id, "reason": item.reason} for item in result.kept]
    if as_json:
        cli.print_json({"import": number, "removed": dict(result.removed), "kept": kept})
        return None
    for what, count in result.removed.items():
        cli.say(f"{count:>12,}  {what}")
    cli.say(_("%(count)s kept.") % {"count": len(kept)})
    return None


@import_group.command("list", help=_("List imports, newest first."))
@cli.json_option
def list_command(*, as_json: bool) -> int | None:
    from guibin.integrations import api
    from guibin.integrations.inspection import as_report

    page = api.list_imports(size=100)
    if as_json:
        cli.print_json({"imports": [as_report(run) for run in page.rows], "total": page.total})
        return None
    for run in page.rows:
        cli.say(
            f"{run.id:>6}  {run.kind:<12} {run.state:<10} {run.rows_total or 0:>12,}"
            f"  {run.created_at:%Y-%m-%d %H:%M}"
        )
    return None if page.total else cli.Exit.NOTHING


@import_group.command("show", help=_("Show one import."))
@cli.argument("number", type=int)
@cli.json_option
def show(*, number: int, as_json: bool) -> None:
    _show(number, as_json=as_json, seconds=-1)


@import_group.command("resume", help=_("Go on with an import that stopped."))
@cli.argument("number", type=int)
@cli.json_option
def resume(*, number: int, as_json: bool) -> int | None:
    from guibin.integrations import api

    run = api.get_import(number)
    is_begun = bool(run.options.get("going"))
    if not (is_begun or api.resumable(run.state) or run.state == "dry_run"):
        _show(number, as_json=as_json, seconds=-1)
        return cli.Exit.NOTHING
    started = time.monotonic()
    _answer_with(number, started)
    with api.hold(number):
        if is_begun:
            _prepare(number)
        _run(number)
    _show(number, as_json=as_json, seconds=time.monotonic() - started)
    return None


@import_group.command("cancel", help=_("Stop a running import after the part it is at."))
@cli.argument("number", type=int)
@cli.json_option
def cancel(*, number: int, as_json: bool) -> None:
    from guibin.integrations import api

    api.ask_cancel(run_id=number, actor=SYSTEM, at=clock.now())
    if as_json:
        cli.print_json({"import": number, "state": api.get_import(number).state})


@import_group.command("errors", help=_("Save the workbook of rows that were not imported."))
@cli.argument("number", type=int)
@cli.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@cli.option(
    "--reason",
    required=True,
    help=_("It holds personal data in full; why you need it: contact, verify, correct, complaint or other."),
)
def errors(*, number: int, file: Path, reason: str) -> None:
    from guibin.integrations import api

    pieces = api.reveal_workbook(run_id=number, reason=reason, actor=SYSTEM, at=clock.now())
    with file.open("wb") as out:
        for chunk in pieces:
            out.write(chunk)


COMMANDS = (import_group,)

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
    from guibin.integrations.inspection import digest_of

    started = time.monotonic()
    run_id = None if dry_run else api.find_unfinished(digest_of(file), kind)
    if run_id is not None:
        cli.say(_("Going on with import %(id)s.") % {"id": run_id})
    else:
        run_id = _prepare(kind, file, looks=dry_run or not yes, **chosen)
    if dry_run:
        _show(run_id, as_json=as_json, seconds=time.monotonic() - started)
        return None
    if not yes and not as_json and not _agreed(run_id):
        api.ask_cancel(run_id=run_id, actor=SYSTEM, at=clock.now())
        return cli.Exit.NOTHING
    _run(run_id)
    _show(run_id, as_json=as_json, seconds=time.monotonic() - started)
    return None


def _prepare(
    kind: str,
    file: Path,
    *,
    looks: bool,
    template: str,
    policy: str,
    match: str,
    source: str,
    currency: str,
    columns: tuple[str, ...],
    part_rows: int | None,
    **reading: Any,
) -> int:
    from guibin.integrations import api

    run_id = api.register(kind=kind, path=file, actor=SYSTEM, at=clock.now())
    options: dict[str, Any] = {name: value for name, value in reading.items() if value not in ("", None)}
    if options.get("delimiter") == "\\t":
        options["delimiter"] = "\t"
    if part_rows:
        options["part_rows"] = part_rows
    cli.say(_("Reading the file …"))
    api.check_file(run_id=run_id, options=options, template=template, actor=SYSTEM, at=clock.now())
    api.map_columns(
        run_id=run_id,
        targets=_targets(run_id, columns),
        policy="fill" if policy == "fill_empty" else policy,
        match_keys=[key.strip() for key in match.split(",") if key.strip() in MATCH_KEYS],
        source=source,
        currency=currency,
        actor=SYSTEM,
        at=clock.now(),
    )
    cli.say(_("Checking every row …"))
    stage = api.stage_run if looks else api.type_rows  # nobody looks: straight to the counts
    stage(run_id=run_id, actor=SYSTEM, at=clock.now())
    return run_id


def _targets(run_id: int, columns: tuple[str, ...]) -> dict[int, str]:
    from guibin.integrations import api

    names: list[str] = api.found_of(run_id)["columns"]
    chosen = {}
    for pair in columns:
        column, _equals, target = pair.rpartition("=")
        if column not in names:
            raise click.UsageError(str(_("The file has no column %(name)s.") % {"name": column}))
        chosen[names.index(column)] = target.strip()
    return chosen


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
    if not (api.resumable(run.state) or run.state == "dry_run"):
        cli.say(_("Import %(id)s: %(state)s") % {"id": number, "state": run.state})
        return cli.Exit.NOTHING
    started = time.monotonic()
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
def errors(*, number: int, file: Path) -> None:
    from guibin.integrations import api

    with file.open("wb") as out:
        for chunk in api.error_workbook(number):
            out.write(chunk)

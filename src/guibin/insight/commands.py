"""Command line: refresh the numbers, print the RFM diagnosis, run benchmarks."""

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from django.utils.translation import gettext_lazy as _

import guibin
from guibin.core.cli import argument, as_of_option, command, json_option, option, print_json, say

JOBS = (
    *("j2", "j2-size", "j2-write", "j3", "j3-page", "j8", "j8-customers"),
    *("identity", "identity-size", "all"),
)


@command("refresh", help=_("Bring the warehouse up to date and make all facts anew."))
@as_of_option
@option("--engine", type=click.Choice(["duckdb", "spark"]), help=_("Where to count; duckdb when left out."))
@json_option
def refresh(*, as_of: date | None, engine: str | None, as_json: bool) -> None:
    from guibin.insight import api

    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        share = 100 * done // total
        if share >= shown + 10:
            shown = share
            say(f"{share} %")

    result = api.refresh(as_of=as_of, engine=engine, progress=progress)
    if as_json:
        print_json(asdict(result))
    else:
        say(
            _("%(customers)s customers and %(orders)s orders as of %(as_of)s, in %(seconds)s s.")
            % {
                "customers": result.customers,
                "orders": result.orders,
                "as_of": result.as_of,
                "seconds": result.seconds,
            }
        )


@command("rfm", help=_("Print the RFM diagnosis: cut points, cells, named groups and concentration."))
@as_of_option
@option("--method", type=click.Choice(["quintiles", "own"]), help=_("How to score."))
@json_option
def rfm(*, as_of: date | None, method: str | None, as_json: bool) -> None:
    from guibin.insight import api
    from guibin.insight.wording import GROUP_LABELS

    report = api.rfm_report(as_of=as_of, method=method)
    if as_json:
        worth = api.concentration(as_of=as_of)
        print_json({**asdict(report), "concentration": asdict(worth)})
        return
    for group in report.groups:
        share = f"{group.share / 10:5.1f} %"
        click.echo(
            f"{group.customers:>9}  {share}  {group.net_share / 10:5.1f} %  {GROUP_LABELS[group.code]}"
        )


@command(
    "bench",
    help=_(
        "Measure a job beside its limit. JOB is j2, j2-size, j2-write, j3, j3-page, j8, j8-customers, "
        "identity, identity-size or all."
    ),
)
@argument("job", type=click.Choice(JOBS))
@option("--record", is_flag=True, help=_("Add a dated row to docs/reference/benchmarks.md."))
@json_option
def bench(*, job: str, record: bool, as_json: bool) -> None:
    from guibin.insight.errors import BenchFailed, BenchMissing

    folder = Path(guibin.__file__).parents[2] / "bench"
    if not (folder / "run.py").exists():
        raise BenchMissing
    words = [sys.executable, str(folder / "run.py"), job]
    words += ["--json"] if as_json else []
    words += ["--record"] if record else []
    ran = subprocess.run(words, check=False, stdout=subprocess.PIPE if as_json else None, text=True)
    if ran.returncode:
        raise BenchFailed(job=job, status=ran.returncode)
    if as_json:
        click.echo(ran.stdout, nl=False)


COMMANDS = (refresh, rfm, bench)

"""kill -9 in the middle of an import: it completes, and the shop is the same as if nothing had happened.

The command line's process is killed and the import resumed by hand; web server, worker and database
of a served shop are killed and everything comes back by itself.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.killing import kill, make_caller
from tests.journeys.messy import write_messy_shop
from tests.shop import Shop, closed_shop, running_shop

AS_OF = "2024-12-31"
ROWS = 20_000
ROWS_AT_FULL_SIZE = 60_000
VICTIMS = ("web", "worker", "database")
BACK_SECONDS_MAX = 90.0  # from the last kill to the end of the import, on a busy machine


@dataclass(frozen=True)
class Undisturbed:
    """The file, what becomes of it when nothing happens, and how long that takes."""

    file: Path
    outcome: dict[str, Any]
    seconds: float


def outcome_of(shop: Shop, report: dict[str, Any]) -> dict[str, Any]:
    """All that must be the same after kills: counts, sums, and every fact row."""
    facts = shop.ask("refresh", "--as-of", AS_OF)
    told = {name: value for name, value in report.items() if name not in {"import", "seconds"}}
    return told | {name: facts[name] for name in ("digest", "customers", "orders", "orders_anonymous")}


def leave_undisturbed(folder: Path, rows: int) -> Undisturbed:
    """The yardstick: one file of so many rows, imported into a new home of its own."""
    file = write_messy_shop(folder / "导出 2024.csv", seed=20_240_607, rows=rows)
    with closed_shop(("setup",)) as shop:
        report = shop.ask("import", "order_lines", str(file), "--yes")
        assert report["state"] == "done"
        assert sum(report["outcomes"].values()) == report["rows_read"] == rows
        return Undisturbed(file, outcome_of(shop, report), report["seconds"])


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return leave_undisturbed(tmp_path_factory.mktemp("shop"), ROWS)


@pytest.fixture(scope="module")
def large_undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return leave_undisturbed(tmp_path_factory.mktemp("large shop"), ROWS_AT_FULL_SIZE)


def say(text: str) -> None:
    """Shown when the test fails, or with ``-s``."""
    sys.stdout.write(f"{text}\n")


def dice_of(seed: int) -> random.Random:
    """Said, so that a failure can be repeated."""
    say(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture
def dice() -> random.Random:
    return dice_of(random.SystemRandom().randrange(10**6))


def import_by_command(shop: Shop, whole: Undisturbed, dice: random.Random, *, kills: int) -> dict[str, Any]:
    """Killed and gone on with, ``kills`` times, then to the end."""
    begin = ("import", "order_lines", str(whole.file), "--yes")
    go_on: tuple[str, ...] = begin
    for _kill in range(kills):
        command, wait = shop.start(*go_on, "--json"), dice.uniform(0, whole.seconds)
        assert command.stderr is not None
        command.stderr.readline()  # it has begun
        try:
            command.wait(wait)
        except subprocess.TimeoutExpired:
            command.send_signal(signal.SIGKILL)
        command.communicate()
        last: dict[str, Any] = shop.ask("import", "list")["imports"][0]
        say(f"command ended with {command.returncode} after {wait:.2f} s, the import is {last['state']}")
        if last["state"] == "done":
            return last
        go_on = dice.choice([begin, ("import", "resume", str(last["import"]))])  # either way it is the same
    return shop.ask(*go_on)


def import_in_the_background(
    shop: Shop, whole: Undisturbed, dice: random.Random, victims: Sequence[str]
) -> dict[str, Any]:
    """Loaded over REST and begun; each victim dies at a moment of its own."""
    caller = make_caller(shop)
    waiting = list(victims)
    early = dice.randrange(2)  # one may die while the file is read, the others while rows are written
    number = caller.upload(whole.file, f"kills-{dice.random()}")
    for victim in waiting[:early]:
        strike(shop, victim, dice.uniform(0, whole.seconds * 0.5))
    caller.wait_for(number, "dry_run", seconds=BACK_SECONDS_MAX)
    caller.begin(number)
    for victim in waiting[early:]:
        strike(shop, victim, dice.uniform(0, whole.seconds * 0.6))
    struck = time.monotonic()
    report = caller.wait_for(number, "done", seconds=BACK_SECONDS_MAX)
    say(f"done {time.monotonic() - struck:.1f} s after the last kill")
    return report


def strike(shop: Shop, victim: str, wait: float) -> None:
    time.sleep(wait)
    say(f"{victim} {kill(shop, victim)} killed after {wait:.2f} s")


def test_a_killed_command_is_gone_on_with(undisturbed: Undisturbed, dice: random.Random) -> None:
    with closed_shop(("setup",)) as shop:
        report = import_by_command(shop, undisturbed, dice, kills=1)
        assert outcome_of(shop, report) == undisturbed.outcome


@pytest.mark.parametrize("phase", ["reading", "checking"])
def test_killed_before_its_dry_run_it_is_taken_up_again(
    undisturbed: Undisturbed, dice: random.Random, phase: str
) -> None:
    """The very same command goes on with the very same import; none is left lying about."""
    begin = ("import", "order_lines", str(undisturbed.file), "--yes")
    with closed_shop(("setup",)) as shop:
        command = shop.start(*begin, "--json")
        assert command.stderr is not None
        for _line in range(1 if phase == "reading" else 2):
            command.stderr.readline()
        time.sleep(dice.uniform(0, 0.3))
        command.send_signal(signal.SIGKILL)
        command.communicate()
        (left,) = shop.ask("import", "list")["imports"]
        say(f"killed while {phase}: the import is {left['state']}")
        report = shop.ask(*begin)
        assert report["import"] == left["import"]
        assert [each["import"] for each in shop.ask("import", "list")["imports"]] == [report["import"]]
        assert outcome_of(shop, report) == undisturbed.outcome


@pytest.mark.slow
def test_the_worker_takes_up_a_command_that_was_killed_while_reading(undisturbed: Undisturbed) -> None:
    with running_shop() as shop:
        command = shop.start("import", "order_lines", str(undisturbed.file), "--yes", "--json")
        assert command.stderr is not None
        command.stderr.readline()
        command.send_signal(signal.SIGKILL)
        command.communicate()
        until = time.monotonic() + BACK_SECONDS_MAX + 90  # looked for once a minute, after twenty seconds
        while (report := shop.ask("import", "list")["imports"][0])["state"] != "done":
            assert time.monotonic() < until, report
            time.sleep(2)
        assert outcome_of(shop, report) == undisturbed.outcome


def test_web_worker_and_database_are_killed_and_the_import_completes(
    undisturbed: Undisturbed, dice: random.Random
) -> None:
    with running_shop() as shop:
        report = import_in_the_background(shop, undisturbed, dice, dice.sample(VICTIMS, 3))
        assert outcome_of(shop, report) == undisturbed.outcome


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_fifty_kills(large_undisturbed: Undisturbed, seed: int) -> None:
    """Ten shops: four kills of the product that serves and one of a command in each."""
    dice = dice_of(seed)
    with running_shop() as shop:
        victims = [*dice.sample(VICTIMS, 3), dice.choice(VICTIMS)]
        report = import_in_the_background(shop, large_undisturbed, dice, victims)
        assert outcome_of(shop, report) == large_undisturbed.outcome
    with closed_shop(("setup",)) as shop:
        report = import_by_command(shop, large_undisturbed, dice, kills=1)
        assert outcome_of(shop, report) == large_undisturbed.outcome

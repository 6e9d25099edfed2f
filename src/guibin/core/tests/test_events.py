from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from guibin.core.events import Entry, Event, Origin, Recorded, read_timeline, record, record_many, subject
from guibin.core.models import LoggedEvent, ReactionCursor, ReactionFailure
from guibin.core.permissions import SYSTEM
from guibin.core.reactions import react, run_reactions
from guibin.core.tests.settling import run_until_read


@dataclass(frozen=True)
class ThingDone(Event):
    name = "core.thing_done"
    wording = "done"

    code: str
    count: int = 1


def do(at: datetime, *codes: str, customer: int = 1) -> None:
    with transaction.atomic():
        entries = [Entry(ThingDone(code=code), [subject("customer", customer)]) for code in codes]
        record_many(entries, actor=SYSTEM, at=at, batch_id=None)


def collector(seen: list[str]) -> Callable[[Sequence[Recorded]], None]:
    return lambda rows: seen.extend(row.data["code"] for row in rows)


def test_an_event_is_read_back_on_the_timeline_newest_first(db: None, at: datetime) -> None:
    do(at, "first")
    do(at + timedelta(seconds=1), "second")
    do(at, "other", customer=2)
    found = read_timeline(about="customer:1")
    assert [event.data["code"] for event in found] == ["second", "first"]
    assert found[0].ids("customer") == [1]
    assert found[0].origin is Origin.LIVE


@pytest.mark.parametrize("text", ["张伟", "a b", "x@y.cn", "x" * 81])
def test_personal_text_never_enters_the_log(db: None, at: datetime, text: str) -> None:
    with pytest.raises(ValueError, match="ids, codes"):
        record(ThingDone(code=text), subjects=["customer:1"], actor=SYSTEM, at=at)
    assert not LoggedEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_write(at: datetime) -> None:
    with pytest.raises(RuntimeError):
        record(ThingDone(code="a"), subjects=[], actor=SYSTEM, at=at)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_loggedevent SET name = 'x'", "DELETE FROM core_loggedevent", "TRUNCATE core_loggedevent"],
)
def test_the_log_cannot_be_rewritten_by_the_run_time_role(db: None, at: datetime, statement: str) -> None:
    do(at, "a")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert LoggedEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_log_cannot_be_rewritten_by_the_owner_either(at: datetime) -> None:
    import os

    import psycopg

    do(at, "a")
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["GUIBIN_OWNER_URL"], dbname=str(name), autocommit=True) as owner:
        for statement in ("UPDATE core_loggedevent SET name = 'x'", "TRUNCATE core_loggedevent"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(statement)
    assert LoggedEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reaction_reads_every_event_once_in_commit_order(at: datetime) -> None:
    seen: list[str] = []
    reaction = react("test.collect", "core.thing_done", call=collector(seen))
    do(at, "a", "b")
    assert run_until_read(reaction, at=at) == 2
    do(at, "c")
    run_until_read(reaction, at=at)
    run_until_read(reaction, at=at)
    assert seen == ["a", "b", "c"]


@pytest.mark.django_db(transaction=True)
def test_an_event_committed_late_with_a_lower_id_is_not_lost(at: datetime) -> None:
    """The trap of identity order: a slow transaction takes id 1, a quick one id 2 and commits first."""
    import psycopg

    seen: list[str] = []
    reaction = react("test.late", "core.thing_done", call=collector(seen))
    with psycopg.connect(**_connect_arguments()) as slow:
        slow.execute(
            "INSERT INTO core_loggedevent (at, name, origin, actor, subjects, data) "
            """VALUES (%s, 'core.thing_done', 'live', 'system', '{}', '{"code": "slow"}')""",
            [at],
        )
        do(at, "quick")
        run_reactions([reaction], at=at)
        slow.commit()
    run_until_read(reaction, at=at)
    assert sorted(seen) == ["quick", "slow"]


@pytest.mark.django_db(transaction=True)
def test_one_bad_event_stops_nobody_and_is_retried(at: datetime) -> None:
    seen: list[str] = []
    broken = True

    def digest(rows: Sequence[Recorded]) -> None:
        if broken and any(row.data["code"] == "bad" for row in rows):
            raise ValueError
        seen.extend(row.data["code"] for row in rows)

    reaction = react("test.bad", "core.thing_done", call=digest)
    do(at, "a", "bad", "b")
    run_until_read(reaction, at=at)
    assert seen == ["a", "b"]
    assert ReactionFailure.objects.get().attempts == 1
    broken = False
    run_until_read(reaction, at=at + timedelta(minutes=2))
    assert seen == ["a", "b", "bad"]
    assert not ReactionFailure.objects.exists()
    assert ReactionCursor.objects.get().reaction == "test.bad"


def _connect_arguments() -> dict[str, Any]:
    ours = {"cursor_factory", "context"}
    parameters = connection.get_connection_params()
    return {key: value for key, value in parameters.items() if key not in ours}

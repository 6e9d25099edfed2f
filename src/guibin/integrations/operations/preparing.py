"""From a file to its dry run in one go, from wherever it stands: what is begun again after a kill.

What the caller wants is kept, sealed, with the run (``about``), so that any process can go on with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from guibin.core.errors import DomainError
from guibin.core.permissions import Actor
from guibin.integrations.errors import ColumnUnknown, FileChanged, FilesGone
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.checking import check_file, found_of
from guibin.integrations.operations.folder import find_json
from guibin.integrations.operations.locking import get_run, hold, is_held
from guibin.integrations.operations.placing import map_columns
from guibin.integrations.operations.previewing import stage_run
from guibin.integrations.operations.running import run_import
from guibin.integrations.operations.staging import type_rows
from guibin.integrations.operations.uploading import digest_of
from guibin.integrations.rules.states import READING

GRACE = timedelta(seconds=20)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """All that was said when a file was handed over. ``columns`` are (heading, field) pairs; ``looks``:
    somebody will look at the dry run; ``goes_on``: the rows go in without asking."""

    kind: str
    template: str = ""
    reading: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[tuple[str, str], ...] = ()
    policy: str = ""
    match_keys: tuple[str, ...] = ()
    source: str = ""
    currency: str = ""
    looks: bool = True
    goes_on: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"columns": [list(pair) for pair in self.columns]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Wish":
        pairs = tuple((str(pair[0]), str(pair[1])) for pair in data.get("columns", ()))
        plain = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**plain | {"columns": pairs, "match_keys": tuple(data.get("match_keys", ()))})


def wish_of(run_id: int) -> Wish | None:
    """What was wanted of a run that was handed over whole; None for one that is led step by step."""
    data = find_json(run_id, "about").get("wish")
    return Wish.from_json(data) if data else None


def find_begun(digest: str, wish: Wish) -> int | None:
    """A run over the same file, wanted in the same way, whose process ended before its dry run."""
    runs = ImportRun.objects.filter(file_digest=digest, state__in=READING, options__going=True)
    for run_id in runs.order_by("-id").values_list("pk", flat=True):
        if not is_held(run_id) and wish_of(run_id) == wish:
            return int(run_id)
    return None


def prepare(
    *, run_id: int, is_new: bool = False, actor: Actor, at: datetime, say: Say = lambda _text: None
) -> None:
    """Read, map and type the file of a run as it was wished, going on at the step it stands at.

    Raises what the steps raise, ``FilesGone`` and ``FileChanged``; the run is then failed with that reason.
    """
    with hold(run_id):
        try:
            _prepare(run_id, is_new=is_new, actor=actor, at=at, say=say)
        except DomainError as error:
            _give_up(run_id, error)
            raise


def _prepare(run_id: int, *, is_new: bool, actor: Actor, at: datetime, say: Say) -> None:
    wish = wish_of(run_id)
    if wish is None:
        raise FilesGone(number=run_id)
    if get_run(run_id).state == "uploaded":
        say("read")
        if not is_new:
            _check_unchanged(run_id)
        check_file(run_id=run_id, options=wish.reading, template=wish.template, actor=actor, at=at)
    if get_run(run_id).state == "checked":
        map_columns(
            run_id=run_id,
            targets=_targets(run_id, wish),
            policy=wish.policy,
            match_keys=wish.match_keys,
            source=wish.source,
            currency=wish.currency,
            actor=actor,
            at=at,
        )
    if get_run(run_id).state == "mapped":
        say("type")
        (stage_run if wish.looks else type_rows)(run_id=run_id, actor=actor, at=at)
    if not wish.goes_on:
        _settle(run_id)


def _settle(run_id: int) -> None:
    """Nothing more is to happen by itself."""
    run = get_run(run_id)
    if run.options.pop("going", None):
        run.save(update_fields=["options"])


def _check_unchanged(run_id: int) -> None:
    """A file that is read in place must be the one that was handed over."""
    path = find_json(run_id, "about").get("path")
    if path and not Path(path).exists():
        raise FilesGone(number=run_id)
    if path and digest_of(Path(path)) != get_run(run_id).file_digest:
        raise FileChanged(number=run_id)


def _targets(run_id: int, wish: Wish) -> dict[int, str]:
    """Raises ``ColumnUnknown``."""
    names: list[str] = found_of(run_id)["columns"]
    for heading, _target in wish.columns:
        if heading not in names:
            raise ColumnUnknown(name=heading)
    return {names.index(heading): target for heading, target in wish.columns}


def begun_runs(at: datetime) -> list[int]:
    """Runs whose reading somebody handed over and that no process works on now."""
    runs = ImportRun.objects.filter(options__going=True, state__in=[*READING, "dry_run"])
    waiting = runs.filter(created_at__lt=at - GRACE).order_by("pk").values_list("pk", flat=True)
    return [run_id for run_id in waiting if not is_held(run_id)]


def go_on(*, run_id: int, actor: Actor, at: datetime) -> None:
    """Take up a run whose process was killed: to its dry run, and on where that was wanted.

    What stands in the way (the file is gone, say) ends the run: it is then failed with that reason.
    """
    prepare(run_id=run_id, actor=actor, at=at)
    wish = wish_of(run_id)
    if wish is not None and wish.goes_on:
        try:
            run_import(run_id=run_id, actor=actor, at=at)
        except DomainError as error:
            _give_up(run_id, error)
            raise


def _give_up(run_id: int, error: DomainError) -> None:
    """It will not go better the next time: whoever looks is told, and nobody tries again by himself."""
    run = get_run(run_id)
    if run.options.pop("going", None):
        if run.state in {*READING, "dry_run"}:
            run.state, run.error_code = "failed", error.code
            run.error_data = {key: str(value)[:200] for key, value in error.data.items()}
        run.save(update_fields=["options", "state", "error_code", "error_data"])

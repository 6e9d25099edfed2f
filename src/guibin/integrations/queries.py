"""Reads of the import clinic, as frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.core.paging import Page
from guibin.integrations.errors import ImportUnknown, told
from guibin.integrations.mapping.targets import KIND_LABELS
from guibin.integrations.models import ImportRun, ImportTemplate

STATE_WORDS = {
    "uploaded": gettext_lazy("loaded"),
    "checked": gettext_lazy("to be mapped"),
    "mapped": gettext_lazy("mapped"),
    "dry_run": gettext_lazy("checked"),
    "running": gettext_lazy("running"),
    "done": gettext_lazy("finished"),
    "cancelled": gettext_lazy("stopped"),
    "failed": gettext_lazy("failed"),
    "undoing": gettext_lazy("being undone"),
    "undone": gettext_lazy("undone"),
}
WAITING = {
    "checked": gettext_lazy("Its columns wait to be confirmed."),
    "mapped": gettext_lazy("Its rows wait to be checked."),
    "dry_run": gettext_lazy("It is checked and waits for your go-ahead."),
    "failed": gettext_lazy("It stopped on an error; it can be resumed or taken back."),
}


@dataclass(frozen=True, slots=True)
class RunView:
    """One import. ``outcomes`` add up to ``rows_total``; amounts are exact decimal strings."""

    id: int
    kind: str
    state: str
    source: str
    actor: str
    template: str
    policy: str
    match_keys: Sequence[str]
    currency: str
    as_of: date | None
    rows_total: int | None
    rows_done: int
    outcomes: Mapping[str, int]
    figures: Mapping[str, Any]
    mapping: Mapping[str, Any]
    options: Mapping[str, Any]
    job_id: int | None
    error_code: str
    error_data: Mapping[str, Any]
    seconds: float
    file_bytes: int
    file_digest: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None
    files_gone: bool
    kept: Sequence[Any]

    @property
    def kind_label(self) -> str:
        return str(KIND_LABELS[self.kind])

    @property
    def state_label(self) -> str:
        return str(STATE_WORDS[self.state])

    @property
    def reconciliation(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.figures.get("reconciliation", {})
        return found

    @property
    def rejected(self) -> int:
        """Rows that a person may want to put right."""
        return sum(
            n for code, n in self.outcomes.items() if code.startswith(("rejected_", "refused_", "conflict_"))
        )


def _view(run: ImportRun) -> RunView:
    plain = {
        name: getattr(run, name) for name in RunView.__dataclass_fields__ if name not in {"id", "files_gone"}
    }
    return RunView(id=run.pk, files_gone=run.files_gone_at is not None, **plain)


def get_import(run_id: int) -> RunView:
    """Raises ``ImportUnknown``."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise ImportUnknown(number=run_id)
    return _view(run)


def list_imports(
    *, kinds: Sequence[str] = (), states: Sequence[str] = (), number: int = 1, size: int = 25
) -> Page[RunView]:
    """Newest first."""
    rows: QuerySet[ImportRun] = ImportRun.objects.order_by("-id")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if states:
        rows = rows.filter(state__in=states)
    start = (number - 1) * size
    return Page([_view(run) for run in rows[start : start + size]], rows.count(), number, size)


def find_unfinished(digest: str, kind: str) -> int | None:
    """A run over the same file that stopped on its way in, to be resumed instead of begun anew."""
    states = ["running", "failed", "cancelled"]
    run = ImportRun.objects.filter(file_digest=digest, kind=kind, state__in=states).exclude(cursor={})
    return run.order_by("-id").values_list("pk", flat=True).first()


def find_earlier(digest: str, *, but: int) -> list[int]:
    """Finished imports of the very same file."""
    rows = ImportRun.objects.filter(file_digest=digest, state="done").exclude(pk=but)
    return list(rows.order_by("-id").values_list("pk", flat=True)[:5])


def list_templates() -> list[tuple[int, str, str]]:
    """(id, name, kind) of saved templates, by name."""
    return list(ImportTemplate.objects.order_by("name").values_list("pk", "name", "kind"))


def count_imports() -> int:
    return ImportRun.objects.count()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An import that needs somebody: what it is and what is to be done."""

    id: int
    title: str
    what_is_needed: str
    since: datetime


def list_waiting(*, limit: int = 5) -> list[Waiting]:
    """Imports that stopped half-way or wait for a decision, newest first."""
    rows = ImportRun.objects.filter(state__in=WAITING).order_by("-id")[:limit]
    return [
        Waiting(
            id=run.pk,
            title=_("Import %(id)s: %(kind)s") % {"id": run.pk, "kind": KIND_LABELS[run.kind]},
            what_is_needed=_needed(run),
            since=run.started_at or run.created_at,
        )
        for run in rows
    ]


def _needed(run: ImportRun) -> str:
    """What is to be done; a file that was refused before its first row can only be replaced."""
    if run.state == "failed" and run.started_at is None:
        why = told(run.error_code, run.error_data)
        return _("%(why)s Load another file.") % {"why": why} if why else _("Load another file.")
    return str(WAITING[run.state])

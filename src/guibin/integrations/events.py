"""What happens to imports. Ids, codes and numbers only."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from guibin.core.events import Event


@dataclass(frozen=True)
class ImportUploaded(Event):
    name: ClassVar[str] = "integrations.import_uploaded"
    wording = _("Import %(import_id)s: file loaded")
    icon = "ti-file-upload"

    import_id: int
    file_kind: str


@dataclass(frozen=True)
class ImportStarted(Event):
    name: ClassVar[str] = "integrations.import_started"
    wording = _("Import %(import_id)s started")
    icon = "ti-file-import"

    import_id: int


@dataclass(frozen=True)
class ImportFinished(Event):
    name: ClassVar[str] = "integrations.import_finished"
    wording = _("Import %(import_id)s finished: %(rows)s rows")
    icon = "ti-file-check"

    import_id: int
    rows: int


@dataclass(frozen=True)
class ImportStopped(Event):
    name: ClassVar[str] = "integrations.import_stopped"
    wording = _("Import %(import_id)s stopped (%(code)s)")
    icon = "ti-file-x"

    import_id: int
    code: str


@dataclass(frozen=True)
class ImportUndone(Event):
    name: ClassVar[str] = "integrations.import_undone"
    wording = _("Import %(import_id)s taken back; %(kept)s kept")
    icon = "ti-arrow-back-up"

    import_id: int
    kept: int


@dataclass(frozen=True)
class RowsRevealed(Event):
    """The workbook of rows that were turned down was downloaded, with whole personal values in it."""

    name: ClassVar[str] = "integrations.rows_revealed"
    wording = _("Import %(import_id)s: %(rows)s rows downloaded in full")
    icon = "ti-eye"

    import_id: int
    rows: int
    reason: str


@dataclass(frozen=True)
class TemplateSaved(Event):
    name: ClassVar[str] = "integrations.template_saved"
    wording = _("Import template %(template_id)s saved")
    icon = "ti-template"

    template_id: int


ALL = (
    ImportUploaded,
    ImportStarted,
    ImportFinished,
    ImportStopped,
    ImportUndone,
    RowsRevealed,
    TemplateSaved,
)

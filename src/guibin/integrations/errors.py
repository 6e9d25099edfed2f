"""What can go wrong with a file, in words."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Conflict, DomainError, Invalid, NotFound, Text
from guibin.integrations.files.refusal import Refused

REFUSALS: dict[str, Text] = {
    "empty": _("The file is empty."),
    "binary": _(
        "This is not a table file: it holds binary data. Please save the table as CSV or XLSX and load that."
    ),
    "not_a_table": _("This is a %(format)s file. Please save the table as CSV or XLSX and load that."),
    "old_or_locked_workbook": _(
        "This workbook is protected by a password, or in the old .xls format. Please save it as .xlsx "
        "without a password."
    ),
    "locked_archive": _(
        "The archive is protected by a password. Please unpack it, or pack it again without one."
    ),
    "broken_archive": _(
        "The archive is damaged or was not written to its end. Please copy or download it again."
    ),
    "broken_workbook": _("The workbook is damaged and cannot be read. Please save it again."),
    "nested_archive": _("There is an archive inside the archive. Please unpack it first."),
    "unsafe_name": _(
        "The archive holds a file whose name leads out of its folder. That is refused for safety."
    ),
    "headings_only": _("The file holds headings and no rows."),
    "no_table_inside": _("There is no CSV, TSV or XLSX file in the archive."),
    "several_tables": _("The archive holds %(count)s tables. Please load them one by one."),
    "entries": _("The archive holds %(count)s files; at most %(limit)s are allowed."),
    "ratio": _("The archive unpacks to more than %(ratio)s times its size. That is refused for safety."),
    "entities": _("The workbook's XML declares entities. That is refused for safety."),
    "too_large": _("The content is larger than %(megabytes)s MB."),
    "too_many_rows": _("The file has more than %(limit)s rows."),
    "too_many_columns": _("The file has more than %(limit)s columns. Is the separator right?"),
    "cell_too_long": _(
        "Row %(row)s holds a cell of more than %(limit)s characters. Perhaps a quotation mark is not closed."
    ),
    "line_too_long": _("A line is longer than %(megabytes)s MB. Is this a table?"),
    "sheet_unknown": _("There is no such worksheet."),
    "encoding_unknown": _("There is no encoding called %(encoding)s."),
    "too_slow": _("Reading the file took too long and was stopped. Please split it."),
    "too_much_memory": _(
        "Reading the file needs more than %(megabytes)s MB of memory. Please save it as CSV."
    ),
    "reader_stopped": _("The file could not be read to its end. It may be damaged."),
}


class FileRefused(Invalid):
    """A whole file is refused. ``reason`` is the code of ``files.refusal``."""

    code = "integrations.file_refused"

    def __init__(self, reason: str, **data: object) -> None:
        super().__init__(**data)
        self.reason = reason

    @property
    def sentence(self) -> str:
        text = str(REFUSALS.get(self.reason, REFUSALS["reader_stopped"]))
        return text % self.data if self.data else text


def told(code: str, data: Mapping[str, object]) -> str:
    """The sentence of a stored error code in the active language; empty for an unknown one."""
    text = REFUSALS.get(code)
    if text is None:
        text = next((kind.message for kind in _kinds(DomainError) if kind.code == code), "")
    try:
        return str(text) % data if data else str(text)
    except (KeyError, ValueError):
        return str(text)


def _kinds(of: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def refused(refusal: Refused) -> FileRefused:
    return FileRefused(refusal.code, **refusal.data)


class ImportUnknown(NotFound):
    code = "integrations.import_unknown"
    message = _("There is no import %(number)s.")


class TemplateUnknown(NotFound):
    code = "integrations.template_unknown"
    message = _("There is no import template called %(name)s.")


class TemplateNameTaken(Conflict):
    code = "integrations.template_name_taken"
    message = _("There is already a template with this name.")


class KindUnknown(Invalid):
    code = "integrations.kind_unknown"
    message = _("%(kind)s is not a kind of file. Use one of: %(kinds)s.")


class ColumnsMissing(Invalid):
    code = "integrations.columns_missing"
    message = _("These columns are still needed: %(columns)s.")


class TemplateDoesNotFit(Invalid):
    code = "integrations.template_does_not_fit"
    message = _("The template needs columns that this file does not have: %(columns)s.")


class WrongState(Conflict):
    code = "integrations.wrong_state"
    message = _("Import %(number)s is %(state)s; this cannot be done now.")


class RunningElsewhere(Conflict):
    code = "integrations.running_elsewhere"
    message = _("Import %(number)s is being worked on by another process.")


class RevealReasonUnknown(Invalid):
    code = "integrations.reveal_reason_unknown"
    message = _("Say for what reason you need to see this.")


class FilesGone(Conflict):
    code = "integrations.files_gone"
    message = _(
        "The rows of import %(number)s have been deleted after the storage time. Please load the file again."
    )


class FileChanged(Conflict):
    code = "integrations.file_changed"
    message = _("The file of import %(number)s has changed since. Please import it anew.")


class ColumnUnknown(Invalid):
    code = "integrations.column_unknown"
    message = _("The file has no column %(name)s.")


class UndoTooLate(Conflict):
    code = "integrations.undo_too_late"
    message = _(
        "Import %(number)s was finished more than %(days)s days ago and can no longer be undone as a whole."
    )


class UndoImagesGone(Conflict):
    code = "integrations.undo_images_gone"
    message = _(
        "What import %(number)s changed was kept with its file, which is deleted. It cannot be undone."
    )


class StepBroke(Conflict):
    code = "integrations.step_broke"
    message = _(
        "Something in the file met a fault of ours; import %(number)s stopped at it. Nothing is lost: it can "
        "be taken up again or taken back. The log of the worker says more."
    )


class NothingToImport(Conflict):
    code = "integrations.nothing_to_import"
    message = _("No row of this file can be imported.")


class ImportCancelled(DomainError):
    code = "integrations.cancelled"
    message = _("The import was cancelled. What was written stays and can be undone; you can also resume it.")
    status = 409

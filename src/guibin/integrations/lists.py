"""The list of imports."""

from django.utils.translation import gettext_lazy as _

from guibin.integrations.mapping.targets import KIND_LABELS
from guibin.web.listing import Column, Empty, Filter, ListSpec

STATES = (
    ("checked", _("to be mapped")),
    ("dry_run", _("checked")),
    ("running", _("running")),
    ("done", _("finished")),
    ("failed", _("failed")),
    ("cancelled", _("stopped")),
    ("undone", _("undone")),
)
LIST = ListSpec(
    name="integrations.list",
    unit=_("imports"),
    row_id="id",
    columns=[
        Column("id", _("Import"), primary=True, template="integrations/cell_name.html"),
        Column("state", _("State"), template="integrations/cell_state.html"),
        Column("rows_total", _("Rows"), kind="number"),
        Column("created_at", _("Loaded"), kind="moment"),
        Column("template", _("Template")),
    ],
    filters=[
        Filter.choice("kind", _("Kind"), tuple(KIND_LABELS.items())),
        Filter.choice("state", _("State"), STATES),
    ],
    empty=Empty(
        _("Nothing imported yet"),
        _(
            "Load a file of customers or purchases, as any system exports it. You will see what it holds "
            "before anything is written."
        ),
        button=_("Load a file"),
        link="integrations.start",
    ),
)

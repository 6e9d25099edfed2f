"""What the import clinic offers the house."""

from django.utils.translation import gettext_lazy as _

from guibin.core.manifest import Link, Manifest, MenuEntry
from guibin.integrations import events, help, permissions, settings
from guibin.integrations.personal_data import PERSONAL_DATA

MANIFEST = Manifest(
    slice="integrations",
    permissions=permissions.ALL,
    roles={"manager": permissions.ALL},
    events=events.ALL,
    settings=settings.ALL,
    personal_data=PERSONAL_DATA,
    menu=(MenuEntry(3, 10, "file-import", _("Import"), "integrations.list", permissions.VIEW_IMPORTS),),
    links=(
        Link(
            "integrations.list",
            "integrations:list",
            _("Import"),
            permissions.VIEW_IMPORTS,
            "file-import",
            _("files excel csv upload"),
        ),
        Link(
            "integrations.start",
            "integrations:new",
            _("Load a file"),
            permissions.IMPORT_FILES,
            "file-upload",
            _("new import excel csv"),
        ),
        Link("integrations.import", "integrations:import", _("Import"), permissions.VIEW_IMPORTS),
    ),
    help=help.HELP,
)

"""What the import clinic offers the house."""

from guibin.core.manifest import Manifest
from guibin.integrations import events, permissions, settings
from guibin.integrations.personal_data import PERSONAL_DATA

MANIFEST = Manifest(
    slice="integrations",
    permissions=permissions.ALL,
    roles={"manager": permissions.ALL},
    events=events.ALL,
    settings=settings.ALL,
    personal_data=PERSONAL_DATA,
    commands=("guibin.integrations.commands:import_group",),
)

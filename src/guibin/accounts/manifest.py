"""What accounts offers the house."""

from guibin.accounts import datasets, events, permissions, settings
from guibin.accounts.personal_data import PERSONAL_DATA
from guibin.core.manifest import Manifest

MANIFEST = Manifest(
    slice="accounts",
    permissions=permissions.ALL,
    roles={"manager": permissions.MANAGER, "agent": permissions.AGENT},
    events=events.ALL,
    settings=settings.ALL,
    datasets=datasets.ALL,
    personal_data=PERSONAL_DATA,
)

"""What customers offers the house."""

from guibin.core.manifest import Manifest
from guibin.customers import datasets, events, permissions, settings
from guibin.customers.personal_data import PERSONAL_DATA

MANIFEST = Manifest(
    slice="customers",
    permissions=permissions.ALL,
    roles={"owner": permissions.ALL, "manager": permissions.MANAGER, "agent": permissions.AGENT},
    events=events.ALL,
    settings=settings.ALL,
    datasets=datasets.ALL,
    personal_data=PERSONAL_DATA,
)

"""What purchases offers the house."""

from guibin.core.manifest import Manifest
from guibin.purchases import datasets, events, permissions
from guibin.purchases.personal_data import PERSONAL_DATA

MANIFEST = Manifest(
    slice="purchases",
    permissions=permissions.PERMISSIONS,
    roles={"owner": permissions.PERMISSIONS, "manager": permissions.PERMISSIONS, "agent": permissions.AGENT},
    events=events.EVENTS,
    datasets=datasets.ALL,
    personal_data=PERSONAL_DATA,
)

"""What loyalty offers the house."""

from guibin.core.manifest import Manifest
from guibin.loyalty.events import EVENTS
from guibin.loyalty.permissions import EDIT_LISTS, EDIT_POLICIES, PERMISSIONS, VIEW_POLICIES, VIEW_VIPS
from guibin.loyalty.personal_data import PERSONAL_DATA
from guibin.loyalty.preferences import SETTINGS

MANIFEST = Manifest(
    slice="loyalty",
    permissions=PERMISSIONS,
    roles={
        "owner": PERMISSIONS,
        "manager": (VIEW_VIPS, VIEW_POLICIES, EDIT_POLICIES, EDIT_LISTS),
        "agent": (VIEW_VIPS,),
    },
    events=EVENTS,
    settings=SETTINGS,
    personal_data=PERSONAL_DATA,
)

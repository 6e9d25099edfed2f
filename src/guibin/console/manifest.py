"""What console offers the house."""

from guibin.console import permissions
from guibin.console.front import offer as front
from guibin.console.profile import offer as profile
from guibin.console.vips import offer as vips
from guibin.core.manifest import Manifest

MANIFEST = Manifest(
    slice="console",
    permissions=permissions.ALL,
    roles={"manager": permissions.ALL, "agent": permissions.ALL},
    links=(*front.LINKS, *profile.LINKS, *vips.LINKS),
    menu=(*front.MENU, *vips.MENU),
    help=(*front.HELP, *profile.HELP, *vips.HELP),
    quick=profile.QUICK,
    settings=profile.SETTINGS,
)

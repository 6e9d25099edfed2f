"""What console offers the house."""

from guibin.console.vips import offer as vips
from guibin.core.manifest import Manifest

MANIFEST = Manifest(
    slice="console",
    links=vips.LINKS,
    menu=vips.MENU,
    help=vips.HELP,
    commands=vips.COMMANDS,
)

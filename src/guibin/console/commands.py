"""The commands of the console: its own, and what it says of a customer."""

from guibin.console.profile.commands import customers_group
from guibin.console.vips.commands import vips

COMMANDS = (customers_group, vips)

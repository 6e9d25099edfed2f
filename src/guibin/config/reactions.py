"""What follows from what: event name → a call through a door. A few idempotent lines each."""

from guibin.core.reactions import Reaction

REACTIONS: tuple[Reaction, ...] = ()

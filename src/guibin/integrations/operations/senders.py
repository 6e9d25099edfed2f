"""What every phase of a run shares."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, cast

from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.booking import Books
from guibin.integrations.staging.plan import Plan


@dataclass(frozen=True, slots=True)
class Sending:
    run: ImportRun
    plan: Plan
    folder: Path
    actor: Actor
    at: datetime

    @property
    def match_keys(self) -> list[str]:
        """What the run's customers are found by, strongest first."""
        return [key for key in self.run.match_keys if key in customers.MATCH_KEYS] or ["external_id"]

    @property
    def policy(self) -> Literal["skip", "fill", "overwrite"]:
        """What happens to those who are known already."""
        return cast("Literal['skip', 'fill', 'overwrite']", self.run.policy)


class Sender(Protocol):
    """One phase: its parts in order, each sent in the caller's transaction."""

    def __init__(self, sending: Sending) -> None: ...

    def parts(self) -> list[int]:
        """The numbers of its parts, ascending."""
        ...

    def send(self, part: int, books: Books) -> int:
        """Bring one part in and book its outcomes; returns how many rows it was."""
        ...

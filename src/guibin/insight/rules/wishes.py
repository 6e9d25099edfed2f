"""What an organisation may wish of stages and scores; the rest is derived from its data."""

import hashlib
import json
from dataclasses import asdict, dataclass

from guibin.insight.rules.scores import Cuts, Window


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the organisation set itself: None or zeros where the data shall decide."""

    window: Window = "12m"
    active_months_min: int = 4
    stage_days: tuple[int, int, int, int] = (0, 0, 0, 0)
    cuts: Cuts | None = None

    @property
    def code(self) -> str:
        """A short name of these wishes, for file names."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]

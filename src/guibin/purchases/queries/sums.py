"""What the last look at the sums found."""

from dataclasses import dataclass
from datetime import datetime

from guibin.core import jobs
from guibin.core.models import LoggedEvent
from guibin.purchases.events import SumsMended

CHECK = "purchases.check_sums"


@dataclass(frozen=True, slots=True)
class SumsCheck:
    """How many orders had sums that were not those of their lines, and how many running sums were wrong;
    ``mended_at``: when somebody put sums right since, if at all."""

    at: datetime
    orders: int
    tallies: int
    mended_at: datetime | None

    @property
    def is_well(self) -> bool:
        """Nothing was wrong, or it has been put right since."""
        return not (self.orders or self.tallies) or self.mended_at is not None


def find_last_check() -> SumsCheck | None:
    """None while nobody has looked."""
    run = jobs.find_latest(CHECK)
    if run is None or run.finished_at is None:
        return None
    mended = LoggedEvent.objects.filter(name=SumsMended.name, at__gte=run.finished_at).order_by("-id").first()
    return SumsCheck(
        at=run.finished_at,
        orders=int(run.result["orders"]),
        tallies=int(run.result["tallies"]),
        mended_at=mended.at if mended else None,
    )

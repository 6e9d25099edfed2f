"""Jobs of purchases."""

from guibin.core import clock
from guibin.core.jobs import schedule
from guibin.core.permissions import SYSTEM


@schedule(name="purchases.fold_tallies", cron="*/10 * * * *")
def fold_tallies_often() -> None:
    """Keeps the running sums behind the lists short."""
    from guibin.purchases.operations.tallies import fold_tallies

    fold_tallies()


@schedule(name="purchases.check_sums_nightly", cron="40 19 * * *")
def check_sums_nightly() -> None:
    """Each night at 03:40 in China: have sums drifted? Told to people, who mend with a command."""
    from guibin.purchases.operations.checking import check_sums

    check_sums(actor=SYSTEM, at=clock.now())

"""Jobs of purchases."""

from guibin.core.jobs import schedule
from guibin.purchases.operations.tallies import fold_tallies


@schedule(name="purchases.fold_tallies", cron="*/10 * * * *")
def fold_tallies_often() -> None:
    """Keeps the running sums behind the lists short."""
    fold_tallies()

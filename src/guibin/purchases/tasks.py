"""Jobs of purchases."""

from guibin.core.jobs import schedule


@schedule(name="purchases.fold_tallies", cron="*/10 * * * *")
def fold_tallies_often() -> None:
    """Keeps the running sums behind the lists short."""
    from guibin.purchases.operations.tallies import fold_tallies

    fold_tallies()

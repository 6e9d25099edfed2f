"""Which currency a file's amounts are in, and whether it may become the shop's own."""

from datetime import date, datetime

from guibin.accounts import api as accounts
from guibin.core.permissions import Actor
from guibin.integrations.models import ImportRun
from guibin.purchases import api as purchases


def settle_currency(run: ImportRun, *, actor: Actor, at: datetime) -> None:
    """The first amounts decide the shop's base currency; later ones keep their own, at dated rates."""
    organisation = accounts.organisation()
    wanted = run.currency or organisation.base_currency
    run.currency = wanted
    if (
        run.kind not in {"order_lines", "orders", "refunds", "products"}
        or wanted == organisation.base_currency
    ):
        return
    if not amounts_exist():
        run.options = {**run.options, "currency_before": organisation.base_currency}
        _set_base(wanted, actor=actor, at=at)


def rates_known(currency: str) -> dict[str, date]:
    """The first day on which amounts of each currency can be taken, where a file's own is ``currency``.

    Before any amounts the file's currency becomes the shop's own, so that it needs no rate.
    """
    base = accounts.organisation().base_currency if amounts_exist() else currency
    found = {base: date.min}
    for rate in purchases.list_rates():
        found[rate.currency] = min(rate.valid_from, found.get(rate.currency, rate.valid_from))
    return found


def give_currency_back(run: ImportRun, *, actor: Actor, at: datetime) -> None:
    """Undoing the import that set the base currency, with nothing left in it, brings the former back."""
    before = run.options.get("currency_before")
    if before and accounts.organisation().base_currency == run.currency and not amounts_exist():
        _set_base(str(before), actor=actor, at=at)


def _set_base(currency: str, *, actor: Actor, at: datetime) -> None:
    organisation = accounts.organisation()
    accounts.update_organisation(
        name=organisation.name, base_currency=currency, time_zone=organisation.time_zone, actor=actor, at=at
    )


def amounts_exist() -> bool:
    """Whether anything is recorded in the base currency already."""
    return purchases.has_purchases()

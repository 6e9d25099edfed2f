"""Which currency a file's amounts are in, and whether it may become the shop's own."""

from datetime import datetime

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

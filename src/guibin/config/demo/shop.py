"""The whole demo shop as plain values, made from a seed and the day it is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from guibin.config.demo.baskets import ANONYMOUS_SHARE, CHINA, OrderPlan, RefundPlan, Till
from guibin.config.demo.catalogue import ProductPlan, make_products
from guibin.config.demo.festivals import make_calendar
from guibin.config.demo.people import MemberPlan, make_members

SEED = 20_260_618
MEMBERS = 5_000
YEARS = 3


@dataclass(frozen=True, slots=True)
class Shop:
    """Everything the demo loads. Purchases by time, none later than the instant it was made for."""

    first: date
    last: date
    products: tuple[ProductPlan, ...]
    members: tuple[MemberPlan, ...]
    orders: tuple[OrderPlan, ...]
    refunds: tuple[RefundPlan, ...]


def make_shop(*, now: datetime, seed: int = SEED, members: int = MEMBERS) -> Shop:
    """The same seed, instant and size give the same shop. Business days are those of Shanghai."""
    random = Random(seed)  # noqa: S311 - repeatable play data, no secret
    last = now.astimezone(CHINA).date()
    first = last - timedelta(days=365 * YEARS)
    products = make_products(random)
    people = make_members(random, members, first, last)
    till = Till(random, make_calendar(first, last), products)
    orders = [order for person in people for order in till.orders_of(person)]
    orders.extend(till.anonymous(round(len(orders) * ANONYMOUS_SHARE)))
    orders = sorted(
        (order for order in orders if order.at <= now), key=lambda order: (order.at, order.number)
    )
    refunds = [refund for order in orders if (refund := till.refund(order)) is not None and refund.at <= now]
    return Shop(first, last, tuple(products), tuple(people), tuple(orders), tuple(refunds))

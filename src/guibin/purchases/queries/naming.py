"""Orders by the numbers that refunds name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from guibin.customers import api as customers
from guibin.purchases.models import Order
from guibin.purchases.rules.named_refunds import NamedOrder


def find_named_orders(numbers: Iterable[str], *, source: str) -> dict[str, Sequence[NamedOrder]]:
    """The orders each number may mean: those of ``source``, or where it has none those of all others."""
    wanted = sorted({number for number in numbers if number})
    by_number: dict[str, list[NamedOrder]] = defaultdict(list)
    for order in Order.objects.filter(number__in=wanted).order_by("number", "source") if wanted else ():
        by_number[order.number].append(
            NamedOrder(
                id=order.id,
                source=order.source,
                customer_id=order.customer_id,
                store_id=order.store_id,
                channel=order.channel,
                ordered_on=order.ordered_on,
                currency=order.currency,
                minor_left=order.total_minor - order.refunded_minor,
            )
        )
    return {
        number: [order for order in orders if order.source == source] or orders
        for number, orders in by_number.items()
    }


def persons_of(
    named: Mapping[str, Sequence[NamedOrder]], customer_ids: Iterable[int | None]
) -> dict[int, int]:
    """The id that stands now for each customer of the orders and of those who name them."""
    owners = {order.customer_id for orders in named.values() for order in orders}
    return customers.resolve(sorted({each for each in (*owners, *customer_ids) if each is not None}))


def owners_named(numbers: Iterable[str], *, source: str) -> dict[str, tuple[str, int]]:
    """(source, customer) of the order each number means, where another source than ``source`` has it, just
    once, and knows whose it is."""
    return {
        number: (orders[0].source, orders[0].customer_id)
        for number, orders in find_named_orders(numbers, source=source).items()
        if len(orders) == 1 and orders[0].source != source and orders[0].customer_id is not None
    }

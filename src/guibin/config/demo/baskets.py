"""What the members buy and when: three years of purchases and refunds."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import ROUND_DOWN, Decimal
from itertools import accumulate
from random import Random

from guibin.config.demo.catalogue import SEASONAL, STORE_BY_CODE, STORES, SUMMER, WINTER, ProductPlan
from guibin.config.demo.festivals import Calendar
from guibin.config.demo.people import MemberPlan

CHINA = timezone(timedelta(hours=8))
CENT = Decimal("0.01")
WINTER_MONTHS, SUMMER_MONTHS = {10, 11, 12, 1, 2}, {4, 5, 6, 7, 8}
ANONYMOUS_SHARE = 0.09
CANCELLED_SHARE = 0.006
LOVED_MORE = 2.6
DEAR, SPLIT_FROM, SPLIT_SHARE = 2000, 400, 0.035
WAYS_TO_PAY = {
    "store": {"wechat_pay": 50, "alipay": 25, "card": 14, "cash": 9, "stored_value": 2},
    "store_dear": {"wechat_pay": 34, "alipay": 21, "card": 42, "stored_value": 3},
    "mini_program": {"wechat_pay": 98, "stored_value": 2},
    "web": {"alipay": 58, "wechat_pay": 34, "card": 8},
    "app": {"alipay": 46, "wechat_pay": 50, "card": 4},
}
REASONS = {"returned": 66, "wrong_item": 14, "damaged": 10, "price_adjusted": 10}
REFUNDED_SHARE = {"store": 0.03, "mini_program": 0.07, "web": 0.09, "app": 0.07}


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line as sold: `discount` off the whole line, in yuan."""

    product: ProductPlan
    quantity: int
    discount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """Money received for an order: how, how much in yuan, when."""

    method: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """A purchase; `card` empty: nobody showed a card."""

    number: str
    card: str
    store: str
    channel: str
    at: datetime
    on: date
    status: str
    promoted: bool
    lines: tuple[LinePlan, ...]
    payments: tuple[PaymentPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """Some pieces of one line of an order given back."""

    number: str
    order: OrderPlan
    line: LinePlan
    quantity: int
    at: datetime
    on: date
    reason: str

    @property
    def paid_each(self) -> Decimal:
        """What was paid for one piece, after the discount; six decimals, rounded down."""
        whole = self.line.product.price * self.line.quantity - self.line.discount
        return (whole / self.line.quantity).quantize(Decimal("0.000001"), rounding=ROUND_DOWN)


class Shelf:
    """Products drawn by taste, season and store; weights are worked out once for each such case."""

    def __init__(self, products: Sequence[ProductPlan]) -> None:
        self._products = list(products)
        self._edges: dict[tuple[float, str, int, str], list[float]] = {}

    def pick(self, random: Random, taste: float, store: str, month: int, occasion: str) -> ProductPlan:
        """One product for this taste in this month; `occasion` is a festival's code or `corporate`."""
        key = (taste, store, month, occasion)
        edges = self._edges.get(key)
        if edges is None:
            place = STORE_BY_CODE[store]
            edges = list(
                accumulate(
                    self._weight(p, taste + place.taste, month, occasion)
                    * (LOVED_MORE if p.category == place.loves else 1.0)
                    for p in self._products
                )
            )
            self._edges[key] = edges
        return self._products[bisect_left(edges, random.random() * edges[-1])]

    def _weight(self, product: ProductPlan, taste: float, month: int, occasion: str) -> float:
        weight: float = float(product.price / 500) ** taste
        if product.season == WINTER:
            weight *= 2.2 if month in WINTER_MONTHS else 0.25
        elif product.season == SUMMER:
            weight *= 2.0 if month in SUMMER_MONTHS else 0.35
        if product.gift and occasion in ("spring_gifts", "520", "mid_autumn", "sevens", "corporate"):
            weight *= 2.5
        tied = SEASONAL.get(product.name)
        if tied is not None:
            weight *= 25 if tied == occasion else 0.0
        return weight * (0.06 if product.price > 10_000 else 1.0)


def order_days(random: Random, member: MemberPlan, calendar: Calendar) -> Iterator[int]:
    """Positions of the days a member buys: even or loose intervals, stretched by how busy days are."""
    habit = member.habit
    begin = max(0, calendar.index(member.joined_on))
    end = len(calendar.weights) - 1
    if habit.code == "lost":
        end = max(begin, end - random.randrange(210, 720))
    yearly = habit.per_year * member.pace
    step = calendar.summed[-1] / len(calendar.weights) * 365 / max(0.3, yearly)
    if habit.code == "once":
        yield bisect_left(calendar.summed, calendar.summed[begin]) if begin else random.randrange(end)
        return
    base = calendar.summed[begin - 1] if begin else 0.0
    spot = base + (0.0 if begin else random.random() * step)
    shape = habit.evenness
    while spot <= calendar.summed[end]:
        yield bisect_left(calendar.summed, spot)
        spot += random.gammavariate(shape, step / shape)


def _keeps(random: Random, member: MemberPlan, index: int, calendar: Calendar) -> bool:
    """Fading members skip more and more purchases; festival shoppers buy at festivals only."""
    if member.habit.code == "fading":
        left = len(calendar.weights) - index
        return left > 320 or random.random() < max(0.0, (left - 60) / 420)
    if member.habit.code == "festival":
        return calendar.day(index) in calendar.festival_of or random.random() < 0.1
    return True


class Till:
    """Makes orders, numbers them per store and day, and gives some back."""

    def __init__(self, random: Random, calendar: Calendar, products: Sequence[ProductPlan]) -> None:
        self._random = random
        self._calendar = calendar
        self._shelf = Shelf(products)
        self._serials: dict[tuple[str, date], int] = {}

    def orders_of(self, member: MemberPlan) -> Iterator[OrderPlan]:
        """Every purchase of one member."""
        for index in order_days(self._random, member, self._calendar):
            if _keeps(self._random, member, index, self._calendar):
                yield self._order(member, self._calendar.day(index))

    def anonymous(self, count: int) -> Iterator[OrderPlan]:
        """Purchases in the stores where nobody showed a card."""
        days = self._random.choices(
            range(len(self._calendar.weights)), cum_weights=self._calendar.summed, k=count
        )
        for index in days:
            day = self._calendar.day(index)
            yield self._sell("", self._other_store(day), "store", day, -1.2, 1.2, "")

    def _other_store(self, day: date) -> str:
        days_ago = (self._calendar.last - day).days
        return self._random.choice([plan.code for plan in STORES if plan.is_open(days_ago)])

    def _order(self, member: MemberPlan, day: date) -> OrderPlan:
        habit, festival = member.habit, self._calendar.festival_of.get(day)
        online = habit.online * (festival.online if festival else 1.0)
        if self._random.random() < min(0.95, online):
            channel = self._random.choices(("mini_program", "web", "app"), weights=(5, 3, 2))[0]
        else:
            channel = "store"
        store = member.store if self._random.random() < 0.9 else self._other_store(day)
        occasion = "corporate" if habit.code == "corporate" else (festival.code if festival else "")
        return self._sell(member.card, store, channel, day, habit.taste, habit.pieces, occasion)

    def _sell(
        self, card: str, store: str, channel: str, day: date, taste: float, pieces: float, occasion: str
    ) -> OrderPlan:
        random, festival = self._random, self._calendar.festival_of.get(day)
        percent = festival.discount if festival else 0
        if not percent and random.random() < 0.08:
            percent = random.choice((5, 10, 20))
        count = 1 + min(5, int(random.expovariate(1 / max(0.2, pieces - 0.7))))
        lines = tuple(
            self._line(self._shelf.pick(random, taste, store, day.month, occasion), percent, occasion)
            for _ in range(count)
        )
        at, status = _moment(random, channel, day), self._status(channel, day)
        return OrderPlan(
            number=self._number(store if channel == "store" else "WEB", day),
            card=card,
            store=store,
            channel=channel,
            at=at,
            on=day,
            status=status,
            promoted=percent > 0,
            lines=lines,
            payments=() if status == "cancelled" else _payments(random, channel, occasion, lines, at),
        )

    def _line(self, product: ProductPlan, percent: int, occasion: str) -> LinePlan:
        quantity = 1 if self._random.random() < 0.92 else 2
        if occasion == "corporate":
            quantity = self._random.randint(8, 48) if product.price < 3000 else self._random.randint(2, 6)
        whole = product.price * quantity
        return LinePlan(product, quantity, (whole * percent / 100).quantize(CENT))

    def _number(self, place: str, day: date) -> str:
        serial = self._serials.get((place, day), 0) + 1
        self._serials[place, day] = serial
        return f"{place}-{day:%y%m%d}-{serial:04d}"

    def _status(self, channel: str, day: date) -> str:
        if self._random.random() < CANCELLED_SHARE:
            return "cancelled"
        age = (self._calendar.last - day).days
        if channel == "store" or age > 4:
            return "completed"
        return "paid" if age < 1 else "shipped"

    def refund(self, order: OrderPlan) -> RefundPlan | None:
        """Some orders come back within a fortnight, online more than in the store."""
        if order.status != "completed" or self._random.random() > REFUNDED_SHARE[order.channel]:
            return None
        day = order.on + timedelta(days=self._random.randint(1, 14))
        if day > self._calendar.last:
            return None
        line = self._random.choice(order.lines)
        return RefundPlan(
            number=f"R-{order.number}",
            order=order,
            line=line,
            quantity=line.quantity if line.quantity < 3 else self._random.randint(1, line.quantity),
            at=_moment(self._random, "store", day),
            on=day,
            reason=self._random.choices(list(REASONS), weights=list(REASONS.values()))[0],
        )


def _payments(
    random: Random, channel: str, occasion: str, lines: Sequence[LinePlan], at: datetime
) -> tuple[PaymentPlan, ...]:
    """The whole sum, now and then in two parts: a voucher or cash first, the rest by phone or card."""
    due = sum((line.product.price * line.quantity - line.discount for line in lines), Decimal())
    if occasion == "corporate":
        return (PaymentPlan("transfer", due, at),)
    ways = WAYS_TO_PAY["store_dear" if channel == "store" and due > DEAR else channel]
    method = random.choices(list(ways), weights=list(ways.values()))[0]
    if method == "cash" and due > DEAR:
        method = "card"
    if due > SPLIT_FROM and random.random() < SPLIT_SHARE:
        first = Decimal(random.choice((50, 100, 200)))
        way = "cash" if channel == "store" and method != "cash" and random.random() < 0.5 else "voucher"
        return (PaymentPlan(way, first, at), PaymentPlan(method, due - first, at))
    return (PaymentPlan(method, due, at),)


def _moment(random: Random, channel: str, day: date) -> datetime:
    """A time in opening hours for stores, more in the evening online; in UTC."""
    hour = random.triangular(10, 21.9, 16) if channel == "store" else random.triangular(8, 23.9, 20.5)
    seconds = int(hour * 3600)
    local = datetime.combine(day, time(), tzinfo=CHINA) + timedelta(seconds=seconds)
    return local.astimezone(UTC)

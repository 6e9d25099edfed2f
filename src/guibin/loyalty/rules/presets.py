"""The ready-made VIP policies as data. Every number is a setting (keys `identify.*`, `tier.*`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from guibin.loyalty.rules.facts import FACTS, SCORE, Unit
from guibin.loyalty.rules.tree import All, AnyOf, Compare, Level, Node, Op, Rules

Numbers = Mapping[str, float]

DEFAULTS: Numbers = {
    "identify.cumulative.vip": 10_000,
    "identify.cumulative.senior": 50_000,
    "identify.annual.vip": 100_000,
    "identify.annual.high": 500_000,
    "identify.monthly_avg.high": 5_000,
    "identify.freq.year": 10,
    "identify.freq.month": 1,
    "identify.loyalty_score": 80,
    "identify.activity_months": 4,
    "tier.diamond.top_pct": 5,
    "tier.diamond.spend12m": 10_000,
    "tier.gold.top_pct": 50,
}
CODES = ("cumulative", "annual", "monthly", "frequency", "score", "combined", "tiers")


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds conditions from numbers in natural units: money in whole units, score in points, top in %."""

    numbers: Numbers
    minor_digits: int

    def compare(self, fact: str, op: Op, key: str) -> Compare:
        """`fact op numbers[key]`."""
        return Compare(fact=fact, op=op, value=to_scaled(fact, self.numbers[key], self.minor_digits))

    def every_month(self) -> Compare:
        """At least `identify.freq.month` purchases in each of the last 12 months."""
        if self.numbers["identify.freq.month"] <= 1:
            return Compare(fact="months_active_12m", op=Op.GTE, value=12)
        return self.compare("orders_month_min", Op.GTE, "identify.freq.month")


def scale_of(fact: str, minor_digits: int) -> int:
    """How many units of the fact make one natural unit: 100 minor units a yuan, 10 tenths a point."""
    unit = FACTS[fact].unit
    if unit is Unit.MINOR:
        return int(10**minor_digits)
    return 10 if unit in (Unit.TENTHS, Unit.PERMILLE) else 1


def to_scaled(fact: str, number: float, minor_digits: int) -> int:
    """A number in natural units (yuan, points, per cent) as the fact's integer, rounded to the nearest."""
    return round(number * scale_of(fact, minor_digits))


def build_preset(code: str, numbers: Numbers, minor_digits: int) -> Rules:
    """The rules of one preset with these numbers (missing ones take the defaults). KeyError if unknown."""
    make = Maker({**DEFAULTS, **numbers}, minor_digits)
    return Rules(levels=BUILDERS[code](make))


def _level(code: str, names: tuple[str, str], rank: int, when: Node) -> Level:
    return Level(code=code, name_zh=names[0], name_en=names[1], rank=rank, when=when)


VIP, SENIOR = ("普通贵宾", "VIP"), ("高级贵宾", "Senior VIP")
HIGH, POTENTIAL = ("高价值贵宾", "High-value VIP"), ("潜力贵宾", "Potential VIP")


def _cumulative(make: Maker) -> tuple[Level, ...]:
    return (
        _level("vip", VIP, 2, make.compare("net_lifetime", Op.GTE, "identify.cumulative.vip")),
        _level("senior", SENIOR, 4, make.compare("net_lifetime", Op.GTE, "identify.cumulative.senior")),
    )


def _annual(make: Maker) -> tuple[Level, ...]:
    return (
        _level("vip", ("VIP", "VIP"), 2, make.compare("net_12m", Op.GT, "identify.annual.vip")),
        _level("high", HIGH, 4, make.compare("net_12m", Op.GT, "identify.annual.high")),
    )


def _monthly(make: Maker) -> tuple[Level, ...]:
    return (_level("high", HIGH, 3, make.compare("net_month_average", Op.GTE, "identify.monthly_avg.high")),)


def _frequent(make: Maker) -> Node:
    return AnyOf(of=(make.compare("orders_12m", Op.GT, "identify.freq.year"), make.every_month()))


def _frequency(make: Maker) -> tuple[Level, ...]:
    return (_level("potential", POTENTIAL, 1, _frequent(make)),)


def _score(make: Maker) -> tuple[Level, ...]:
    names = ("忠诚贵宾", "Loyal VIP")
    return (_level("loyal", names, 2, make.compare(SCORE, Op.GT, "identify.loyalty_score")),)


def _combined(make: Maker) -> tuple[Level, ...]:
    vip = AnyOf(
        of=(
            make.compare("net_lifetime", Op.GTE, "identify.cumulative.vip"),
            make.compare(SCORE, Op.GT, "identify.loyalty_score"),
        )
    )
    senior = AnyOf(
        of=(
            make.compare("net_lifetime", Op.GTE, "identify.cumulative.senior"),
            make.compare("net_month_average", Op.GTE, "identify.monthly_avg.high"),
            make.compare("net_12m", Op.GT, "identify.annual.vip"),
        )
    )
    return (
        _level("potential", POTENTIAL, 1, _frequent(make)),
        _level("vip", VIP, 2, vip),
        _level("senior", SENIOR, 3, senior),
        _level("high", HIGH, 4, make.compare("net_12m", Op.GT, "identify.annual.high")),
    )


def _tiers(make: Maker) -> tuple[Level, ...]:
    active = make.compare("months_active_12m", Op.GTE, "identify.activity_months")
    diamond = AnyOf(
        of=(
            make.compare("spend_top_12m", Op.LTE, "tier.diamond.top_pct"),
            make.compare("net_12m", Op.GT, "tier.diamond.spend12m"),
        )
    )
    some = Compare(fact="orders_12m", op=Op.GTE, value=1)
    return (
        _level("silver", ("银卡", "Silver"), 1, some),
        _level("gold", ("金卡", "Gold"), 2, make.compare("spend_top_12m", Op.LTE, "tier.gold.top_pct")),
        _level("diamond", ("钻石卡", "Diamond"), 4, All(of=(diamond, active))),
    )


BUILDERS = {
    "cumulative": _cumulative,
    "annual": _annual,
    "monthly": _monthly,
    "frequency": _frequency,
    "score": _score,
    "combined": _combined,
    "tiers": _tiers,
}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "cumulative": ("identify.cumulative.vip", "identify.cumulative.senior"),
    "annual": ("identify.annual.vip", "identify.annual.high"),
    "monthly": ("identify.monthly_avg.high",),
    "frequency": ("identify.freq.year", "identify.freq.month"),
    "score": ("identify.loyalty_score",),
    "combined": (
        "identify.freq.year",
        "identify.freq.month",
        "identify.cumulative.vip",
        "identify.loyalty_score",
        "identify.cumulative.senior",
        "identify.monthly_avg.high",
        "identify.annual.vip",
        "identify.annual.high",
    ),
    "tiers": (
        "tier.diamond.top_pct",
        "tier.diamond.spend12m",
        "identify.activity_months",
        "tier.gold.top_pct",
    ),
}

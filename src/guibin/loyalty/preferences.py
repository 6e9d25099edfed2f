"""Loyalty's settings: the numbers of the presets, the line called near, the loyalty score's formula."""

from django.utils.translation import gettext_lazy as _

from guibin.core.errors import Text
from guibin.core.preferences import Setting

Numeric = Setting[int] | Setting[float]

CUMULATIVE_VIP = Setting(
    key="identify.cumulative.vip",
    default=10_000.0,
    label=_("VIP from a lifetime spend of"),
    help=_("Net of refunds, in whole units of the base currency; reaching it counts."),
    minimum=0,
)
CUMULATIVE_SENIOR = Setting(
    key="identify.cumulative.senior",
    default=50_000.0,
    label=_("Senior VIP from a lifetime spend of"),
    help=_("Net of refunds, in whole units of the base currency; reaching it counts."),
    minimum=0,
)
ANNUAL_VIP = Setting(
    key="identify.annual.vip",
    default=100_000.0,
    label=_("VIP above a 12-month spend of"),
    help=_("Net of refunds over the last 12 months; it must be more than this."),
    minimum=0,
)
ANNUAL_HIGH = Setting(
    key="identify.annual.high",
    default=500_000.0,
    label=_("High-value VIP above a 12-month spend of"),
    help=_("Net of refunds over the last 12 months; it must be more than this."),
    minimum=0,
)
MONTHLY_HIGH = Setting(
    key="identify.monthly_avg.high",
    default=5_000.0,
    label=_("High-value VIP from a monthly average of"),
    help=_("The net spend of the last 12 months divided by 12; reaching it counts."),
    minimum=0,
)
FREQ_YEAR = Setting(
    key="identify.freq.year",
    default=10,
    label=_("Potential VIP above this many purchases in 12 months"),
    help=_("It must be more than this: with 10, the eleventh purchase counts."),
    minimum=0,
)
FREQ_MONTH = Setting(
    key="identify.freq.month",
    default=1,
    label=_("Or at least this many purchases in every month"),
    help=_("In each of the last 12 months."),
    minimum=1,
)
LOYALTY_SCORE = Setting(
    key="identify.loyalty_score",
    default=80.0,
    label=_("VIP above a loyalty score of"),
    help=_("The score runs from 0 to 100; it must be more than this."),
    minimum=0,
    maximum=100,
)
ACTIVITY_MONTHS = Setting(
    key="identify.activity_months",
    default=4,
    label=_("High activity: months with a purchase"),
    help=_("In at least this many of the last 12 months."),
    minimum=1,
    maximum=12,
)
DIAMOND_TOP = Setting(
    key="tier.diamond.top_pct",
    default=5.0,
    label=_("Diamond: top share by 12-month spend, %"),
    help=_("Among customers whose net spend of the last 12 months is above zero."),
    minimum=0,
    maximum=100,
)
DIAMOND_SPEND = Setting(
    key="tier.diamond.spend12m",
    default=10_000.0,
    label=_("Diamond: or a 12-month spend above"),
    help=_("Net of refunds; with high activity in either case."),
    minimum=0,
)
GOLD_TOP = Setting(
    key="tier.gold.top_pct",
    default=50.0,
    label=_("Gold: top share by 12-month spend, %"),
    help=_("Everybody from diamond down to this share, so that nobody falls between the tiers."),
    minimum=0,
    maximum=100,
)
NEAR = Setting(
    key="identify.near_pct",
    default=10.0,
    label=_("Just below the line: within, %"),
    help=_("Customers who miss at most this part of the next level's line are listed."),
    minimum=0,
    maximum=50,
)
PRESET_NUMBERS: tuple[Numeric, ...] = (
    CUMULATIVE_VIP,
    CUMULATIVE_SENIOR,
    ANNUAL_VIP,
    ANNUAL_HIGH,
    MONTHLY_HIGH,
    FREQ_YEAR,
    FREQ_MONTH,
    LOYALTY_SCORE,
    ACTIVITY_MONTHS,
    DIAMOND_TOP,
    DIAMOND_SPEND,
    GOLD_TOP,
)

PART_LABELS: dict[str, Text] = {
    "recency": _("Bought lately"),
    "frequency": _("Buys often"),
    "tenure": _("Long a customer"),
    "regularity": _("Buys in many months"),
    "breadth": _("Buys across categories"),
    "promotions": _("Joins promotions"),
}
_WEIGHTS = {"recency": 25, "frequency": 25, "tenure": 15, "regularity": 15, "breadth": 10, "promotions": 10}
_FULL: dict[str, tuple[int, Text]] = {
    "recency": (30, _("Full when the last purchase is at most this many days ago.")),
    "frequency": (12, _("Full from this many purchases in 12 months.")),
    "tenure": (1095, _("Full from this many days since the customer joined.")),
    "regularity": (12, _("Full from this many months with a purchase, of the last 12.")),
    "breadth": (5, _("Full from this many categories bought in 12 months.")),
    "promotions": (4, _("Full from this many purchases with a promotion in 12 months.")),
}


def _weight(part: str) -> Setting[int]:
    return Setting(
        key=f"loyalty.score.weight.{part}",
        default=_WEIGHTS[part],
        label=PART_LABELS[part],
        help=_("How much this part weighs in the loyalty score."),
        minimum=0,
        maximum=100,
    )


def _full_at(part: str) -> Setting[int]:
    default, text = _FULL[part]
    return Setting(
        key=f"loyalty.score.full.{part}", default=default, label=PART_LABELS[part], help=text, minimum=1
    )


WEIGHTS = {part: _weight(part) for part in _WEIGHTS}
FULL_AT = {part: _full_at(part) for part in _FULL}
RECENCY_EMPTY = Setting(
    key="loyalty.score.empty.recency",
    default=365,
    label=_("Bought lately: nothing left after"),
    help=_("Days since the last purchase at which this part of the score is 0."),
    minimum=1,
)
MEASURED_FROM = Setting(
    key="loyalty.score.measured_from",
    default=1.0,
    label=_("A part counts from, %"),
    help=_(
        "Promotions count when at least this share of the last 12 months' purchases carry one, "
        "categories when at least this share of its buyers have one; else the part is left out for everybody."
    ),
    minimum=0,
    maximum=100,
)
SETTINGS = (*PRESET_NUMBERS, NEAR, *WEIGHTS.values(), *FULL_AT.values(), RECENCY_EMPTY, MEASURED_FROM)

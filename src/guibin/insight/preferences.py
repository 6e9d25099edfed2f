"""The organisation's settings of insight."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guibin.core import preferences
from guibin.core.money import minor_digits
from guibin.core.preferences import Setting
from guibin.insight.rules.scores import Cuts, Window
from guibin.insight.rules.wishes import Wishes


def _rises(values: list[int]) -> bool:
    return len(values) == 4 and values == sorted(values)


RFM_WINDOW = Setting(
    "insight.rfm_window",
    "12m",
    _("RFM period"),
    _("Which purchases count for frequency and money."),
    choices=(("12m", _("Last 12 months")), ("lifetime", _("Since the first purchase"))),
)
RFM_METHOD = Setting(
    "insight.rfm_method",
    "quintiles",
    _("RFM scoring"),
    _("Five equal parts of the customers, or your own cut points."),
    choices=(("quintiles", _("Five equal parts")), ("own", _("Own cut points"))),
)
RFM_RECENCY = Setting(
    "insight.rfm_cuts_recency",
    [30, 60, 120, 210],
    _("Own cut points: recency"),
    _("Four upper bounds, from the most recent to the longest ago."),
    unit=_("days"),
    minimum=0,
    check=_rises,
)
RFM_FREQUENCY = Setting(
    "insight.rfm_cuts_frequency",
    [1, 3, 6, 12],
    _("Own cut points: frequency"),
    _("Four upper bounds of the number of orders."),
    unit=pgettext_lazy("unit", "orders"),
    minimum=0,
    check=_rises,
)
RFM_MONEY = Setting(
    "insight.rfm_cuts_money",
    [500, 2000, 5000, 20000],
    _("Own cut points: money"),
    _("Four upper bounds of net spend, in the base currency."),
    minimum=0,
    check=_rises,
)
ACTIVE_MONTHS = Setting(
    "insight.active_months_min",
    4,
    _("High activity"),
    _("Months with a purchase, of the last twelve, that make a customer highly active."),
    unit=_("months"),
    minimum=1,
    maximum=12,
)
DERIVED = _("0 takes the value that your customers' own purchase intervals propose.")
STAGE_NEW = Setting("insight.stage_new_days", 0, _("New for"), DERIVED, _("days"), 0, 3650)
STAGE_AT_RISK = Setting("insight.stage_at_risk_days", 0, _("At risk after"), DERIVED, _("days"), 0, 3650)
STAGE_DORMANT = Setting("insight.stage_dormant_days", 0, _("Dormant after"), DERIVED, _("days"), 0, 3650)
STAGE_CHURNED = Setting("insight.stage_churned_days", 0, _("Lost after"), DERIVED, _("days"), 0, 3650)
STAGE_DAYS = (STAGE_NEW, STAGE_AT_RISK, STAGE_DORMANT, STAGE_CHURNED)
CUTS = (RFM_RECENCY, RFM_FREQUENCY, RFM_MONEY)
ALL = (RFM_WINDOW, RFM_METHOD, *CUTS, ACTIVE_MONTHS, *STAGE_DAYS)


def get_wishes(currency: str) -> Wishes:
    """What the organisation set, in one query; money cut points in minor units of ``currency``."""
    values = preferences.get_many(*ALL)
    window: Window = "lifetime" if values[RFM_WINDOW.key] == "lifetime" else "12m"
    new, at_risk, dormant, churned = (_number(values[setting.key]) for setting in STAGE_DAYS)
    return Wishes(
        window=window,
        active_months_min=_number(values[ACTIVE_MONTHS.key]),
        stage_days=(new, at_risk, dormant, churned),
        cuts=own_cuts(values, currency) if values[RFM_METHOD.key] == "own" else None,
    )


def own_cuts(values: dict[str, object], currency: str) -> Cuts:
    """The cut points of the settings."""
    recency, frequency, money = (_numbers(values[setting.key]) for setting in CUTS)
    unit = 10 ** minor_digits(currency)
    return Cuts(recency, frequency, tuple(bound * unit for bound in money))


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _numbers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_number(item) for item in value)

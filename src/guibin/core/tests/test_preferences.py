from datetime import datetime

import pytest
from django.utils.translation import gettext_lazy as _

from guibin.core import preferences
from guibin.core.preferences import Setting, SettingInvalid, SettingUnknown

LIMIT = Setting(key="test.limit", default=10, label=_("Limit"), help=_("A limit."), minimum=1, maximum=100)
SHARE = Setting(key="test.share", default=0.8, label=_("Share"), help=_("A share."))
DAYS = Setting(key="test.days", default=[30, 90], label=_("Days"), help=_("Days."))
FLAG = Setting(key="test.flag", default=False, label=_("Flag"), help=_("A flag."))
CYCLE = Setting(
    key="test.cycle",
    default="quarter",
    label=_("Cycle"),
    help=_("."),
    choices=(("quarter", ""), ("half", "")),
)


@pytest.mark.parametrize(
    ("setting", "given", "meant"),
    [
        (LIMIT, "7", 7),
        (SHARE, "0.9", 0.9),
        (DAYS, "7, 14", [7, 14]),
        (DAYS, [1, 2], [1, 2]),
        (FLAG, "on", True),
        (FLAG, "", False),
        (CYCLE, "half", "half"),
    ],
)
def test_what_people_type_becomes_the_settings_type(
    setting: Setting[object], given: object, meant: object
) -> None:
    assert setting.parse(given) == meant


@pytest.mark.parametrize(
    ("setting", "given"),
    [(LIMIT, "0"), (LIMIT, 101), (LIMIT, "many"), (FLAG, "perhaps"), (CYCLE, "weekly"), (DAYS, "7, x")],
)
def test_impossible_values_are_refused(setting: Setting[object], given: object) -> None:
    with pytest.raises(SettingInvalid):
        setting.parse(given)


def test_a_refusal_writes_large_bounds_out() -> None:
    wide = Setting(key="t.wide", default=1, label=_("Wide"), help=_("."), minimum=1, maximum=10_000_000)
    with pytest.raises(SettingInvalid, match="10,000,000"):
        wide.parse("99999999")


def test_an_unchanged_setting_has_its_default(db: None) -> None:
    assert preferences.get(LIMIT) == 10
    assert preferences.get_many(LIMIT, SHARE) == {"test.limit": 10, "test.share": 0.8}


def test_an_undeclared_setting_cannot_be_stored(db: None, at: datetime) -> None:
    from guibin.core.permissions import SYSTEM

    with pytest.raises(SettingUnknown):
        preferences.set_value(key="no.such", value=1, actor=SYSTEM, at=at)

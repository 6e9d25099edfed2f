"""Actors and a planted person for the tests of this slice."""

from datetime import UTC, date, datetime

from guibin.core.permissions import Actor
from guibin.customers import permissions
from guibin.customers.rules.values import Birthday, CustomerRow, NewContact, Profile

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BOSS = Actor("staff", 1, frozenset(p.code for p in permissions.ALL))
AGENT = Actor("staff", 2, frozenset(p.code for p in permissions.AGENT))
CLERK = Actor("staff", 3, AGENT.permissions, frozenset({7}))
NOBODY = Actor("staff", 4)
ID_NUMBER = "11010519491231002X"

ZHANG = Profile(
    name="张伟",
    latin_name="Zhang Wei",
    gender="male",
    birthday=Birthday(8, 15, 1985, "lunar"),
    province="浙江",
    city="杭州",
    address="西湖区龙井路十八号",
    occupation="古琴制作师",
    interests="普洱茶与登山",
    id_number=ID_NUMBER,
    joined_on=date(2022, 9, 18),
    joined_store_id=7,
)
PHONE = NewContact("phone", "138-0013-8000", label="本人", is_preferred=True, hour_from=20, hour_until=22)
EMAIL = NewContact("email", "Zhang.Wei@Example.com")
WECHAT = NewContact("wechat", "zhangwei_guqin")


def row(position: int, name: str = "", **more: object) -> CustomerRow:
    return CustomerRow(position=position, name=name, **more)  # type: ignore[arg-type]

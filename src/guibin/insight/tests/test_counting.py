"""Facts of other code are not continued, and which tables stay in memory."""

from datetime import date

from guibin.insight import api, operations
from guibin.insight.facts import keeping, store
from guibin.insight.facts.schema import COUNTING
from guibin.insight.models import Refresh
from guibin.insight.rules.wishes import Wishes
from guibin.insight.tests.tables import execute, simple_shop, write_order, write_shop
from guibin.insight.warehouse import versions

DAY, EARLIER = date(2024, 2, 29), date(2024, 1, 31)
DIGESTS = {
    1: "b1445634e247fd7ddd91745f0716f4d6bc28f0290147d8210b29b09428dec71f",
    2: "94854ebe71387922749b55308cd5e3d79354555cffc047d192be4a1e67a7227a",
}


def buy(order: int) -> None:
    write_order({
        "order_id": order, "customer_id": 3, "ordered_on": DAY, "status": "paid", "promoted": False,
        "amount_base_minor": 700,
    })  # fmt: skip


def test_the_mark_is_another_when_the_digest_of_one_shop_is_another(warehouse):
    """When this fails, raise ``COUNTING`` and add the new digest: houses in use must count anew."""
    shop = simple_shop(40)
    shop.aliases = [{"alias_id": 1, "customer_id": 7, "into_id": 12}]
    write_shop(shop)
    assert DIGESTS[COUNTING] == api.refresh(as_of=DAY).digest


def test_facts_that_other_code_counted_are_counted_anew(warehouse, monkeypatch):
    write_shop(simple_shop(60))
    api.refresh(as_of=DAY)
    api.facts_table(as_of=EARLIER)
    buy(901)
    assert api.refresh(as_of=DAY).mode == "incremental"
    for module in (keeping, operations):
        monkeypatch.setattr(module, "COUNTING", COUNTING + 1)
    buy(902)
    with versions.leased() as version:
        assert not keeping.is_kept(version, DAY)
        assert not keeping.is_kept(version, EARLIER)
    upgraded = api.refresh(as_of=DAY)
    assert upgraded.mode == "full"
    assert Refresh.objects.latest("id").counting == COUNTING + 1
    buy(903)
    assert api.refresh(as_of=DAY).mode == "incremental"


def test_a_published_digest_of_other_code_is_not_continued(warehouse, monkeypatch):
    """Even where a page had the new code count the same version and day meanwhile."""
    write_shop(simple_shop(60))
    api.refresh(as_of=DAY)
    for count in (0, COUNTING + 1):  # 0: before refreshes said it
        execute("UPDATE insight_refresh SET counting = %s", count)
        buy(910 + count)
        assert api.refresh(as_of=DAY).mode == "full"
    buy(950)
    assert api.refresh(as_of=DAY).mode == "incremental"


def test_the_table_asked_for_last_stays_in_memory(warehouse, monkeypatch):
    write_shop(simple_shop(10))
    api.refresh(as_of=DAY)
    store._READ.clear()
    counted = []
    real = store.counted_of
    monkeypatch.setattr(store, "counted_of", lambda version, day: counted.append(day) or real(version, day))
    days = [date(2024, 2, number) for number in range(1, store.IN_MEMORY_MAX + 2)]
    with versions.leased() as version:
        for day in days[:-1]:
            store.facts_of(version, day, Wishes())
        store.facts_of(version, days[0], Wishes())  # used again: the second is now the oldest
        store.facts_of(version, days[-1], Wishes())
        assert counted == days
        store.facts_of(version, days[0], Wishes())
        assert counted == days
        store.facts_of(version, days[1], Wishes())
        assert counted == [*days, days[1]]

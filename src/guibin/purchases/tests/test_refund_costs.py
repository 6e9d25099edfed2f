"""What the goods of a refund cost: the same to the last unit by hand and by an import's matching."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guibin.core.permissions import SYSTEM
from guibin.purchases import api
from guibin.purchases.models import OrderLine, Refund, RefundLine
from guibin.purchases.rules.amounts import share_cost
from guibin.purchases.tests.frames import DAY, order_lines, refund_lines

serial = count(1)


def milli(value: int) -> Decimal:
    return Decimal(value) / 1000


@given(cost=st.integers(0, 10**17), part=st.integers(1, 10**12), more=st.integers(0, 10**12))
@example(cost=5, part=1_000, more=1_000)
@example(cost=10**17 + 1, part=1, more=1)
def test_a_share_of_the_cost_is_exact_and_half_goes_to_even(cost: int, part: int, more: int) -> None:
    whole = part + more
    assert share_cost(cost, milli(part), milli(whole)) == round(Fraction(cost * part, whole))


def by_hand(at: datetime, line: OrderLine, part: Decimal) -> int | None:
    drafts = [api.RefundDraft(line.id, part, amount_minor=0)]
    api.refund_lines(order_id=line.order_id, drafts=drafts, reason="returned", actor=SYSTEM, at=at)
    return RefundLine.objects.get(order_line=line).cost_base_minor


def by_import(at: datetime, row: dict[str, Any], part: Decimal, import_id: int) -> int | None:
    back = {
        "refund_number": f"C{import_id}",
        "sku": row["sku"],
        "quantity": part,
        "unit_price": row["unit_price"],
        "refunded_at": DAY + timedelta(days=1),
    }
    api.import_refunds(refund_lines([back]), source="till", import_id=import_id, actor=SYSTEM, at=at)
    assert api.match_cancellations(import_id=import_id, actor=SYSTEM, at=at).matched == 1
    refund = Refund.objects.get(number=f"C{import_id}")
    assert refund.cost_base_minor == RefundLine.objects.get(refund=refund).cost_base_minor
    return refund.cost_base_minor


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(unit_cost=st.integers(0, 10**6), part=st.integers(1, 5_000), more=st.integers(0, 5_000))
@example(unit_cost=25_000, part=1_000, more=1_000)  # 5 / 2: 2, as 2.5 lies halfway and 2 is even
@example(unit_cost=35_000, part=1_000, more=1_000)  # 7 / 2: 4
def test_by_hand_and_by_import_the_same_goods_cost_the_same(
    at: datetime, unit_cost: int, part: int, more: int
) -> None:
    row = {
        "quantity": milli(part + more),
        "unit_price": Decimal("9.90"),
        "unit_cost": Decimal(unit_cost) / 10**6,
    }
    costs = []
    for back in (by_hand, by_import):
        import_id = next(serial)
        named = {**row, "order_number": f"T{import_id}", "sku": f"S{import_id}"}
        api.import_orders(order_lines([named]), source="till", import_id=import_id, actor=SYSTEM, at=at)
        line = OrderLine.objects.get(order__number=f"T{import_id}")
        assert line.cost_base_minor is not None
        expected = round(Fraction(line.cost_base_minor * part, part + more))
        if back is by_hand:
            costs.append(by_hand(at, line, milli(part)))
        else:
            costs.append(by_import(at, named, milli(part), next(serial)))
        assert costs[-1] == expected
    assert costs[0] == costs[1]

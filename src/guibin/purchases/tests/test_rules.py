"""Rules without a database: rounding, allocation, refunds, keys, matching."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from guibin.purchases.rules.amounts import (
    allocate,
    base_minor_column,
    compute_base_minor,
    compute_gross_minor,
    gross_minor_column,
)
from guibin.purchases.rules.channels import channel_code, is_channel_code
from guibin.purchases.rules.columns import coded, occurrences
from guibin.purchases.rules.drafts import RefundDraft
from guibin.purchases.rules.keys import keys_column, labels_column, line_key
from guibin.purchases.rules.matching import Cancellation, Candidate, match_group
from guibin.purchases.rules.named_refunds import (
    NamedOrder,
    NamedRefund,
    Share,
    SoldLine,
    name_order,
    share_order,
)
from guibin.purchases.rules.rates import find_rate
from guibin.purchases.rules.refunding import (
    RefundableLine,
    RefundPart,
    Refusal,
    compute_refund_minor,
    decide_refund,
)

quantities = st.decimals(min_value="0.001", max_value="100000", places=3)
prices = st.decimals(min_value="-100000", max_value="100000", places=6)


@given(quantities, prices, st.sampled_from([0, 2, 3]))
def test_gross_is_rounded_half_to_even(quantity: Decimal, price: Decimal, digits: int) -> None:
    exact = (quantity * price).scaleb(digits)
    assert compute_gross_minor(quantity, price, digits) == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))


def test_half_a_cent_goes_to_the_even_one() -> None:
    assert compute_gross_minor(Decimal("0.5"), Decimal("0.01"), 2) == 0
    assert compute_gross_minor(Decimal("1.5"), Decimal("0.01"), 2) == 2
    assert compute_gross_minor(Decimal("2.5"), Decimal("0.01"), 2) == 2


@given(st.lists(st.tuples(st.integers(-(10**17), 10**17), st.integers(-(10**12), 10**12)), max_size=8))
def test_columns_equal_single_amounts_also_beyond_64_bits(pairs: list[tuple[int, int]]) -> None:
    milli, micro = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    got = gross_minor_column(milli, micro, np.full(len(pairs), 2, dtype=np.int64))
    for (quantity, price), amount in zip(pairs, got.tolist(), strict=True):
        exact = compute_gross_minor(Decimal(quantity).scaleb(-3), Decimal(price).scaleb(-6), 2)
        assert amount == max(-2 * 10**15, min(2 * 10**15, exact))


@given(
    st.lists(st.integers(-(10**14), 10**14), max_size=6),
    st.decimals(min_value="0.00000001", max_value="20000", places=8),
    st.sampled_from([0, 2, 3]),
    st.sampled_from([0, 2]),
)
def test_conversion_of_columns_equals_single_ones(
    amounts: list[int], rate: Decimal, digits: int, base_digits: int
) -> None:
    got = base_minor_column(np.array(amounts, dtype=np.int64), rate, digits, base_digits).tolist()
    assert got == [compute_base_minor(amount, rate, digits, base_digits) for amount in amounts]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_allocation_is_exact_and_within_one_unit(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights) or len(weights)
    for part, weight in zip(parts, weights if sum(weights) else [1] * len(weights), strict=True):
        assert abs(part - Fraction(total * weight, whole)) < 1


lines = st.builds(
    RefundableLine,
    id=st.just(1),
    quantity=st.decimals(min_value="1", max_value="500", places=3),
    amount_minor=st.integers(0, 10**7),
)


@given(lines, st.lists(st.decimals(min_value="0.001", max_value="80", places=3), max_size=12))
def test_refunds_in_pieces_give_exactly_what_was_paid(line: RefundableLine, pieces: list[Decimal]) -> None:
    returned = 0
    for piece in [*pieces, line.quantity]:
        quantity = min(piece, line.quantity_left)
        if quantity == 0:
            break
        decided = decide_refund({1: line}, [RefundDraft(1, quantity)])
        assert isinstance(decided, list)
        returned += decided[0].amount_minor
        line = RefundableLine(
            1,
            line.quantity,
            line.amount_minor,
            line.refunded_quantity + quantity,
            line.refunded_minor + decided[0].amount_minor,
        )
        assert 0 <= line.refunded_minor <= line.amount_minor
    assert line.quantity_left == 0
    assert returned == line.amount_minor


@given(lines, st.decimals(min_value="-10", max_value="600", places=3), st.integers(-10, 10**7 + 10))
def test_no_decision_exceeds_the_line(line: RefundableLine, quantity: Decimal, amount: int) -> None:
    decided = decide_refund({1: line}, [RefundDraft(1, quantity, amount)])
    if isinstance(decided, list):
        assert decided == [RefundPart(1, quantity, amount)]
        assert 0 <= quantity <= line.quantity
        assert 0 <= amount <= line.amount_minor
    else:
        assert quantity > line.quantity or amount > line.amount_minor or quantity <= 0 or amount < 0


def test_refusals_say_why() -> None:
    line = RefundableLine(7, Decimal(2), 100)
    assert decide_refund({7: line}, []) == Refusal("nothing")
    assert decide_refund({7: line}, [RefundDraft(8, Decimal(1))]) == Refusal("line_unknown", 8)
    assert decide_refund({7: line}, [RefundDraft(7, Decimal(3))]) == Refusal("too_many", 7)
    assert decide_refund({7: line}, [RefundDraft(7, Decimal(1)), RefundDraft(7, Decimal(1))]) == Refusal(
        "line_twice"
    )
    assert decide_refund({7: line}, [RefundDraft(7, Decimal(0), 40)]) == [RefundPart(7, Decimal(0), 40)]
    assert compute_refund_minor(line, Decimal(1)) == 50


rows = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["A", "B", ""]), st.integers(1, 2), st.integers(1, 2)),
    max_size=12,
)


@given(rows, st.randoms(use_true_random=False))
def test_keys_of_a_batch_are_those_of_single_lines_in_any_order(
    rows: list[tuple[int, str, int, int]], random: object
) -> None:
    def keys(rows: list[tuple[int, str, int, int]]) -> list[tuple[int, str]]:
        columns = [np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 2, 3)]
        sku = pa.array([row[1] for row in rows], pa.string())
        labels = labels_column(sku, pa.array(["text"] * len(rows), pa.string()))
        found = keys_column(columns[0], labels, columns[1:], pa.nulls(len(rows), pa.string()))
        return sorted(zip(columns[0].tolist(), found.to_pylist(), strict=True))

    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert keys(rows) == keys(shuffled)
    assert len(set(keys(rows))) == len(rows)


def test_a_key_is_readable() -> None:
    assert line_key("85048", (12000, 6950000, 0), 1) == "85048|12000|6950000|0|1"
    assert line_key("85048", (1,), 1, "L7") == "id:L7"


def test_occurrences_count_equal_rows() -> None:
    assert occurrences([np.array([1, 1, 2, 1])]).tolist() == [1, 2, 1, 3]
    assert occurrences([np.zeros(0, dtype=np.int64)]).tolist() == []


def test_codes_keep_the_order_of_text_and_mark_blanks() -> None:
    column = coded(pa.array(["b", None, "a", "", "b"]))
    assert column.codes.tolist() == [1, -1, 0, -1, 1]
    assert list(column.values) == ["a", "b"]


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def sold(key: int, days: int, quantity: int, amount: int = 10_000) -> Candidate:
    return Candidate(key, f"S{key}", "k", NOON + timedelta(days=days), Decimal(quantity), amount)


def back(key: int, days: int, quantity: int, amount: int = 100) -> Cancellation:
    return Cancellation(key, f"C{key}", "k", NOON + timedelta(days=days), Decimal(quantity), amount)


def test_a_cancellation_takes_the_most_recent_earlier_line_with_enough_left() -> None:
    candidates = [sold(1, 0, 10), sold(2, 5, 3), sold(3, 20, 10)]
    assert match_group([back(1, 10, 3)], candidates) == {1: 2}
    assert match_group([back(1, 10, 4)], candidates) == {1: 1}
    assert match_group([back(1, 10, 3), back(2, 11, 3)], candidates) == {1: 2, 2: 1}
    assert match_group([back(1, -1, 1)], candidates) == {}
    assert match_group([back(1, 30, 11)], candidates) == {}
    assert match_group([back(1, 30, 1, amount=20_000)], candidates) == {}


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=7),
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=7),
    st.randoms(use_true_random=False),
)
def test_matching_does_not_depend_on_the_order_and_never_overdraws(
    sales: list[tuple[int, int]], returns: list[tuple[int, int]], random: object
) -> None:
    candidates = [sold(place, days, quantity) for place, (days, quantity) in enumerate(sales)]
    cancellations = [back(place, days, quantity) for place, (days, quantity) in enumerate(returns)]
    found = match_group(cancellations, candidates)
    random.shuffle(candidates)  # type: ignore[attr-defined]
    random.shuffle(cancellations)  # type: ignore[attr-defined]
    assert match_group(cancellations, candidates) == found
    for candidate in candidates:
        taken = sum(c.quantity for c in cancellations if found.get(c.id) == candidate.id)
        assert taken <= candidate.quantity_left
        assert all(candidate.at <= c.at for c in cancellations if found.get(c.id) == candidate.id)


def named(key: int, amount: int, quantity: int = 0, sku: str = "", price: int = 0) -> NamedRefund:
    return NamedRefund(
        key, f"R{key:03d}", "k", NOON, Decimal(quantity), amount, sku, "", unit_price=Decimal(price)
    )


def line(key: int, sku: str, quantity: int, minor: int, price: int = 0) -> SoldLine:
    return SoldLine(key, f"k{key:03d}", sku, "", Decimal(price), Decimal(quantity), minor)


def test_a_refund_takes_back_the_line_it_names_or_the_whole_or_money_alone() -> None:
    cups, pot = line(1, "CUP", 2, 9_000, 50), line(2, "POT", 1, 10_000, 100)
    assert share_order([named(1, 5_000, 1, "CUP")], [cups, pot], 19_000) == {1: [Share(1, Decimal(1), 5_000)]}
    assert share_order([named(1, 5_000, 3, "CUP")], [cups, pot], 19_000) == {}
    assert share_order([named(1, 5_000, 1, "PAN")], [cups, pot], 19_000) == {}
    whole = [Share(1, Decimal(2), 9_000), Share(2, Decimal(1), 10_000)]
    assert share_order([named(1, 19_000, 1)], [cups, pot], 19_000) == {1: whole}
    some = [Share(1, Decimal(0), 900), Share(2, Decimal(0), 1_000)]
    assert share_order([named(1, 1_900, 1)], [cups, pot], 19_000) == {1: some}
    assert share_order([named(1, 19_001, 1)], [cups, pot], 19_000) == {}
    discount = line(3, "LESS", 1, -1_000, -10)
    found = share_order([named(1, 18_000, 1)], [cups, pot, discount], 18_000)
    assert sum(share.amount_minor for share in found[1]) == 18_000
    assert {share.line_id: share.quantity for share in found[1]} == {1: 2, 2: 1, 3: 1}


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 4), st.integers(0, 400)), max_size=5),
    st.lists(st.tuples(st.sampled_from(["A", "B", ""]), st.integers(0, 3), st.integers(1, 400)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_an_order_never_gives_back_more_than_it_was(
    sales: list[tuple[str, int, int]], returns: list[tuple[str, int, int]], random: object
) -> None:
    lines = [line(place, *said) for place, said in enumerate(sales)]
    refunds = [named(place, amount, quantity, sku) for place, (sku, quantity, amount) in enumerate(returns)]
    left = sum(each.minor_left for each in lines)
    found = share_order(refunds, lines, left)
    random.shuffle(lines)  # type: ignore[attr-defined]
    random.shuffle(refunds)  # type: ignore[attr-defined]
    assert share_order(refunds, lines, left) == found
    shares = [share for each in found.values() for share in each]
    for each in lines:
        taken = [share for share in shares if share.line_id == each.id]
        assert sum(share.amount_minor for share in taken) <= each.minor_left
        assert sum(share.quantity for share in taken) <= each.quantity_left
    amounts = {refund.id: refund.amount_minor for refund in refunds}
    assert all(sum(share.amount_minor for share in found[key]) == amounts[key] for key in found)


def test_a_number_of_several_orders_is_asked_about_unless_the_customer_tells() -> None:
    def order(key: int, customer: int | None, currency: str = "CNY") -> NamedOrder:
        return NamedOrder(key, f"s{key}", customer, None, "store", date(2026, 5, 1), currency, 100)

    def meant(customer: int | None, *orders: NamedOrder) -> NamedOrder | str | None:
        return name_order(orders, customer_id=customer, currency="CNY", persons={7: 1, 1: 1, 2: 2})

    assert meant(None) is None
    assert meant(None, order(1, 1)) == order(1, 1)
    assert meant(None, order(1, 1), order(2, 2)) == "order_ambiguous"
    assert meant(2, order(1, 1), order(2, 2)) == order(2, 2)
    assert meant(7, order(1, 1)) == order(1, 1)
    assert meant(2, order(1, 1)) == "customer_differs"
    assert meant(2, order(1, None)) == "customer_differs"
    assert meant(None, order(1, 1, "EUR")) == "currency_differs"


def test_the_rate_in_force_is_the_newest_not_later() -> None:
    rates = [(date(2026, 1, 1), Decimal(9)), (date(2026, 6, 1), Decimal(8))]
    assert find_rate(rates, date(2025, 12, 31)) is None
    assert find_rate(rates, date(2026, 5, 31)) == 9
    assert find_rate(rates, date(2026, 6, 1)) == 8


@given(st.text(max_size=60))
def test_every_word_for_a_channel_gives_a_valid_code(text: str) -> None:
    assert is_channel_code(channel_code(text))


def test_known_words_for_channels() -> None:
    assert channel_code("小程序") == "mini_program"
    assert channel_code(" Website ") == "web"
    assert channel_code("Pop-up 2026") == "pop_up_2026"
    assert channel_code("快闪店") != channel_code("集市")

"""Exact amounts: integers of minor units, rounded half to even, never a float."""

from collections.abc import Sequence
from decimal import Decimal
from math import gcd

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

QUANTITY_SCALE = 1_000
PRICE_SCALE = 1_000_000
RATE_SCALE = 100_000_000
AMOUNT_MINOR_MAX = 10**15
"""No line is larger than this: ten trillion yuan is a mistake in the file."""

_SAFE = float(2**62)


def divide_half_even(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` (> 0) rounded half to even."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2):
        quotient += 1
    return quotient


def scaled(value: Decimal, scale: int) -> int:
    """``value`` times ``scale`` as an integer. Raises ``ValueError`` where digits would be lost."""
    exact = value * scale
    number = int(exact)
    if number != exact:
        raise ValueError(f"{value} has more digits than 1/{scale}")
    return number


def compute_gross_minor(quantity: Decimal, unit_price: Decimal, digits: int) -> int:
    """``quantity × unit_price`` in minor units of a currency with ``digits`` after the point."""
    product = scaled(quantity, QUANTITY_SCALE) * scaled(unit_price, PRICE_SCALE)
    return divide_half_even(product * 10**digits, QUANTITY_SCALE * PRICE_SCALE)


def compute_base_minor(amount_minor: int, rate: Decimal, digits: int, base_digits: int) -> int:
    """``amount_minor`` at ``rate`` base units per unit, in minor units of the base currency."""
    numerator = amount_minor * scaled(rate, RATE_SCALE) * 10**base_digits
    return divide_half_even(numerator, RATE_SCALE * 10**digits)


def share_cost(cost_minor: int, part: Decimal, whole: Decimal) -> int:
    """The cost (>= 0) of ``part`` of the ``whole`` quantity (> 0) that cost ``cost_minor``, half to even."""
    return divide_half_even(cost_minor * scaled(part, QUANTITY_SCALE), scaled(whole, QUANTITY_SCALE))


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` (>= 0) split in proportion to ``weights`` (>= 0), exact to the last unit.

    Largest remainder; ties go to the earlier. Equal parts when all weights are 0.
    """
    if not weights:
        return []
    shares = list(weights) if sum(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    remainders = [(total * share % whole, -place) for place, share in enumerate(shares)]
    for _remainder, place in sorted(remainders, reverse=True)[: total - sum(parts)]:
        parts[-place] += 1
    return parts


def gross_minor_column(quantity_milli: Integers, price_micro: Integers, digits: Integers) -> Integers:
    """``compute_gross_minor`` over columns. Amounts beyond ``AMOUNT_MINOR_MAX`` come back as its double."""
    estimate = np.abs(quantity_milli.astype(np.float64) * price_micro.astype(np.float64))
    divisor = 10 ** (9 - digits)
    safe = estimate < _SAFE
    product = np.where(safe, quantity_milli, 0) * np.where(safe, price_micro, 0)
    result = _divide_column(product, divisor)
    for place in np.flatnonzero(~safe):
        exact = int(quantity_milli[place]) * int(price_micro[place])
        amount = divide_half_even(exact, int(divisor[place]))
        result[place] = max(-2 * AMOUNT_MINOR_MAX, min(2 * AMOUNT_MINOR_MAX, amount))
    return result


def base_minor_column(amounts: Integers, rate: Decimal, digits: int, base_digits: int) -> Integers:
    """``compute_base_minor`` over a column of one currency and day."""
    numerator, denominator = scaled(rate, RATE_SCALE) * 10**base_digits, RATE_SCALE * 10**digits
    shared = gcd(numerator, denominator)
    numerator, denominator = numerator // shared, denominator // shared
    largest = int(np.abs(amounts).max(initial=0))
    if max(largest * numerator, denominator) < 2**62:
        return _divide_column(amounts * numerator, np.full(len(amounts), denominator, dtype=np.int64))
    exact = [divide_half_even(int(amount) * numerator, denominator) for amount in amounts]
    return np.array(exact, dtype=np.int64)


def _divide_column(numerator: Integers, denominator: Integers) -> Integers:
    quotient = numerator // denominator
    twice = 2 * (numerator - quotient * denominator)
    up = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    result: Integers = quotient + up
    return result

"""An invented shop's messy export, made from a seed: phones written in many ways, a column nobody
needs, cancellations before and after what they cancel, lines said twice, rows that mean nothing."""

import random
from datetime import date, timedelta
from pathlib import Path

HEADINGS = ("单号", "会员手机", "下单日期", "货号", "品名", "数量", "单价", "备注")
FIRST_DAY = date(2023, 1, 5)
DAYS = 700
PEOPLE = 900
GOODS = 60


def write_messy_shop(path: Path, *, seed: int, rows: int) -> Path:
    """A file of ``rows`` rows below its headings, the same for the same seed."""
    dice = random.Random(seed)
    lines: list[str] = []
    number = 0
    while len(lines) < rows:
        number += 1
        order = _order(dice, number)
        lines += order
        if dice.random() < 0.04:
            lines.append(dice.choice(order))  # said twice
        if dice.random() < 0.03:
            lines.append(_odd_row(dice, number))
    lines = lines[:rows]
    head = ",".join(HEADINGS)
    path.write_text(head + "\n" + "\n".join(lines) + "\n", encoding="gb18030")
    return path


def _order(dice: random.Random, number: int) -> list[str]:
    """The lines of one order; sometimes with the cancellation of one of them."""
    day = FIRST_DAY + timedelta(days=dice.randrange(DAYS))
    person = _phone(dice, dice.randrange(PEOPLE)) if dice.random() < 0.85 else ""
    lines = []
    for _line in range(dice.randrange(1, 6)):
        goods = dice.randrange(GOODS)
        quantity = dice.randrange(1, 5)
        lines.append(_line_of(f"D{number:06d}", person, day, goods, quantity))
        if dice.random() < 0.05:
            back = day + timedelta(days=dice.randrange(0, 20))
            lines.append(_line_of(f"T{number:06d}", person, back, goods, -dice.randrange(1, quantity + 1)))
    return lines


def _line_of(order: str, person: str, day: date, goods: int, quantity: int) -> str:
    price = f"{goods * 7 + 3}.{goods % 10}{goods % 7}5"
    return f"{order},{person},{day:%Y/%m/%d},K-{goods:03d},丝巾 {goods},{quantity},{price},"


def _phone(dice: random.Random, person: int) -> str:
    """One person's number, written as one or another cashier writes it."""
    digits = f"139{person * 7919 % 100_000_000:08d}"
    spaced = f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return dice.choice([digits, digits, f"+86{digits}", spaced, digits.replace("139", "139-", 1)])


def _odd_row(dice: random.Random, number: int) -> str:
    """A row to be turned down, each for a reason of its own."""
    return dice.choice(
        [
            f"D{number:06d},12345,2024/02/30,K-001,丝巾 1,1,10.00,",
            f"D{number:06d},,2024/03/01,K-001,丝巾 1,many,10.00,",
            ",,2024/03/01,K-001,丝巾 1,1,10.00,",
            f"D{number:06d},,2024/03/01,,,0,0,合计",
        ]
    )

"""Generated files for J8: a shop's order lines and its customers, from a seed, with the dirt of real ones."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

LINES_HEAD = (
    "Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country",
)  # fmt: skip
PEOPLE_HEAD = ("会员编号", "姓名", "手机号", "邮箱", "性别", "生日", "城市", "入会日期", "备注")
BEGIN = datetime(2024, 1, 2, 9, 0)  # noqa: DTZ001 - wall time of the shop, as in the file
ADJECTIVES = ("RED", "BLUE", "VINTAGE", "WOODEN", "GLASS", "PAPER", "SMALL", "LARGE", "RETRO", "WHITE")
NOUNS = ("LANTERN", "MUG", "BOX", "CANDLE", "BAG", "CLOCK", "FRAME", "PLATE", "HEART", "CUSHION")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文宁欣怡子涵宇轩梓萱浩然"
CITIES = ("上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "苏州")


def write_lines(path: Path, lines: int, *, seed: int = 20261122) -> None:
    """About twenty lines an order; one in five anonymous, some taken back, some repeated, a few unusable."""
    dice = random.Random(seed)
    skus = [
        (
            f"{20000 + n}{dice.choice(('', '', 'A', 'B'))}",
            f"{dice.choice(ADJECTIVES)} {dice.choice(NOUNS)} {n}",
        )
        for n in range(4_000)
    ]
    prices = {
        sku: dice.choice((0.42, 0.85, 1.25, 1.65, 2.1, 2.55, 2.95, 4.25, 6.75, 12.75)) for sku, _n in skus
    }
    written, invoice, moment = 0, 489_434, BEGIN
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(LINES_HEAD)
        while written < lines:
            invoice += 1
            moment += timedelta(minutes=dice.randrange(1, 40))
            person = "" if dice.random() < 0.2 else str(12_000 + int(dice.random() ** 2 * 5_000))
            back = dice.random() < 0.1
            size = min(1 + int(dice.expovariate(1 / 3 if back else 1 / 22)), lines - written)
            for _ in range(size):
                sku, name = skus[int(dice.random() ** 2 * len(skus))]
                quantity = -dice.randrange(1, 6) if back else dice.choice((1, 1, 2, 3, 4, 6, 10, 12, 24))
                price = f"{prices[sku]:.2f}" if dice.random() > 0.003 else dice.choice(("0", "", "n/a"))
                out.writerow((
                    f"C{invoice}" if back else invoice, sku, name, quantity, moment.isoformat(" "), price, person,
                    "United Kingdom",
                ))  # fmt: skip
            written += size


def write_people(path: Path, people: int, *, turn: int = 0, seed: int = 20261122) -> None:
    """Members with a name, a phone, half of them an e-mail, a third a birthday.

    No two are the same, in one file or in those of other turns (0 to 5).
    """
    dice = random.Random(seed + turn)
    phones = dice.sample(range(100_000_000), people)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(PEOPLE_HEAD)
        for number, phone in enumerate(phones):
            joined = BEGIN + timedelta(days=dice.randrange(700))
            born = f"{dice.randrange(1960, 2005)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"
            out.writerow((
                f"M{number:07d}", dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2)))),
                f"13{9 - turn}{phone:08d}", f"m{number}.{turn}@example.com" if dice.random() < 0.5 else "",
                dice.choice(("男", "女", "")), born if dice.random() < 0.33 else "", dice.choice(CITIES),
                joined.date().isoformat(), "",
            ))  # fmt: skip

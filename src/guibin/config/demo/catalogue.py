"""What the demo shop sells and where. The house, its stores and its goods are invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

SHOP_NAME = "栖木集"
WINTER, SUMMER, ALL_YEAR = "winter", "summer", ""


@dataclass(frozen=True, slots=True)
class StorePlan:
    """A store: code, name, city with its province, and how many of the members joined there.

    Its character: the category its customers come for, how much dearer they buy (added to a member's taste),
    and how many days ago it opened (0: before the first day of the demo).
    """

    code: str
    name: str
    city: str
    province: str
    share: float
    loves: str
    taste: float = 0.0
    opened_days_ago: int = 0

    def is_open(self, days_ago: int) -> bool:
        return not self.opened_days_ago or days_ago <= self.opened_days_ago


STORES = (
    StorePlan("HB", "杭州湖滨店", "杭州", "浙江", 0.24, "女装", 0.15),
    StorePlan("XX", "杭州西溪店", "杭州", "浙江", 0.12, "美妆个护", -0.2),
    StorePlan("JA", "上海静安店", "上海", "上海", 0.2, "鞋包配饰", 0.25),
    StorePlan("XH", "上海徐汇店", "上海", "上海", 0.13, "家居"),
    StorePlan("XJ", "南京新街口店", "南京", "江苏", 0.12, "男装", -0.05),
    StorePlan("JJ", "苏州金鸡湖店", "苏州", "江苏", 0.1, "茶与礼"),
    StorePlan("GX", "成都高新店", "成都", "四川", 0.15, "茶与礼", -0.15, opened_days_ago=430),
)
STORE_BY_CODE = {plan.code: plan for plan in STORES}
ELSEWHERE = (
    ("北京", "北京"),
    ("广州", "广东"),
    ("深圳", "广东"),
    ("武汉", "湖北"),
    ("宁波", "浙江"),
    ("无锡", "江苏"),
)


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """A product: `cost` is what a piece costs the shop; `season` when it sells best."""

    sku: str
    name: str
    name_en: str
    category: str
    brand: str
    price: Decimal
    cost: Decimal
    season: str
    gift: bool


# category, brand, then (name, English name, price, season, is a gift)
RANGE: tuple[tuple[str, str, tuple[tuple[str, str, int, str, bool], ...]], ...] = (
    (
        "女装",
        "栖木女士",
        (
            ("真丝衬衫", "Silk shirt", 1280, ALL_YEAR, False),
            ("羊绒衫", "Cashmere sweater", 1680, WINTER, False),
            ("羊绒披肩", "Cashmere shawl", 1380, WINTER, True),
            ("连衣裙", "Dress", 1580, SUMMER, False),
            ("阔腿裤", "Wide trousers", 980, ALL_YEAR, False),
            ("风衣", "Trench coat", 2680, ALL_YEAR, False),
            ("羊绒大衣", "Cashmere coat", 5980, WINTER, False),
            ("高定礼服", "Bespoke gown", 12600, ALL_YEAR, False),
            ("棉 T 恤", "Cotton T-shirt", 328, SUMMER, False),
        ),
    ),
    (
        "男装",
        "栖木男士",
        (
            ("牛津纺衬衫", "Oxford shirt", 680, ALL_YEAR, False),
            ("针织 POLO", "Knitted polo", 580, SUMMER, False),
            ("羊毛西装", "Wool suit", 3980, ALL_YEAR, False),
            ("西裤", "Suit trousers", 980, ALL_YEAR, False),
            ("羽绒服", "Down jacket", 2980, WINTER, False),
            ("羊毛针织衫", "Wool sweater", 880, WINTER, False),
        ),
    ),
    (
        "鞋包配饰",
        "栖木女士",
        (
            ("乐福鞋", "Loafers", 1280, ALL_YEAR, False),
            ("短靴", "Ankle boots", 1680, WINTER, False),
            ("托特包", "Tote bag", 2380, ALL_YEAR, False),
            ("手拿包", "Clutch", 1580, ALL_YEAR, True),
            ("真丝方巾", "Silk square", 580, ALL_YEAR, True),
            ("牛皮腰带", "Leather belt", 480, ALL_YEAR, True),
            ("羊毛袜", "Wool socks", 88, WINTER, False),
        ),
    ),
    (
        "家居",
        "栖木家",
        (
            ("真丝四件套", "Silk bedding set", 2980, ALL_YEAR, False),
            ("羊绒毯", "Cashmere blanket", 1980, WINTER, True),
            ("香薰蜡烛", "Scented candle", 268, ALL_YEAR, True),
            ("手作茶具", "Handmade tea set", 980, ALL_YEAR, True),
            ("浴巾", "Bath towel", 198, ALL_YEAR, False),
            ("棉麻抱枕", "Linen cushion", 218, ALL_YEAR, False),
            ("居家拖鞋", "House slippers", 128, ALL_YEAR, False),
        ),
    ),
    (
        "茶与礼",
        "栖木茶室",
        (
            ("明前龙井", "Longjing tea", 480, SUMMER, True),
            ("茉莉花茶", "Jasmine tea", 168, ALL_YEAR, False),
            ("武夷岩茶", "Wuyi rock tea", 680, WINTER, True),
            ("陈年普洱", "Aged pu'er", 880, ALL_YEAR, True),
            ("中秋月饼礼盒", "Mooncake gift box", 298, ALL_YEAR, True),
            ("新春礼盒", "Spring Festival gift box", 598, ALL_YEAR, True),
            ("定制商务礼", "Bespoke business gift", 1280, ALL_YEAR, True),
        ),
    ),
    (
        "美妆个护",
        "栖木本草",
        (
            ("护手霜", "Hand cream", 88, WINTER, False),
            ("面霜", "Face cream", 480, ALL_YEAR, False),
            ("精华液", "Serum", 680, ALL_YEAR, False),
            ("口红", "Lipstick", 260, ALL_YEAR, True),
            ("洗发露", "Shampoo", 158, ALL_YEAR, False),
            ("淡香水", "Eau de toilette", 780, ALL_YEAR, True),
            ("防晒霜", "Sunscreen", 198, SUMMER, False),
        ),
    ),
)
COLOURS = (("松烟", "pine smoke"), ("月白", "moon white"), ("黛青", "slate blue"))
COLOURED = {"女装", "男装", "鞋包配饰"}
SEASONAL = {"中秋月饼礼盒": "mid_autumn", "新春礼盒": "spring_gifts", "定制商务礼": "corporate"}


def make_products(random: Random) -> list[ProductPlan]:
    """Every product with its colours, about ninety; costs are 32 to 55 % of the price."""
    return list(_products(random))


def _products(random: Random) -> Iterator[ProductPlan]:
    serial = 1000
    for category, brand, goods in RANGE:
        for name, name_en, price, season, gift in goods:
            looks = COLOURS if category in COLOURED and price < 10_000 else (("", ""),)
            cost = Decimal(round(price * random.uniform(0.32, 0.55)))
            for colour, colour_en in looks:
                serial += 1
                yield ProductPlan(
                    sku=f"QM{serial}",
                    name=f"{name}（{colour}）" if colour else name,
                    name_en=f"{name_en}, {colour_en}" if colour else name_en,
                    category=category,
                    brand=brand,
                    price=Decimal(price),
                    cost=cost,
                    season=season,
                    gift=gift,
                )

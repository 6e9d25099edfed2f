"""The demo's members: who they are and how they behave. Nobody in it exists.

Names are drawn at random from common characters; phones begin with 154, a prefix that is not assigned to
any operator, so none can be dialled; e-mail addresses use the reserved domains example.com and example.org.
"""

from bisect import bisect
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from pypinyin import lazy_pinyin

from guibin.config.demo.catalogue import ELSEWHERE, STORES

COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋"
RARER = "余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺"
SURNAMES = COMMON + RARER
SURNAME_WEIGHTS = tuple(1 / (rank + 6) for rank in range(len(SURNAMES)))
FEMALE = "婉清雅静诗涵雨萱梦琪欣怡若溪语嫣思彤晓芸佳宁可馨书瑶念慈知微映雪安然兰芝秋月玉华慧敏丽君春燕"
MALE = "子轩浩然宇航俊杰志远明哲天佑文博建国伟民泽楷承宇嘉树景行怀瑾一鸣立诚少峰云帆启明海涛国强振华永康"
WORK = "教师 医生 设计师 律师 会计 企业主 公务员 工程师 销售 自由职业 退休 护士 策展人 高管"
PASTIMES = "喝茶 瑜伽 读书 旅行 摄影 插花 跑步 做饭 看展 亲子 古典音乐 高尔夫"
LABELS = "爱喝茶 羊绒控 送货上门 朋友介绍 喜欢新品 给家人买 礼服客人 怕打扰 企业采购"
OCCUPATIONS, INTERESTS, TAGS = WORK.split(), PASTIMES.split(), LABELS.split()
NOTES = (
    "喜欢松烟色，新品到店先留一件。",
    "对马海毛过敏，推荐前先看面料。",
    "周末下午常来，喜欢靠窗的位置。",
    "送礼多，每次都要手写卡片。",
    "电话请在晚上六点以后打。",
    "上次改腰线等了五天，说想快一点。",
    "女儿明年结婚，问过礼服。",
    "公司年会礼品由她定，十一月就要联系。",
    "爱聊茶，送过一次茉莉茶样。",
    "退过一次鞋，脚背高，试大半码。",
)


@dataclass(frozen=True, slots=True)
class Habit:
    """A kind of member: share of all, purchases a year, evenness of the intervals (gamma shape), pieces a
    purchase, taste for the expensive (price to this power), share bought online."""

    code: str
    share: float
    per_year: float
    evenness: float
    pieces: float
    taste: float
    online: float


HABITS = (
    Habit("whale", 0.011, 20.0, 3.0, 2.8, 0.35, 0.2),
    Habit("corporate", 0.003, 5.0, 2.0, 3.0, 0.0, 0.1),
    Habit("regular", 0.055, 10.0, 4.0, 1.5, -0.95, 0.4),
    Habit("small_steady", 0.07, 13.0, 6.0, 1.2, -2.0, 0.5),
    Habit("occasional", 0.41, 2.2, 1.0, 1.3, -1.5, 0.45),
    Habit("festival", 0.12, 2.6, 1.0, 1.6, -1.2, 0.75),
    Habit("fading", 0.07, 5.5, 2.0, 1.4, -1.3, 0.4),
    Habit("lost", 0.13, 3.5, 1.2, 1.3, -1.4, 0.45),
    Habit("once", 0.08, 1.0, 1.0, 1.2, -0.9, 0.6),
    Habit("new", 0.036, 7.0, 1.5, 1.4, -0.9, 0.5),
)
HABIT_EDGES = tuple(accumulate(habit.share for habit in HABITS))


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """A member of the demo shop with everything an import could say of a person, and their habit."""

    card: str
    name: str
    gender: str
    phone: str
    email: str
    wechat: str
    birthday: tuple[int, int, int, str] | None
    province: str
    city: str
    occupation: str
    interests: str
    joined_on: date
    store: str
    habit: Habit
    pace: float
    tags: tuple[str, ...] = ()
    note: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def make_members(random: Random, count: int, first: date, last: date) -> list[MemberPlan]:
    """`count` members; most joined before `first` or in the years since, the newest in the last 90 days."""
    return [_member(random, serial, first, last) for serial in range(1, count + 1)]


def _member(random: Random, serial: int, first: date, last: date) -> MemberPlan:
    habit = HABITS[min(bisect(HABIT_EDGES, random.random() * HABIT_EDGES[-1]), len(HABITS) - 1)]
    gender = "female" if random.random() < 0.66 else "male"
    name = _name(random, gender)
    joined_on = _joined(random, habit, first, last)
    there = [plan for plan in STORES if plan.is_open((last - joined_on).days)]
    store = random.choices(there, weights=[plan.share for plan in there])[0]
    away = random.random() < 0.12
    city, province = random.choice(ELSEWHERE) if away else (store.city, store.province)
    letters = "".join(lazy_pinyin(name))
    return MemberPlan(
        card=f"QM{80_000_000 + serial * 137}",
        name=name,
        gender=gender,
        phone=f"154{random.randrange(10**8):08d}",
        email=f"{letters}{serial}@example.{random.choice(('com', 'org'))}" if random.random() < 0.35 else "",
        wechat=f"demo_{letters}_{serial}" if random.random() < 0.55 else "",
        birthday=_birthday(random) if random.random() < 0.78 else None,
        province=province,
        city=city,
        occupation=random.choice(OCCUPATIONS) if random.random() < 0.5 else "",
        interests="、".join(random.sample(INTERESTS, random.randint(1, 3))) if random.random() < 0.45 else "",
        joined_on=joined_on,
        store=store.code,
        habit=habit,
        pace=random.lognormvariate(-0.08, 0.4),
        tags=_tags(random, habit),
        note=random.choice(NOTES) if random.random() < (0.5 if habit.code == "whale" else 0.05) else "",
        attributes=_attributes(random),
    )


def _name(random: Random, gender: str) -> str:
    surname = random.choices(SURNAMES, weights=SURNAME_WEIGHTS)[0]
    pool = FEMALE if gender == "female" else MALE
    return surname + "".join(random.sample(pool, 1 if random.random() < 0.16 else 2))


def _birthday(random: Random) -> tuple[int, int, int, str]:
    """(year, month, day, calendar); older people more often keep the lunar day."""
    year = 2026 - int(random.triangular(20, 76, 38))
    lunar = random.random() < (0.35 if year < 1976 else 0.06)
    return year, random.randint(1, 12), random.randint(1, 28), "lunar" if lunar else "solar"


def _joined(random: Random, habit: Habit, first: date, last: date) -> date:
    if habit.code == "new":
        return last - timedelta(days=random.randrange(90))
    if random.random() < 0.35:
        return first - timedelta(days=random.randrange(1, 1500))
    spread = (last - first).days
    latest = {"lost": 420, "fading": 500, "whale": 200, "regular": 120}.get(habit.code, 30)
    return first + timedelta(days=random.randrange(max(1, spread - latest)))


def _tags(random: Random, habit: Habit) -> tuple[str, ...]:
    if habit.code == "corporate":
        return ("企业采购",)
    wanted = 0.6 if habit.code in ("whale", "regular") else 0.15
    return tuple(random.sample(TAGS[:6], random.randint(1, 2))) if random.random() < wanted else ()


def _attributes(random: Random) -> dict[str, str]:
    if random.random() > 0.3:
        return {}
    return {
        "size": random.choice(("s", "m", "l", "xl")),
        "colour": random.choice(("松烟", "月白", "黛青", "米色")),
    }

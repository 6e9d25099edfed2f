"""Who may be the same person: what a person is looked for by, and two people compared. Pure and symmetric.

``pieces_of`` gives what people who may be one have in common at least once; who shares none is never
compared. Every verdict but ``apart`` rests on a shared key, or on a name with something beside it, and each
of these has its piece: comparing only those who share a piece misses nobody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice, product
from typing import Literal

from guibin.customers.rules.birthday import solar_day
from guibin.customers.rules.finding import HAN, HAN_RUN, SPELLINGS_MAX, WORD, fold_name, readings_of
from guibin.customers.rules.values import CARD_SOURCE, Birthday

Judgement = Literal["join", "review", "apart"]
Evidence = tuple[tuple[str, int], ...]

SHIPPED_POLICIES: Mapping[tuple[str, str], str] = {
    ("", "id_number"): "join",
    ("", "card"): "join",
    ("", "phone"): "join",
    ("", "email"): "join",
    ("", "wechat"): "review",
    ("", "external_id"): "ignore",
    ("unionid", "external_id"): "join",
    ("wechat_unionid", "external_id"): "join",
}
"""What an exact key is worth by (source, key) until the organisation says otherwise; "" is every other
source. Ids of sources that are not ignored are compared with each other: they are union ids."""

STRICTER = ("ignore", "review", "join")
POINTS: Mapping[str, int] = {
    "id_number": 100,
    "external_id": 95,
    "card": 90,
    "phone": 45,
    "email": 45,
    "wechat": 40,
    "name": 30,
    "name_sound": 20,
    "birthday": 30,
    "birthday_day": 20,
    "last_digits": 20,
    "address": 25,
    "city": 5,
}
AGAINST: Mapping[str, int] = {
    "id_number_differs": -100,
    "kind_differs": -100,
    "birthday_differs": -40,
    "name_differs": -30,
    "gender_differs": -25,
    "birthday_near": -15,
    "system_differs": -5,
    "given_out_again": -5,
}
PERSONAL_KEYS = frozenset({"id_number", "external_id", "card"})
"""Keys that belong to one person for good. Nicknames are common beside them, so a name may differ."""
PASSED_ON_KEYS = frozenset({"phone", "email"})
"""Keys that families share and that are given to other people after a while."""
NEVER_ONE = frozenset({"id_number_differs", "kind_differs"})
NAMED = frozenset({"name", "name_sound"})
BESIDE_NAME = frozenset({"birthday", "birthday_day", "last_digits", "address"})
SCORE_MAX = 100
LAST_DIGITS = 4
ADDRESS_LENGTH_MIN = 5
TITLE = re.compile("(?:先生|女士|小姐|太太|老师|经理|阿姨|师傅|总)$")
TITLE_GENDERS = {"先生": "male", "女士": "female", "小姐": "female", "太太": "female", "阿姨": "female"}
PLACE_SUFFIXES = ("省", "自治区", "市")
NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Traits:
    """A person as they are compared, everything in one form. ``keys`` are (key, value, source) of what is
    compared exactly; ``surnames`` are known where no more of a name is (王女士). ``systems`` are (source,
    value) of systems that give one id per member. ``days`` are (calendar, month, day); ``born_on`` is the
    solar day when the year is known."""

    kind: str = "person"
    han: frozenset[str] = frozenset()
    spellings: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    days: frozenset[tuple[str, int, int]] = frozenset()
    born_on: date | None = None
    gender: str = ""
    city: str = ""
    address: str = ""
    keys: frozenset[tuple[str, str, str]] = frozenset()
    systems: frozenset[tuple[str, str]] = frozenset()
    since: date | None = None
    last_active: date | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """What the organisation decided: worth by (source, key), days after which a phone number or an e-mail
    counts as given to somebody else, and the score from which a pair is put to a person."""

    worth: Mapping[tuple[str, str], str] = field(default_factory=dict)
    recycle_days: int = 90
    review_from: int = 50

    def of(self, source: str, key: str) -> str:
        """``join``, ``review`` or ``ignore``."""
        for known in (self.worth, SHIPPED_POLICIES):
            if source and (source, key) in known:
                return known[source, key]
        return self.worth.get(("", key)) or SHIPPED_POLICIES.get(("", key), "ignore")

    def is_shared(self, source: str) -> bool:
        """Whether ids of ``source`` are compared with those of other sources."""
        return self.of(source, "external_id") != "ignore"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to. ``evidence`` are (code, points), ``contradictions`` those that speak
    against it; the score is their sum, from 0 to 100."""

    verdict: Judgement
    score: int
    evidence: Evidence = ()
    contradictions: Evidence = ()

    @property
    def grounds(self) -> Evidence:
        return (*self.evidence, *self.contradictions)


def traits_of(
    *,
    texts: Mapping[str, str],
    birthday: Birthday | None,
    contacts: Iterable[tuple[str, str, str]],
    externals: Iterable[tuple[str, str]],
    source: str,
    policies: Policies,
    since: date | None = None,
    last_active: date | None = None,
) -> Traits:
    """A person from their profile ``texts``, ``contacts`` (kind, value, source) and ids of other systems,
    all in canonical form; ``source`` is where the person came from."""
    han, spellings = read_names((texts.get("name", ""), texts.get("latin_name", "")))
    keys = set(contacts)
    if texts.get("id_number"):
        keys.add(("id_number", texts["id_number"], source))
    systems = set()
    for where, value in externals:
        if where == CARD_SOURCE:
            keys.add(("card", value, where))
            continue
        systems.add((where, value))
        if policies.is_shared(where):
            keys.add(("external_id", value, where))
    days, born_on = read_birthday(birthday)
    city = _place(texts.get("city", ""))
    return Traits(
        kind=texts.get("kind") or "person",
        han=han,
        spellings=spellings,
        surnames=read_surnames((texts.get("name", ""), texts.get("latin_name", ""))),
        days=days,
        born_on=born_on,
        gender=texts.get("gender") or _gender_of(texts.get("name", "")),
        city=city,
        address=read_address(texts.get("address", ""), texts.get("province", ""), texts.get("city", "")),
        keys=frozenset(keys),
        systems=frozenset(systems),
        since=since,
        last_active=last_active,
    )


def read_names(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Whole Chinese names, simplified, and all spellings, run together. Titles and starred names are none;
    a Latin name counts with the family name first and last."""
    han: set[str] = set()
    spellings: set[str] = set()
    for name in names:
        folded = fold_name(name) if name else ""
        if not folded or "*" in folded:
            continue
        run = TITLE.sub("", "".join(HAN_RUN.findall(folded)))
        if len(run) > 1:
            han.add(run)
            spellings.update(map("".join, islice(product(*readings_of(run)), SPELLINGS_MAX)))
        if not run or len(run) != len(folded):
            spellings.update(_latin_spellings(folded))
    return frozenset(han), frozenset(spellings)


def read_surnames(names: Iterable[str]) -> frozenset[str]:
    """How Chinese names begin, simplified, those of which only that is known too: 王女士, 王*."""
    runs = (HAN_RUN.match(fold_name(name)) for name in names if name)
    return frozenset(run.group()[0] for run in runs if run)


def _gender_of(name: str) -> str:
    """The gender a title tells: who is known as 王先生 is not 王太太."""
    title = TITLE.search(name)
    return TITLE_GENDERS.get(title.group(), "") if title else ""


def _latin_spellings(folded: str) -> Iterator[str]:
    words = WORD.findall(HAN.sub(" ", folded).replace("ü", "v").replace("lyu", "lv").replace("nyu", "nv"))
    joined = "".join(words)
    if len(joined) < 2 or not joined.isalpha():
        return
    yield joined
    if len(words) > 1:
        yield words[-1] + "".join(words[:-1])


def read_birthday(birthday: Birthday | None) -> tuple[frozenset[tuple[str, int, int]], date | None]:
    """The day in its own calendar and, where the year is known, the solar one."""
    if birthday is None:
        return frozenset(), None
    days: set[tuple[str, int, int]] = {(birthday.calendar, birthday.month, birthday.day)}
    born_on = solar_day(birthday)
    if born_on is not None:
        days.add(("solar", born_on.month, born_on.day))
    return frozenset(days), born_on


@lru_cache(maxsize=4096)
def _place(text: str) -> str:
    return fold_name(text).removesuffix("市").strip() if text else ""


@lru_cache(maxsize=4096)
def _bare(place: str) -> str:
    """A province or city as it may begin an address: nothing but its name."""
    text = NOISE.sub("", fold_name(place)) if place else ""
    for suffix in PLACE_SUFFIXES:
        text = text.removesuffix(suffix)
    return text


def read_address(address: str, province: str = "", city: str = "") -> str:
    """An address without blanks, signs, and the province and city before it; empty when it says little."""
    if not address:
        return ""
    text = NOISE.sub("", fold_name(address))
    for bare in (_bare(province), _bare(city)):
        if bare and text.startswith(bare):
            text = text.removeprefix(bare)
            for suffix in PLACE_SUFFIXES:
                text = text.removeprefix(suffix)
    return text if len(text) >= ADDRESS_LENGTH_MIN else ""


def pieces_of(traits: Traits) -> list[tuple[str, str]]:
    """What a person is looked for by, as (field, piece), each under a key of its own."""
    pieces = [(f"customers.match.{key}", value) for key, value, _source in traits.keys]
    days = [f"{calendar}{month:02d}{day:02d}" for calendar, month, day in traits.days]
    for name in traits.han:
        pieces += [("customers.match.name_birthday", f"{name} {day}") for day in days]
    ends = {value[-LAST_DIGITS:] for key, value, _source in traits.keys if key == "phone"}
    for name in traits.spellings:
        pieces += [("customers.match.sound_birthday", f"{name} {day}") for day in days]
        pieces += [("customers.match.sound_digits", f"{name} {end}") for end in ends]
        if traits.address:
            pieces.append(("customers.match.sound_address", f"{name} {traits.address}"))
    return pieces


def compare(one: Traits, other: Traits, policies: Policies) -> Verdict:
    """Whether two people are one: ``join`` by an exact key that may join them, ``review`` when a person
    should look, ``apart`` otherwise. The same whichever is named first."""
    exact = dict(_shared_keys(one, other, policies))
    evidence = [(key, POINTS[key]) for key in POINTS if key in exact]
    contradictions: list[str] = []
    for code in (*_names(one, other), *_birthdays(one, other), *_circumstances(one, other)):
        if code in AGAINST:
            contradictions.append(code)
        else:
            evidence.append((code, POINTS[code]))
    again = any(key in PASSED_ON_KEYS for key in exact) and is_given_out_again(one, other, policies)
    against = [(code, AGAINST[code]) for code in contradictions]
    if again:
        against.append(("given_out_again", AGAINST["given_out_again"]))
    score = max(0, min(SCORE_MAX, sum(points for _code, points in (*evidence, *against))))
    codes = {code for code, _points in evidence}
    verdict = _judge(exact, codes, frozenset(contradictions), again, score, policies)
    return Verdict(verdict, score, tuple(evidence), tuple(against))


def _judge(
    exact: Mapping[str, str],
    codes: set[str],
    contradictions: frozenset[str],
    again: bool,  # noqa: FBT001 - one of the findings, in their order
    score: int,
    policies: Policies,
) -> Judgement:
    if contradictions & NEVER_ONE or score == 0:
        return "apart"
    for key, worth in exact.items():
        if worth != "join":
            continue
        if key in PERSONAL_KEYS and contradictions <= {"name_differs"}:
            return "join"
        if key not in PERSONAL_KEYS and not contradictions and not (again and key in PASSED_ON_KEYS):
            return "join"
    if exact or (codes & NAMED and codes & BESIDE_NAME and score >= policies.review_from):
        return "review"
    return "apart"


def _shared_keys(one: Traits, other: Traits, policies: Policies) -> Iterator[tuple[str, str]]:
    """Each key with an equal value, with what it is worth at best; of two sources the stricter counts."""
    theirs: dict[tuple[str, str], list[str]] = {}
    for key, value, source in other.keys:
        theirs.setdefault((key, value), []).append(source)
    found: dict[str, int] = {}
    for key, value, source in one.keys:
        for another in theirs.get((key, value), ()):
            worth = min(STRICTER.index(policies.of(each, key)) for each in (source, another))
            found[key] = max(worth, found.get(key, 0))
    return ((key, STRICTER[worth]) for key, worth in found.items() if worth)


def _names(one: Traits, other: Traits) -> tuple[str, ...]:
    if not one.spellings or not other.spellings:
        return ("name_differs",) if _differ({*one.surnames}, {*other.surnames}) else ()
    if one.han & other.han:
        return ("name",)
    return ("name_sound",) if one.spellings & other.spellings else ("name_differs",)


def _birthdays(one: Traits, other: Traits) -> tuple[str, ...]:
    if not one.days or not other.days:
        return ()
    if one.born_on and other.born_on:
        first, second = one.born_on, other.born_on
        if first == second:
            return ("birthday",)
        same = (first.year == second.year) + (first.month == second.month) + (first.day == second.day)
        turned = first.year == second.year and (first.month, first.day) == (second.day, second.month)
        return ("birthday_near",) if same == 2 or turned else ("birthday_differs",)
    if one.days & other.days:
        return ("birthday_day",)
    calendars = {calendar for calendar, _month, _day in one.days}
    comparable = calendars & {calendar for calendar, _month, _day in other.days}
    return ("birthday_differs",) if comparable else ()


def _circumstances(one: Traits, other: Traits) -> Iterator[str]:
    if not _values(one, "phone") & _values(other, "phone") and _ends(one) & _ends(other):
        yield "last_digits"
    if one.address and one.address == other.address:
        yield "address"
    if one.city and one.city == other.city:
        yield "city"
    if one.gender and other.gender and one.gender != other.gender:
        yield "gender_differs"
    if _differ(_values(one, "id_number"), _values(other, "id_number")):
        yield "id_number_differs"
    if one.kind != other.kind:
        yield "kind_differs"
    sources = {source for source, _value in one.systems} & {source for source, _value in other.systems}
    if any(_differ(_ids(one, source), _ids(other, source)) for source in sources):
        yield "system_differs"


def _ends(traits: Traits) -> set[str]:
    return {value[-LAST_DIGITS:] for value in _values(traits, "phone")}


def _values(traits: Traits, key: str) -> set[str]:
    return {value for each, value, _source in traits.keys if each == key}


def _ids(traits: Traits, source: str) -> set[str]:
    return {value for where, value in traits.systems if where == source}


def _differ(one: set[str], other: set[str]) -> bool:
    return bool(one and other and not one & other)


def is_given_out_again(one: Traits, other: Traits, policies: Policies) -> bool:
    """Whether a number both have may have gone to somebody else in between: the earlier customer had been
    silent for longer than numbers rest when the later one came. Unknown days count as silence."""
    if one.since is None or other.since is None or one.last_active is None or other.last_active is None:
        return True
    earlier, later = sorted(((one.since, one.last_active), (other.since, other.last_active)))
    return (later[0] - earlier[1]).days > policies.recycle_days

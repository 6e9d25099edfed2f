"""The pieces a sealed name is found by, and how a question is taken apart into the same pieces.

A name gives its one- and two-character pieces, its pinyin in full, by syllable and as initials;
traditional characters count as their simplified forms, and characters with two common readings
(a surname's, a given name's) give both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from guibin.customers.rules.contact import last_four, normalise_email, normalise_phone, plain_width
from guibin.customers.rules.variants import READINGS, SIMPLIFIED, SURNAME_READINGS

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
HAN_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
HAN_NAME = re.compile(r"[\u4e00-\u9fff]{1,60}")
LETTER = re.compile(r"[^\W\d_]")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|ve|er|an|en|in|un|ia|ua|uo|[aoeiuv])"
)
SPELLINGS_MAX = 4
NAME_LENGTH_MAX = 60
LAST_FOUR = 4
PHONE_DIGITS_MIN = 7


def fold_name(text: str) -> str:
    """A name as it is compared: ordinary width, lower case, simplified characters, no dots."""
    if HAN_NAME.fullmatch(text):
        return text.translate(SIMPLIFIED)
    folded = plain_width(text).lower().translate(SIMPLIFIED)
    return " ".join(folded.replace("·", " ").replace("•", " ").replace(",", " ").split())


@lru_cache(maxsize=8192)
def name_pieces(name: str) -> frozenset[str]:
    """All pieces of one name. ``c:`` characters, ``p:`` Latin letters."""
    folded = fold_name(name)[:NAME_LENGTH_MAX]
    if HAN_NAME.fullmatch(folded):
        return frozenset(_han_pieces(folded))
    pieces: set[str] = set()
    for run in HAN_RUN.findall(folded):
        pieces.update(_han_pieces(run))
    words = [word for word in WORD.findall(HAN.sub(" ", folded)) if word]
    if words:
        pieces.update(f"p:{word}" for word in words)
        pieces.add("p:" + "".join(words))
        if len(words) > 1:
            pieces.add("p:" + "".join(word[0] for word in words))
    return frozenset(pieces)


def _han_pieces(run: str) -> Iterator[str]:
    yield from map("c:{}".format, run)
    for at in range(len(run) - 1):
        yield f"c:{run[at : at + 2]}"
    readings = readings_of(run)
    for each in readings:
        yield from map("p:{}".format, each)
    if len(run) > 1:
        for spelling in islice(product(*readings), SPELLINGS_MAX):
            yield "p:" + "".join(spelling)
            yield "p:" + "".join([syllable[0] for syllable in spelling])


def readings_of(run: str) -> list[tuple[str, ...]]:
    """The readings of each character, the likeliest first; the first character may be a surname."""
    surname = SURNAME_READINGS.get(run[:2]) or SURNAME_READINGS.get(run[:1])
    readings = [_character_readings(character) for character in run]
    if surname:
        for at, syllable in enumerate(surname.split()):
            rest = tuple(other for other in readings[at] if other != syllable)
            readings[at] = (syllable, *rest)
    return readings


@lru_cache(maxsize=8192)
def _character_readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # a dictionary of megabytes: loaded with the first name

    usual = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    syllables = dict.fromkeys([*(READINGS.get(character, "").split()), *usual])
    return tuple(_latin(syllable) for syllable in syllables) or (character,)


def _latin(syllable: str) -> str:
    """``lü`` is typed ``lv``."""
    return syllable.replace("ü", "v")


def spell(name: str) -> str:
    """``Zhang Wei`` for 张伟, with surnames read as surnames; empty when there is no Chinese in it."""
    run = "".join(HAN_RUN.findall(fold_name(name)))
    return " ".join(readings[0].capitalize() for readings in readings_of(run)) if run else ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a search text may mean. ``names`` are alternatives; every piece of one must be there."""

    text: str
    names: tuple[frozenset[str], ...] = ()
    last_four: str = ""
    phone: str = ""
    email: str = ""
    number: str = ""
    external: str = ""


def read_question(text: str, *, region: str = "CN", number_prefix: str = "GB-") -> Question:
    """Take a search text apart. ``number`` is a whole customer number the text may stand for."""
    folded = fold_name(text)[:NAME_LENGTH_MAX]
    plain = plain_width(text)
    digits = re.sub(r"\D", "", plain)
    letters = bool(LETTER.search(folded))
    return Question(
        text=folded,
        names=_name_alternatives(folded) if letters else (),
        last_four=last_four(digits) if len(digits) == LAST_FOUR and not letters else "",
        phone=(normalise_phone(plain, region) or "")
        if len(digits) >= PHONE_DIGITS_MIN and not letters
        else "",
        email=normalise_email(plain) or "",
        number=_as_number(plain, number_prefix),
        external=plain if plain else "",
    )


def _as_number(text: str, prefix: str) -> str:
    cleaned = text.upper().replace(" ", "")
    bare = cleaned.removeprefix(prefix.upper())
    return f"{prefix}{int(bare):06d}" if bare.isascii() and bare.isdigit() and len(bare) <= 15 else ""


def _name_alternatives(folded: str) -> tuple[frozenset[str], ...]:
    runs = HAN_RUN.findall(folded)
    words = WORD.findall(HAN.sub(" ", folded).replace("ü", "v"))
    latin = frozenset(f"p:{word}" for word in words)
    if runs:
        han = {
            f"c:{piece}"
            for run in runs
            for piece in ([run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)])
        }
        return (frozenset(han) | latin,)
    joined = "".join(words)
    alternatives = {frozenset({f"p:{spelled}"}) for spelled in _spellings(joined)}
    alternatives.add(latin)
    syllables = _split_syllables(joined)
    if len(syllables) > 1:
        alternatives.add(frozenset(f"p:{syllable}" for syllable in syllables))
    return tuple(sorted(alternatives, key=sorted))


def _spellings(joined: str) -> set[str]:
    """吕 is lü: people type lv, lyu or lu; all are looked up as lv too."""
    spelled = {joined, joined.replace("lyu", "lv").replace("nyu", "nv")}
    if joined in {"lu", "nu"} or joined.startswith("lu"):
        spelled.add("lv" + joined[2:] if joined.startswith("lu") else "nv")
    return spelled


def _split_syllables(joined: str) -> list[str]:
    if not joined.isascii() or re.fullmatch(f"(?:{SYLLABLE.pattern})+", joined) is None:
        return []
    syllables = SYLLABLE.findall(joined)
    return syllables if "".join(syllables) == joined else []


def matches_name(question: Question, name: str, latin_name: str) -> bool:
    """Whether an opened name truly answers (two-character pieces alone may stand apart in it)."""
    runs = HAN_RUN.findall(question.text)
    folded = fold_name(f"{name} {latin_name}")
    return all(run in folded for run in runs)


def is_whole_name(question: Question, name: str) -> bool:
    return question.text == fold_name(name)

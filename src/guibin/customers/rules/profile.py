"""A profile as texts by field: one form in which it is checked, compared, sealed and restored."""

import json
from collections.abc import Mapping
from datetime import date

from guibin.customers.rules.birthday import decode_birthday, encode_birthday, is_possible
from guibin.customers.rules.company import normalise_credit_code
from guibin.customers.rules.contact import plain_width
from guibin.customers.rules.finding import NAME_LENGTH_MAX
from guibin.customers.rules.identity import normalise_id_number
from guibin.customers.rules.values import GENDERS, KINDS, CustomerRow, Policy, Profile

Texts = dict[str, str]

LIMITS = {
    "name": NAME_LENGTH_MAX,
    "latin_name": NAME_LENGTH_MAX,
    "province": 40,
    "city": 80,
    "address": 300,
    "occupation": 120,
    "interests": 500,
}
# Sealed one by one, and sealed together: lists open only the name.
DETAIL_FIELDS = ("birthday", "address", "occupation", "interests")
FIELDS = (
    "name",
    "latin_name",
    "gender",
    "birthday",
    "province",
    "city",
    "address",
    "occupation",
    "interests",
    "id_number",
    "joined_on",
    "joined_store_id",
    "kind",
)
GENDER_WORDS = {
    "女": "female",
    "女士": "female",
    "小姐": "female",
    "f": "female",
    "female": "female",
    "woman": "female",
    "男": "male",
    "先生": "male",
    "男士": "male",
    "m": "male",
    "male": "male",
    "man": "male",
    "其他": "other",
    "其它": "other",
    "other": "other",
    "x": "other",
}


def parse_gender(text: str) -> str | None:
    """``female``, ``male``, ``other``; empty for unknown words such as 未知; None when it is no gender."""
    word = plain_width(text).lower()
    if word in {"", "未知", "保密", "不详", "unknown", "-", "0"}:
        return ""
    return GENDER_WORDS.get(word)


def clean_text(text: str) -> str:
    """Ordinary blanks, no control characters, nothing at the ends."""
    if text.isprintable() and "  " not in text:  # of all blanks only the ordinary one is printable
        return text.strip()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def as_texts(profile: Profile | CustomerRow) -> Texts:
    """Each field of a profile, or of a row that holds one, as a text; empty when unknown. Nothing is
    checked."""
    return {
        "name": profile.name,
        "latin_name": profile.latin_name,
        "gender": profile.gender,
        "birthday": encode_birthday(profile.birthday) if profile.birthday else "",
        "province": profile.province,
        "city": profile.city,
        "address": profile.address,
        "occupation": profile.occupation,
        "interests": profile.interests,
        "id_number": profile.id_number,
        "joined_on": profile.joined_on.isoformat() if profile.joined_on else "",
        "joined_store_id": str(profile.joined_store_id) if profile.joined_store_id else "",
        "kind": profile.kind,
    }


def as_profile(texts: Mapping[str, str]) -> Profile:
    """The inverse of ``as_texts``; absent fields are unknown."""
    joined_on = texts.get("joined_on", "")
    joined_store_id = texts.get("joined_store_id", "")
    birthday = texts.get("birthday", "")
    return Profile(
        name=texts.get("name", ""),
        latin_name=texts.get("latin_name", ""),
        gender=texts.get("gender", ""),
        birthday=decode_birthday(birthday) if birthday else None,
        province=texts.get("province", ""),
        city=texts.get("city", ""),
        address=texts.get("address", ""),
        occupation=texts.get("occupation", ""),
        interests=texts.get("interests", ""),
        id_number=texts.get("id_number", ""),
        joined_on=date.fromisoformat(joined_on) if joined_on else None,
        joined_store_id=int(joined_store_id) if joined_store_id else None,
        kind=texts.get("kind") or "person",
    )


def clean_profile(profile: Profile | CustomerRow) -> tuple[Texts, str]:
    """The profile as cleaned texts, and the code of its first problem (empty when there is none):
    ``text_too_long``, ``kind``, ``gender``, ``birthday`` or ``id_number``. A company has no gender and no
    birthday, and is known by its unified social credit code."""
    texts = as_texts(profile)
    for name, limit in LIMITS.items():
        if texts[name]:
            texts[name] = clean_text(texts[name])
            if len(texts[name]) > limit:
                return texts, "text_too_long"
    if texts["kind"] and texts["kind"] not in KINDS:
        return texts, "kind"
    is_company = texts["kind"] == "company"
    if texts["gender"] and (is_company or texts["gender"] not in GENDERS):
        return texts, "gender"
    if is_company and profile.birthday is not None:
        return texts, "birthday"
    if profile.birthday is not None and not is_possible(profile.birthday):
        return texts, "birthday"
    if texts["id_number"]:
        normalise = normalise_credit_code if is_company else normalise_id_number
        number = normalise(texts["id_number"])
        if number is None:
            return texts, "id_number"
        texts["id_number"] = number
    return texts, ""


def plan_fields(current: Mapping[str, str], wanted: Mapping[str, str], policy: Policy | None) -> Texts:
    """The fields to write. Without a policy (a form) every difference counts, emptied fields too; an
    import never empties: ``fill`` writes only what is unknown, ``overwrite`` whatever it brings."""
    if policy == "skip":
        return {}
    return {
        name: wanted[name]
        for name in FIELDS
        if name in wanted
        and wanted[name] != current.get(name, "")
        and (policy is None or (wanted[name] and (policy == "overwrite" or not current.get(name))))
    }


def pack_details(texts: Mapping[str, str]) -> str | None:
    """The fields that are sealed together as one text; None when all are unknown."""
    known = {name: texts[name] for name in DETAIL_FIELDS if texts.get(name)}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")) if known else None


def unpack_details(packed: str | None) -> Texts:
    """The inverse of ``pack_details``."""
    return {name: str(text) for name, text in json.loads(packed).items()} if packed else {}

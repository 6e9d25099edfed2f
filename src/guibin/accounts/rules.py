"""Pure decisions: names, roles, store codes, keys."""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

SIGN_IN_NAME = re.compile(r"[\w.@+-]{2,60}")
STORE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
NUMBERED_STORE = re.compile(r"S(\d{1,9})", re.ASCII)

STORE_NAME_MAX = 120

UpsertPolicy = Literal["skip", "fill", "overwrite"]


def is_sign_in_name(text: str) -> bool:
    """Letters (of any script), digits and ``. @ + - _``, two to sixty of them."""
    return SIGN_IN_NAME.fullmatch(text) is not None


def is_within(wanted: Collection[str], held: Collection[str]) -> bool:
    """Whether nobody is given more than the giver holds."""
    return set(wanted) <= set(held)


def is_store_code(text: str) -> bool:
    """Whether ``text`` can serve as a code itself (``SH001``), unlike a name (``湖滨店``)."""
    return STORE_CODE.fullmatch(text) is not None


def store_key(text: str) -> str:
    """What two spellings of one store have in common: case, outer blanks and overlong tails aside."""
    return text.strip()[:STORE_NAME_MAX].lower()


def compute_store_codes(*, names: Sequence[str], taken: Collection[str]) -> list[str]:
    """A code for each name: the name itself if it looks like one, else the next free ``S001``."""
    used = {code.lower() for code in taken}
    highest = max((int(m[1]) for code in taken if (m := NUMBERED_STORE.fullmatch(code.upper()))), default=0)
    codes = []
    for name in names:
        code = name if is_store_code(name) and name.lower() not in used else ""
        while not code or code.lower() in used:
            highest += 1
            code = f"S{highest:03d}"
        used.add(code.lower())
        codes.append(code)
    return codes


def decide_values(
    *, old: Mapping[str, object], new: Mapping[str, object], policy: UpsertPolicy
) -> dict[str, object]:
    """The fields of ``old`` that an import row changes. Empty incoming values never overwrite."""
    if policy == "skip":
        return {}
    changes = {}
    for name, value in new.items():
        if value in (None, "") or value == old.get(name):
            continue
        if policy == "overwrite" or old.get(name) in (None, ""):
            changes[name] = value
    return changes


def is_inside(*, department_id: int, parent_id: int | None, parents: Mapping[int, int | None]) -> bool:
    """Whether putting ``department_id`` under ``parent_id`` would close a loop."""
    seen: set[int] = set()
    node = parent_id
    while node is not None and node not in seen:
        if node == department_id:
            return True
        seen.add(node)
        node = parents.get(node)
    return False


def hash_secret(secret: str) -> str:
    """SHA-256 hex of a key's secret. The secret has 256 random bits, so a slow hash adds nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split_key(token: str) -> tuple[str, str] | None:
    """``gb_PREFIX_SECRET`` as (prefix, secret), or None."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "gb" or not parts[1] or not parts[2] or len(token) > 120:
        return None
    return parts[1], parts[2]


def is_same_hash(stored: str, secret: str) -> bool:
    """Whether ``secret`` hashes to ``stored``, in constant time."""
    return hmac.compare_digest(stored, hash_secret(secret))

"""What loyalty adds to a composed read: one customer's standing and why."""

import json
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from guibin.core.composed import ReadPart, Row, text
from guibin.loyalty import wording
from guibin.loyalty.models import PolicyVersion
from guibin.loyalty.rules.plain import decide
from guibin.loyalty.rules.receipts import Receipt
from guibin.loyalty.rules.tree import Rules
from guibin.loyalty.values import LevelView, level_view

COLUMNS = (
    "level",
    "next_level",
    "gap_permille",
    "since",
    "as_of",
    "receipt",
    "version_id",
    "digest",
    "currency",
    "version",
    "policy",
)
SENTENCES_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Stand:
    """A standing for programs: codes, days as ISO text ("" for none), and the reason in words."""

    level: str | None
    next_level: str | None
    gap_permille: int
    since: str
    as_of: str
    policy: str
    version: int
    why: str


def standing_part(customer_id: str) -> ReadPart:
    """The standing of the customer whose id is the SQL expression ``customer_id``."""
    return ReadPart(
        name="standing",
        sql=f"""
            SELECT s.level, s.next_level, s.gap_permille, s.since, s.as_of, s.receipt, v.id AS version_id,
                   v.rules_digest AS digest, v.currency, v.number AS version, y.code AS policy
            FROM loyalty_standing s
            JOIN loyalty_policyversion v ON v.id = s.version_id
            JOIN loyalty_policy y ON y.id = v.policy_id
            WHERE s.customer_id = {customer_id}""",  # noqa: S608 - the expression is the caller's code
        columns=COLUMNS,
    )


def read_stand(row: Row) -> Stand | None:
    """None for somebody without a standing. Reads a version's rules once per process."""
    if row[0] is None:
        return None
    level, ahead, gap, since, as_of, receipt, version_id, digest, currency, version, policy = map(text, row)
    levels = _levels(int(version_id), digest)
    return Stand(
        level=level if level in levels else None,
        next_level=ahead if ahead in levels else None,
        gap_permille=int(gap),
        since=since,
        as_of=as_of,
        policy=policy,
        version=int(version),
        why=_why(int(version_id), digest, level, receipt, currency, get_language() or ""),
    )


@lru_cache(maxsize=64)
def _rules(version_id: int, digest: str) -> Rules:
    """The rules of a version; the digest makes another database's version another entry."""
    return Rules.model_validate(PolicyVersion.objects.values_list("rules", flat=True).get(pk=version_id))


@lru_cache(maxsize=64)
def _levels(version_id: int, digest: str) -> dict[str, LevelView]:
    return {level.code: level_view(level) for level in _rules(version_id, digest).levels}


@lru_cache(maxsize=SENTENCES_KEPT)
def _why(version_id: int, digest: str, level: str, receipt: str, currency: str, language: str) -> str:
    """``reason_sentence`` of a stored receipt: it follows from the arguments alone, so it is kept."""
    stored = json.loads(receipt)
    inputs, lists = dict(stored["inputs"]), frozenset(stored.get("lists", ()))
    decision = decide(_rules(version_id, digest), inputs, lists)
    whole = Receipt(decision=decision, inputs=inputs, lists=tuple(sorted(lists)), score=(), left_out=())
    return wording.reason_sentence(whole, _levels(version_id, digest).get(level), currency)

"""What loyalty adds to a composed read: one customer's standing and why."""

import json
from dataclasses import dataclass
from datetime import date
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
    "policy_name",
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
                   v.rules_digest AS digest, v.currency, v.number AS version, y.code AS policy,
                   y.name AS policy_name
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
    level, ahead, gap, since, as_of, receipt, version_id, digest, currency, version, policy = map(
        text, row[:11]
    )
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


@dataclass(frozen=True, slots=True)
class StandWords:
    """A standing for people: names, badges, sentences; "" for none. ``reached`` of the next level, 0 to 1,
    and ``marks`` on the way there: (place, what lies there), as ``wording.next_marks`` says."""

    badge: str
    level: str
    why: str
    ahead: str
    next_badge: str
    next_level: str
    reached: float
    marks: tuple[tuple[float, str], ...]
    since: date | None
    as_of: date
    policy: str


def read_stand_words(row: Row) -> StandWords | None:
    """None for somebody without a standing."""
    if row[0] is None:
        return None
    code, next_code, gap, since, as_of, receipt, version_id, digest, currency, *_rest, policy = map(text, row)
    levels = _levels(int(version_id), digest)
    level, ahead = levels.get(code), levels.get(next_code)
    language = get_language() or ""
    return StandWords(
        badge=level.badge if level else "",
        level=level.name if level else "",
        why=_why(int(version_id), digest, code, receipt, currency, language),
        ahead=_ahead(int(version_id), digest, next_code, receipt, currency, language),
        next_badge=ahead.badge if ahead else "",
        next_level=ahead.name if ahead else "",
        reached=1 - int(gap) / 1000,
        marks=_marks(int(version_id), digest, next_code, receipt, currency, language),
        since=date.fromisoformat(since) if since else None,
        as_of=date.fromisoformat(as_of),
        policy=policy,
    )


def names_part() -> ReadPart:
    """The policy in force, for the names that events hold as codes."""
    return ReadPart(
        name="policy",
        sql="""
            SELECT y.code, y.name, v.id AS version_id, v.rules_digest AS digest
            FROM loyalty_policy y
            JOIN LATERAL (SELECT n.id, n.rules_digest FROM loyalty_policyversion n
                          WHERE n.policy_id = y.id ORDER BY n.number DESC LIMIT 1) v ON true
            WHERE y.active LIMIT 1""",
        columns=("code", "name", "version_id", "digest"),
    )


def read_names(row: Row) -> dict[tuple[str, str], str]:
    """{("level" or "policy", code): name in the active language} of the policy in force."""
    code, name, version_id, digest = map(text, row)
    if not version_id:
        return {}
    levels = _levels(int(version_id), digest)
    return {("policy", code): name, **{("level", each.code): each.name for each in levels.values()}}


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
    whole = _receipt(version_id, digest, receipt)
    return wording.reason_sentence(whole, _levels(version_id, digest).get(level), currency)


@lru_cache(maxsize=SENTENCES_KEPT)
def _ahead(version_id: int, digest: str, level: str, receipt: str, currency: str, language: str) -> str:
    """``next_sentence``, kept likewise."""
    whole = _receipt(version_id, digest, receipt)
    return wording.next_sentence(whole, _levels(version_id, digest).get(level), currency)


@lru_cache(maxsize=SENTENCES_KEPT)
def _marks(
    version_id: int, digest: str, level: str, receipt: str, currency: str, language: str
) -> tuple[tuple[float, str], ...]:
    """``next_marks``, kept likewise."""
    whole = _receipt(version_id, digest, receipt)
    return wording.next_marks(whole, _levels(version_id, digest), level, currency)


def _receipt(version_id: int, digest: str, receipt: str) -> Receipt:
    stored = json.loads(receipt)
    inputs, lists = dict(stored["inputs"]), frozenset(stored.get("lists", ()))
    decision = decide(_rules(version_id, digest), inputs, lists)
    return Receipt(
        decision=decision,
        inputs=inputs,
        lists=tuple(sorted(lists)),
        score=(),
        left_out=(),
        cuts_on=stored.get("cuts_on", ""),
    )

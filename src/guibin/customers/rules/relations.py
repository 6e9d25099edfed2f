"""How customers are related: what may be, what contradicts, and how it reads from either side. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from guibin.customers.rules.values import KINDS

RELATION_KINDS = ("spouse", "parent", "sibling", "relative", "guardian", "referrer", "works_for")
EITHER_WAY = frozenset({"spouse", "sibling", "relative"})
FAMILY = frozenset({"spouse", "parent", "sibling", "relative", "guardian"})
NEAR = frozenset({"spouse", "parent", "sibling"})
FOR_LIFE = frozenset({"parent", "sibling", "referrer"})
SIDES: dict[str, tuple[str, str]] = {
    "spouse": ("spouse", "spouse"),
    "parent": ("parent", "child"),
    "sibling": ("sibling", "sibling"),
    "relative": ("relative", "relative"),
    "guardian": ("guardian", "ward"),
    "referrer": ("referrer", "referred"),
    "works_for": ("employee", "employer"),
}
"""What the first of a relation is to the second, and the second to the first."""
ROLES = tuple(dict.fromkeys(role for pair in SIDES.values() for role in pair))
CONTACT_ROLES = ("executive", "buyer", "finance", "assistant", "user", "other")
"""What somebody does in a company that buys."""
PERSON, COMPANY = KINDS
TITLE_LENGTH_MAX, REMARK_LENGTH_MAX = 60, 500


@dataclass(frozen=True, slots=True)
class Bond:
    """``one`` is the ``kind`` of ``other``. It began on ``since`` and was over on ``until``, where known."""

    one: int
    other: int
    kind: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewRelation:
    """What the other person is to this one (``role``, one of ``ROLES``), from when until when, and for people
    of a company what they do there. ``title`` and ``remark`` are sealed."""

    role: str
    since: date | None = None
    until: date | None = None
    contact_role: str = ""
    decides: bool = False
    title: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RelationView:
    """A relation read from the side of ``customer_id``: ``role`` is what ``other_id`` is to them.

    ``born_id`` is the id it was written for; both other ids are those that stand for the people now.
    """

    id: int
    customer_id: int
    born_id: int
    other_id: int
    role: str
    since: date | None
    until: date | None
    contact_role: str
    decides: bool
    title: str
    remark: str
    revision: int
    added_by: str
    added_at: datetime

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until <= today


def bond_of(role: str, *, me: int, them: int, since: date | None = None, until: date | None = None) -> Bond:
    """The relation in which ``them`` is the ``role`` of ``me``. Of relations that read alike from both sides
    the smaller id comes first, so that either side writes the same."""
    kind = next(kind for kind, sides in SIDES.items() if role in sides)
    one, other = (them, me) if SIDES[kind][0] == role else (me, them)
    if kind in EITHER_WAY:
        one, other = min(me, them), max(me, them)
    return Bond(one, other, kind, since, until)


def role_seen(kind: str, *, from_first: bool) -> str:
    """What the other one is, seen by the first (or the second) of a relation."""
    return SIDES[kind][1 if from_first else 0]


def overlap(first: Bond, second: Bond) -> bool:
    """Whether there is a day on which both hold; unknown ends are open."""
    first_over = first.until is not None and second.since is not None and first.until <= second.since
    second_over = second.until is not None and first.since is not None and second.until <= first.since
    return not first_over and not second_over


def problem_of(new: Bond, known: Sequence[Bond], kinds: Mapping[int, str]) -> str:
    """Why ``new`` cannot be, or empty. ``known`` are the other relations of both, ``kinds`` says who is a
    company. Codes: ``itself``, ``period``, ``unsuitable``, ``known``, ``contradicts``, ``spouse_taken``,
    ``referrer_taken``."""
    if new.one == new.other:
        return "itself"
    if new.since is not None and new.until is not None and new.until < new.since:
        return "period"
    if not is_suitable(new.kind, kinds[new.one], kinds[new.other]):
        return "unsuitable"
    pair = {new.one, new.other}
    for old in known:
        if {old.one, old.other} == pair and (problem := _between_two(new, old)):
            return problem
    for old in known:
        if {old.one, old.other} != pair and (problem := _among_three(new, old)):
            return problem
    return ""


def is_suitable(kind: str, one: str, other: str) -> bool:
    """Whether a relation can be between such customers: families are people, only companies employ."""
    if kind == "works_for":
        return (one, other) == (PERSON, COMPANY)
    return kind not in FAMILY or (one, other) == (PERSON, PERSON)


def _between_two(new: Bond, old: Bond) -> str:
    together = overlap(new, old) or bool(FOR_LIFE & {new.kind, old.kind})
    if not together:
        return ""
    if new.kind == old.kind:
        return "known" if (new.one, new.other) == (old.one, old.other) else "contradicts"
    return "contradicts" if {new.kind, old.kind} <= NEAR else ""


def _among_three(new: Bond, old: Bond) -> str:
    if new.kind != old.kind:
        return ""
    if new.kind == "spouse" and {new.one, new.other} & {old.one, old.other} and overlap(new, old):
        return "spouse_taken"
    return "referrer_taken" if new.kind == "referrer" and new.other == old.other else ""

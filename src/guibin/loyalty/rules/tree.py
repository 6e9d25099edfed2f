"""A VIP policy as a value: levels, each with a small tree of conditions. Checked on the way in.

A customer has the highest level (by rank) whose tree is true. Nodes: `all` and `any` of other nodes,
`compare` a fact with a number, `listed` on one of the policy's own lists. Numbers are integers in the
fact's unit (see rules/facts.py). Everybody on the list `exclude` has no level.
"""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from guibin.loyalty.rules.facts import FACTS

EXCLUDE = "exclude"
DEPTH_MAX = 4
CONDITIONS_MAX = 40
CODE = r"^[a-z][a-z0-9_]{0,31}$"


class Op(StrEnum):
    """How a fact is compared with its threshold."""

    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    LT = "lt"


class Badge(StrEnum):
    """Look of a level, by rank."""

    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"
    DIAMOND = "diamond"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Compare(_Value):
    """A fact against a threshold, both integers in the fact's unit."""

    kind: Literal["compare"] = "compare"
    fact: str
    op: Op
    value: int = Field(ge=-(2**52), le=2**52)

    @field_validator("fact")
    @classmethod
    def _known(cls, fact: str) -> str:
        if fact not in FACTS:
            raise ValueError(f"no such fact: {fact}")
        return fact

    @property
    def grows(self) -> bool:
        """Whether more of the fact helps."""
        return self.op in (Op.GTE, Op.GT)


class Listed(_Value):
    """The customer is on one of the policy's lists (or, inside=False, is not)."""

    kind: Literal["listed"] = "listed"
    list: str = Field(pattern=CODE)
    inside: bool = True


class All(_Value):
    """Every part is true."""

    kind: Literal["all"] = "all"
    of: tuple["Node", ...] = Field(min_length=1, max_length=CONDITIONS_MAX)


class AnyOf(_Value):
    """At least one part is true."""

    kind: Literal["any"] = "any"
    of: tuple["Node", ...] = Field(min_length=1, max_length=CONDITIONS_MAX)


Node = Annotated[All | AnyOf | Compare | Listed, Field(discriminator="kind")]
Leaf = Compare | Listed
BRANCHES = (All, AnyOf)  # a tuple: isinstance with a union builds the union anew on every call


class Level(_Value):
    """One level: code, names, rank 1 to 4 (silver, gold, platinum, diamond) and who has it."""

    code: str = Field(pattern=CODE)
    name_zh: str = Field(min_length=1, max_length=40)
    name_en: str = Field(min_length=1, max_length=40)
    rank: int = Field(ge=1, le=4)
    when: Node

    @property
    def badge(self) -> Badge:
        """Badge colour by rank."""
        return tuple(Badge)[self.rank - 1]


class Rules(_Value):
    """A whole rule: levels by rising rank, distinct codes and ranks."""

    levels: tuple[Level, ...] = Field(min_length=1, max_length=4)

    @field_validator("levels")
    @classmethod
    def _ordered(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        return tuple(sorted(levels, key=lambda level: level.rank))

    @model_validator(mode="after")
    def _sound(self) -> "Rules":
        if len({level.code for level in self.levels}) < len(self.levels):
            raise ValueError("two levels have the same code")
        if len({level.rank for level in self.levels}) < len(self.levels):
            raise ValueError("two levels have the same rank")
        for level in self.levels:
            if _depth(level.when) > DEPTH_MAX:
                raise ValueError(f"conditions of {level.code} are nested too deeply")
        if sum(1 for _ in leaves(self)) > CONDITIONS_MAX:
            raise ValueError("too many conditions")
        return self

    def level(self, code: str) -> Level:
        """The level of that code; KeyError when there is none."""
        for level in self.levels:
            if level.code == code:
                return level
        raise KeyError(code)


All.model_rebuild()
AnyOf.model_rebuild()
Level.model_rebuild()
Rules.model_rebuild()


def _depth(node: Node) -> int:
    return 1 + max(_depth(part) for part in node.of) if isinstance(node, BRANCHES) else 1


def leaves_of(node: Node) -> Iterator[Leaf]:
    """Every condition under a node, in order."""
    if isinstance(node, BRANCHES):
        for part in node.of:
            yield from leaves_of(part)
    else:
        yield node


def leaves(rules: Rules) -> Iterator[Leaf]:
    """Every condition of the rules, level by level."""
    for level in rules.levels:
        yield from leaves_of(level.when)


def used_facts(rules: Rules) -> tuple[str, ...]:
    """Codes of the facts the rules look at, sorted."""
    return tuple(sorted({leaf.fact for leaf in leaves(rules) if isinstance(leaf, Compare)}))


def used_lists(rules: Rules) -> tuple[str, ...]:
    """Codes of the lists the rules look at, `exclude` always among them, sorted."""
    return tuple(sorted({leaf.list for leaf in leaves(rules) if isinstance(leaf, Listed)} | {EXCLUDE}))


def digest(rules: Rules) -> str:
    """Hex SHA-256 of the rules' canonical JSON: what a preview was made for."""
    return hashlib.sha256(rules.model_dump_json().encode()).hexdigest()

"""Which column goes where: by heading first, by content second, with a reason that can be read."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from guibin.integrations.files.dialect import normalise_heading
from guibin.integrations.mapping.field import Target
from guibin.integrations.mapping.recognise import fits, recognise
from guibin.integrations.mapping.targets import TARGETS

BY_CONTENT = {
    "email": ("email",),
    "phone": ("phone",),
    "id_number": ("id_number",),
    "date": ("instant", "date"),
    "gender": ("gender",),
    "name": ("text",),
}
SURE = 0.75
PAID_OR_AMOUNT = 0.7  # asked about: a line's amount, or what was paid for its order


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``target`` empty: not imported. ``reason``: name, part_of_name, content, unknown, unneeded."""

    column: str
    target: str
    confidence: float
    reason: str

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE or not self.target


def suggest(
    kind: str,
    columns: Sequence[str],
    profiles: Sequence[Mapping[str, Any]],
    targets: Sequence[Target] = (),
) -> list[Suggestion]:
    """One suggestion per column; a target is given once unless it may repeat.

    ``targets``: the kind's fields where an organisation added its own.
    """
    targets = targets or TARGETS[kind]
    found = [recognise(profile) for profile in profiles]
    bids = [
        (score, -place, target, reason)
        for place, column in enumerate(columns)
        for target in targets
        for score, reason in [_bid(normalise_heading(column), target, found[place])]
        if score > 0
    ]
    order = {target.name: rank for rank, target in enumerate(targets)}
    chosen: dict[int, Suggestion] = {}
    taken: set[str] = set()
    for score, minus, target, reason in sorted(bids, key=lambda b: (-b[0], -b[1], order[b[2].name])):
        place = -minus
        if place in chosen or (target.name in taken and not target.repeatable):
            continue
        taken.add(target.name)
        if not target.offered:
            chosen[place] = Suggestion(columns[place], "", 1.0, "unneeded")
        else:
            chosen[place] = Suggestion(columns[place], target.name, round(score, 2), reason)
    placed = [
        chosen.get(place, Suggestion(column, "", 0.0, "unknown")) for place, column in enumerate(columns)
    ]
    return _tell_paid(placed, {target.name: target for target in targets})


def _tell_paid(suggestions: list[Suggestion], targets: Mapping[str, Target]) -> list[Suggestion]:
    """What was paid, and when, is also called the amount and the day of a purchase: where another column
    says these, or the price, payments have their own."""
    by_target = {each.target: place for place, each in enumerate(suggestions)}
    for general, own in (("amount", "paid"), ("ordered_at", "paid_at")):
        place = by_target.get(general)
        if place is None or own not in targets or own in by_target:
            continue
        if normalise_heading(suggestions[place].column) not in targets[own].words:
            continue
        other = _other_of(suggestions, targets[general], targets[own])
        if other is not None:
            suggestions[place] = replace(suggestions[place], target=own)
            suggestions[other] = Suggestion(suggestions[other].column, general, 0.95, "name")
        elif general == "amount" and {"unit_price", "payment_method"} <= by_target.keys():
            suggestions[place] = replace(suggestions[place], target=own, confidence=PAID_OR_AMOUNT)
    return suggestions


def _other_of(suggestions: Sequence[Suggestion], general: Target, own: Target) -> int | None:
    """A column that goes nowhere yet and is called by a word of ``general`` alone."""
    words = set(general.words) - set(own.words)
    for place, each in enumerate(suggestions):
        if not each.target and normalise_heading(each.column) in words:
            return place
    return None


def _bid(heading: str, target: Target, found: Mapping[str, float]) -> tuple[float, str]:
    suits = fits(target.type, found)
    if heading in target.words:
        # A matching name with quite other content is asked about, not believed.
        return (0.95 if suits is None or suits >= 0.5 else 0.6), "name"
    part = max((len(word) for word in target.words if len(word) > 1 and _part_of(word, heading)), default=0)
    if part and (suits is None or suits > 1 / 3):
        return 0.5 + 0.2 * part / len(heading) + (0.1 if suits else 0.0), "part_of_name"
    for kind, types in BY_CONTENT.items():
        if (
            found.get(kind, 0.0) > 0.7
            and target.type in types
            and (kind != "name" or target.name in {"name", "customer_name"})
        ):
            return 0.55 * found[kind], "content"
    return 0.0, ""


def _part_of(word: str, heading: str) -> bool:
    if word.isascii():
        return len(word) > 3 and (heading.startswith(word) or heading.endswith(word))
    return word in heading


def fingerprint(columns: Sequence[str]) -> str:
    """The same for the same headings in any order."""
    joined = "\x1f".join(sorted(normalise_heading(column) for column in columns))
    return hashlib.sha256(joined.encode()).hexdigest()


def guess_kind(columns: Sequence[str], profiles: Sequence[Mapping[str, Any]]) -> str:
    """The kind whose fields these headings fill best."""
    scores = {}
    for kind, targets in TARGETS.items():
        given = {s.target: s.confidence for s in suggest(kind, columns, profiles) if s.target}
        missing = sum(1 for target in targets if target.required and target.name not in given)
        scores[kind] = sum(given.values()) - 1.5 * missing
    order = ("order_lines", "orders", "customers", "refunds", "products", "cards", "stores", "staff")
    return max(order, key=lambda kind: scores[kind])

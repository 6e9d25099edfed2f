"""A tree as the editor shows it: groups that must all hold, each an either-or of conditions.

Any tree can be brought into that form; it decides the same.
"""

from collections.abc import Sequence
from itertools import product

from guibin.loyalty.rules.tree import CONDITIONS_MAX, All, AnyOf, Leaf, Node


class TooIntricate(ValueError):
    """The tree decides well, but as groups it would need too many conditions."""


Groups = tuple[tuple[Leaf, ...], ...]


def to_groups(node: Node) -> Groups:
    """The node as a conjunction of either-ors. Raises `TooIntricate` where that needs too many conditions."""
    groups = tuple(dict.fromkeys(_groups(node)))
    if sum(len(group) for group in groups) > CONDITIONS_MAX:
        raise TooIntricate("these conditions are too intricate for the editor")
    return groups


def _groups(node: Node) -> list[tuple[Leaf, ...]]:
    if isinstance(node, All):
        return [group for part in node.of for group in _groups(part)]
    if isinstance(node, AnyOf):
        ways = [_groups(part) for part in node.of]
        count = 1
        for way in ways:
            count *= len(way)
        if count > CONDITIONS_MAX:
            raise TooIntricate("these conditions are too intricate for the editor")
        return [tuple(dict.fromkeys(leaf for group in picked for leaf in group)) for picked in product(*ways)]
    return [(node,)]


def from_groups(groups: Sequence[Sequence[Leaf]]) -> Node:
    """The plainest tree for these groups; every group needs at least one condition."""
    parts: list[Node] = [group[0] if len(group) == 1 else AnyOf(of=tuple(group)) for group in groups]
    return parts[0] if len(parts) == 1 else All(of=tuple(parts))

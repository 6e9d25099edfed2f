"""Rules in words: what a level asks for, and what differs between two versions."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guibin.loyalty.rules.groups import Groups, TooIntricate, to_groups
from guibin.loyalty.rules.tree import All, AnyOf, Compare, Leaf, Level, Node, Rules
from guibin.loyalty.values import level_view
from guibin.loyalty.wording import FACT_LABELS, OP_SIGNS, threshold_value


def list_name(code: str) -> str:
    """A list's name in the active language; own lists keep their code."""
    return {"invited": _("the invitation list"), "exclude": _("the list of the excluded")}.get(code, code)


def leaf_words(leaf: Leaf, currency: str) -> str:
    """One condition: `lifetime spend ≥ ¥10,000`."""
    if isinstance(leaf, Compare):
        threshold = threshold_value(leaf.fact, leaf.value, currency)
        return f"{FACT_LABELS[leaf.fact]} {OP_SIGNS[leaf.op]} {threshold}"
    text = _("on %(list)s") if leaf.inside else _("not on %(list)s")
    return text % {"list": list_name(leaf.list)}


def groups_words(groups: Groups, currency: str) -> str:
    """Groups joined: `A or B, and C`."""
    either = (
        pgettext("between conditions", " or ").join(leaf_words(leaf, currency) for leaf in group)
        for group in groups
    )
    return pgettext("between groups", ", and ").join(either)


def level_words(level: Level, currency: str) -> str:
    """What a level asks for, in one line."""
    groups = _find_groups(level.when)
    return tree_words(level.when, currency) if groups is None else groups_words(groups, currency)


def tree_words(node: Node, currency: str) -> str:
    """A tree as it stands, parts in brackets: for what is too intricate to be told in groups."""
    if isinstance(node, All | AnyOf):
        between = pgettext("between groups", ", and ")
        if isinstance(node, AnyOf):
            between = pgettext("between conditions", " or ")
        left, right = pgettext("around a part", "("), pgettext("around a part", ")")
        parts = (tree_words(part, currency) for part in node.of)
        return between.join(
            f"{left}{words}{right}" if isinstance(part, All | AnyOf) else words
            for part, words in zip(node.of, parts, strict=True)
        )
    return leaf_words(node, currency)


def _find_groups(node: Node) -> Groups | None:
    """None where groups would need too many conditions."""
    try:
        return to_groups(node)
    except TooIntricate:
        return None


def diff_words(before: Rules | None, after: Rules, currency: str) -> list[str]:
    """What differs from the version before, one sentence per change; empty for a first version."""
    if before is None:
        return []
    said: list[str] = []
    colon = pgettext("before a change", ": ")
    old = {level.code: level for level in before.levels}
    for level in reversed(after.levels):
        was = old.pop(level.code, None)
        name = level_view(level).name
        if was is None:
            said.append(_("New level %(level)s: %(rule)s") % _named(name, level, currency))
            continue
        said.extend(f"{name}{colon}{change}" for change in _changes(was, level, currency))
    said.extend(_("Level %(level)s is gone") % {"level": level_view(level).name} for level in old.values())
    return said or [_("Nothing in the rules changed")]


def _named(name: str, level: Level, currency: str) -> dict[str, str]:
    return {"level": name, "rule": level_words(level, currency)}


def _changes(was: Level, now: Level, currency: str) -> list[str]:
    changes = []
    if (was.name_zh, was.name_en) != (now.name_zh, now.name_en):
        changes.append(_("was called %(name)s") % {"name": level_view(was).name})
    if was.rank != now.rank:
        changes.append(_("other badge"))
    if was.when == now.when:
        return changes
    before, after = _find_groups(was.when), _find_groups(now.when)
    if before is None or after is None:
        changes.append(f"{level_words(was, currency)} → {level_words(now, currency)}")
        return changes
    if before == after:
        return changes
    if [len(group) for group in before] == [len(group) for group in after]:
        pairs = zip((leaf for g in before for leaf in g), (leaf for g in after for leaf in g), strict=True)
        changes.extend(
            f"{leaf_words(old, currency)} → {leaf_words(new, currency)}" for old, new in pairs if old != new
        )
        return changes
    changes.append(f"{groups_words(before, currency)} → {groups_words(after, currency)}")
    return changes

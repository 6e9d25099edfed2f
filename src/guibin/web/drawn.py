"""Components that a page draws by the dozen, written as plain functions.

A template costs some fifty microseconds whatever is in it, so a timeline or a table made of templates is
mostly templates. What is drawn here is used by the tags of the same names and by pages that are drawn in
Python. Every value is escaped unless it is already safe.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guibin.web import formats
from guibin.web.shapes import BAR, SHARE, part_of


def safe(value: object) -> str:
    """``value`` for a page: escaped, unless safe already (as ``conditional_escape``, which costs more)."""
    drawn = getattr(value, "__html__", None)
    return str(drawn()) if drawn is not None else escape(str(value))


@lru_cache(maxsize=1024)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the font; read out only when it has a label."""
    code = safe(name.removeprefix("ti-"))
    if label:
        return SafeString(f'<i class="ti ti-{code}" role="img" aria-label="{safe(label)}"></i>')
    return SafeString(f'<i class="ti ti-{code}" aria-hidden="true"></i>')


def _data(name: str, value: object) -> str:
    return f' data-{name}="{safe(value)}"' if value else ""


def avatar(name: object, size: str | None = None) -> SafeString:
    shown = safe(formats.initial(str(name or "")))
    return SafeString(f'<span class="gb-avatar"{_data("size", size)} aria-hidden="true">{shown}</span>')


def tier(code: object, name: object, size: str | None = None) -> SafeString:
    return SafeString(
        f'<span class="gb-tier" data-tier="{safe(code)}"{_data("size", size)}>{safe(name)}</span>'
    )


def tag(text: object, kind: str | None = None, icon: str | None = None) -> SafeString:
    return SafeString(f'<span class="gb-tag"{_data("kind", kind)}>{_icon(icon)}{safe(text)}</span>')


def _icon(name: str | None) -> str:
    return icon(name) if name else ""


def chip(
    text: object,
    url: str | None = None,
    pressed: object = None,
    count: object = None,
    icon: str | None = None,
    remove: object = None,
) -> SafeString:
    """A link where there is an address, a button otherwise."""
    number = f" <b>{safe(count)}</b>" if count is not None else ""
    inside = f"{_icon(icon)}{safe(text)}{number}{_icon('x') if remove else ''}"
    if url:
        current = ' aria-current="true"' if pressed else ""
        return SafeString(f'<a class="gb-chip" href="{safe(url)}"{current}>{inside}</a>')
    state = "true" if pressed else "false"
    return SafeString(f'<button type="button" class="gb-chip" aria-pressed="{state}">{inside}</button>')


def clock(text: object, urgency: str | None = None, icon: str | None = None) -> SafeString:
    shown = icon or {"now": "alarm", "done": "circle-check"}.get(urgency or "", "clock")
    return SafeString(f'<span class="gb-clock"{_data("urgency", urgency)}>{_icon(shown)}{safe(text)}</span>')


def stat(
    label: object,
    value: object,
    note: object = None,
    url: str | None = None,
    unit: object = None,
    tag: object = None,
    tag_kind: str | None = None,
) -> SafeString:
    """One figure, inside ``<dl class="gb-stats">``."""
    shown = f'<a href="{safe(url)}">{safe(value)}</a>' if url else str(safe(value))
    if unit:
        shown += f" <small>{safe(unit)}</small>"
    if tag:
        shown += f' <span class="gb-tag" data-kind="{safe(tag_kind or "")}">{safe(tag)}</span>'
    below = f'<dd class="gb-stat-note">{safe(note)}</dd>' if note else ""
    return SafeString(f'<div class="gb-stat"><dt>{safe(label)}</dt><dd>{shown}</dd>{below}</div>')


def day(label: object) -> SafeString:
    return SafeString(f'<li class="gb-day">{safe(label)}</li>')


def event(
    title: object,
    icon: str | None = None,
    at: object = None,
    where: object = None,
    kind: str | None = None,
    body: str = "",
    part: Mapping[str, str] | None = None,
) -> SafeString:
    """One thing that happened, in ``<ol class="gb-timeline">``; ``body`` is escaped like all else."""
    place = f"<small>{safe(where)}</small>" if where else ""
    more = f'<div class="gb-event-more">{safe(body)}</div>' if body.strip() else ""
    return SafeString(
        f'<li class="gb-event"{_data("kind", kind)}><span class="gb-dot">{_icon(icon or "point")}</span>'
        f"<h3>{safe(title)}{place}</h3><time>{safe(at or '')}</time>{more}</li>"
    )


def facts(pairs: Iterable[Sequence[Any]]) -> SafeString:
    """Terms and values; a third part is the value's address."""
    lines = [f"<dt>{safe(pair[0])}</dt><dd>{_linked(pair)}</dd>" for pair in pairs]
    return SafeString(f'<dl class="gb-facts">{"".join(lines)}</dl>')


def _linked(pair: Sequence[Any]) -> str:
    value = str(safe(pair[1]))
    return f'<a href="{safe(pair[2])}">{value}</a>' if len(pair) > 2 and pair[2] else value


def tabs(items: Iterable[Sequence[Any]], label: object = None) -> SafeString:
    """(label, address, selected[, count])."""
    drawn = [
        f'<a href="{safe(item[1])}"{_current(item[2])}>{safe(item[0])}{_count(item)}</a>' for item in items
    ]
    name = safe(label or _("Parts of this page"))
    return SafeString(f'<nav class="gb-tabs" aria-label="{name}">{"".join(drawn)}</nav>')


def _current(selected: object) -> str:
    return ' aria-current="page"' if selected else ""


def _count(item: Sequence[Any]) -> str:
    return f"<b>{safe(item[3])}</b>" if len(item) > 3 and item[3] is not None else ""


def panel(
    title: object = None,
    note: object = None,
    flush: object = None,
    id: object = None,  # noqa: A002 - the name of the tag's argument
    body: str = "",
    part: Mapping[str, str] | None = None,
) -> SafeString:
    """A panel around ``body``; parts ``actions`` and ``foot``."""
    parts = part or {}
    actions = f'<div class="gb-panel-actions">{safe(parts["actions"])}</div>' if parts.get("actions") else ""
    head = ""
    if title or actions:
        small = f"<small>{safe(note)}</small>" if note else ""
        head = f"<header><h2>{safe(title or '')}{small}</h2>{actions}</header>"
    foot = f"<footer>{safe(parts['foot'])}</footer>" if parts.get("foot") else ""
    name = f' id="{safe(id)}"' if id else ""
    inner = "gb-flush" if flush else "gb-body"
    inside = f'<div class="{inner}">{safe(body)}</div>'
    return SafeString(f'<section class="gb-panel"{name}>\n{head}\n{inside}\n{foot}\n</section>')


def receipt(
    title: object = None,
    icon: str | None = None,
    body: str = "",
    part: Mapping[str, str] | None = None,
) -> SafeString:
    """The dashed box."""
    head = f"<b>{safe(title)}</b> " if title else ""
    return SafeString(
        f'<div class="gb-receipt">{_icon(icon or "receipt")}<div>{head}{safe(body)}</div></div>'
    )


def next_level(
    ratio: float | None,
    marks: Iterable[tuple[float, object]] | None = None,
    body: str = "",
    part: Mapping[str, str] | None = None,
) -> SafeString:
    """The bar to the next level, filled to ``ratio``; ``marks`` are (ratio, label); part ``note``."""
    shown = [(part_of(at, BAR), label) for at, label in marks or ()]
    note = f'<span class="muted small">{safe(part["note"])}</span>' if part and part.get("note") else ""
    notches = "".join(
        f'<rect class="gb-notch" x="{at}" width="2" height="10"/>' for at, _label in shown if 0 < at < BAR
    )
    ends = "".join(f"<span>{safe(label)}</span>" for _at, label in shown)
    return SafeString(
        f'<div class="gb-next"><div class="gb-next-line"><p>{safe(body)}</p>{note}</div>\n'
        f'<svg viewBox="0 0 {BAR} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="gb-track" width="{BAR}" height="10" rx="5"/>'
        f'<rect class="gb-fill" width="{part_of(ratio, BAR)}" height="10" rx="5"/>{notches}</svg>\n'
        f'<div class="gb-next-ends num">{ends}</div></div>'
    )


def share(ratio: float | None, label: object = None) -> SafeString:
    """The bar of a share; anything above nothing stays visible."""
    length = max(part_of(ratio, SHARE), 2) if ratio else 0
    said = safe(label) if label else formats.percent(ratio or 0, 1)
    return SafeString(
        f'<span class="gb-shareline"><svg class="gb-share" viewBox="0 0 {SHARE} 6" aria-hidden="true">'
        f'<rect class="gb-track" width="{SHARE}" height="6" rx="3"/>'
        f'<rect class="gb-fill" width="{length}" height="6" rx="3"/></svg>'
        f'<span class="num">{said}</span></span>'
    )

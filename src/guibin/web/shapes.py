"""What components work out before they are drawn: lengths of bars, parts of a field, pages of a pager."""

from typing import Any

from django import forms

from guibin.core.paging import Page

BAR = 1000
SHARE = 92
KEYBOARDS = frozenset({"tel", "numeric", "decimal", "email", "url", "search", "text"})
WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
)


def part_of(ratio: Any, whole: int) -> int:
    """A part of ``whole``, kept inside it."""
    return round(min(max(float(ratio or 0), 0.0), 1.0) * whole)


def pace_parts(values: dict[str, Any]) -> dict[str, Any]:
    """Bar and tick of a target: full length is the target itself, or the value when it is beyond."""
    ratio, expected = float(values["ratio"] or 0), values["expected"]
    scale = max(ratio, 1.0)
    tick = None if expected is None else part_of(float(expected) / scale, BAR)
    behind = values["behind"]
    if behind is None:
        behind = expected is not None and ratio < float(expected)
    return {**values, "length": part_of(ratio / scale, BAR), "tick": tick, "behind": behind, "whole": BAR}


def job_parts(values: dict[str, Any]) -> dict[str, Any]:
    """A job and whether it still runs; the polling stops with it."""
    state = _read(values["job"], "state") or "running"
    return {**values, "state": state, "live": state in {"waiting", "running"}}


def _read(thing: Any, key: str) -> Any:
    return thing.get(key) if isinstance(thing, dict) else getattr(thing, key, None)


def field_parts(values: dict[str, Any]) -> dict[str, Any]:
    """A form field with the widget drawn: its class, and the keyboard a phone should show."""
    bound: forms.BoundField = values["field"]
    widget = bound.field.widget
    attributes: dict[str, str | bool] = {
        "class": next((name for kind, name in WIDGET_CLASSES if isinstance(widget, kind)), "form-control")
    }
    keyboard = values.get("keyboard")
    if keyboard:
        if keyboard not in KEYBOARDS:
            raise ValueError(f"no keyboard called {keyboard}")
        attributes["inputmode"] = keyboard
    boxed = isinstance(widget, forms.CheckboxInput)
    many = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    if many:
        widget.attrs.setdefault("class", "form-check-input")  # this form's own copy of the widget
        return {**values, "bound": bound, "many": True, "boxed": False, "options": list(bound.subwidgets)}
    return {
        **values,
        "bound": bound,
        "widget": bound.as_widget(attrs=attributes),
        "boxed": boxed,
        "many": False,
    }


def pager_parts(values: dict[str, Any]) -> dict[str, Any]:
    """First, last and the pages around the current one; None marks a gap."""
    page: Page[Any] = values["page"]
    near = {1, page.pages, *range(page.number - 1, page.number + 2)}
    shown: list[int | None] = []
    for number in sorted(number for number in near if 1 <= number <= page.pages):
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return {**values, "numbers": shown}

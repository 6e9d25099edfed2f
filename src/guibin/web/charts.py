"""Charts as values: what is shown, its unit and period, where each bar leads, and the table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from guibin.core.errors import Text
from guibin.web import formats

ChartKind = Literal["line", "bar", "heatmap", "sankey", "curve"]
SeriesRole = Literal["now", "before", "target", "other"]
FlowRole = Literal["better", "worse", "same"]
ValueFormat = Literal["number", "money", "percent"]
Value = int | float | None


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars. ``role``: now is thick pine, before thin grey, target dashed."""

    name: Text
    values: Sequence[Value]
    role: SeriesRole = "other"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map: column ``x`` and row ``y`` (indexes), in ``facet`` where there are several."""

    x: int
    y: int
    value: Value
    url: str = ""
    facet: int = 0
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """How many went from ``source`` to ``target``."""

    source: Text
    target: Text
    value: Value
    url: str = ""
    role: FlowRole = "same"


@dataclass(frozen=True, slots=True)
class Mark:
    """A named point of a curve."""

    x: float
    y: float
    label: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """See the README for which fields each kind uses. ``title`` is the finding; values are in ``unit``.

    With ``format="money"`` values are major units; with "percent" they are shares from 0 to 1.
    ``axis`` names what runs along the bottom, ``vertical`` what runs upwards.
    """

    kind: ChartKind
    title: Text
    unit: Text = ""
    period: Text = ""
    note: Text = ""
    categories: Sequence[Text] = ()
    rows: Sequence[Text] = ()
    facets: Sequence[Text] = ()
    series: Sequence[Series] = ()
    cells: Sequence[Cell] = ()
    flows: Sequence[Flow] = ()
    points: Sequence[tuple[float, float]] = ()
    marks: Sequence[Mark] = ()
    links: Sequence[str] = ()
    axis: Text = ""
    vertical: Text = ""
    format: ValueFormat = "number"
    digits: int | None = None
    horizontal: bool = False
    stacked: bool = False
    area: bool = False
    height: Literal["s", "m", "l"] = "m"
    id: str = ""

    def write(self, value: Value) -> str:
        """One value, as the chart's table and tooltips say it."""
        if value is None:
            return "\u2013"
        if self.format == "percent":
            return formats.percent(value, 1 if self.digits is None else self.digits)
        text = formats.number(value, self.digits)
        return f"¥{text}" if self.format == "money" else text


@dataclass(frozen=True, slots=True)
class TableCell:
    text: str
    url: str = ""
    raw: Value = None


def chart_context(values: dict[str, Any]) -> dict[str, Any]:
    """What the chart component draws: the option spec for the browser and the table."""
    chart: Chart = values["chart"]
    headings, rows = chart_table(chart)
    identity = chart.id or f"chart-{abs(hash((str(chart.title), chart.kind, len(rows)))) % 10**8}"
    spec = chart_spec(chart)
    file = {
        "title": str(chart.title),
        "headings": headings,
        "rows": [[cell.text if cell.raw is None else cell.raw for cell in row] for row in rows],
    }
    return {**values, "id": identity, "spec": spec, "headings": headings, "rows": rows, "file": file}


def chart_spec(chart: Chart) -> dict[str, Any]:
    """The chart as JSON values, every text in the active language."""
    return {
        "kind": chart.kind,
        "title": str(chart.title),
        "unit": str(chart.unit),
        "format": chart.format,
        "digits": chart.digits,
        "categories": [str(name) for name in chart.categories],
        "rows": [str(name) for name in chart.rows],
        "facets": [str(name) for name in chart.facets],
        "series": [{"name": str(s.name), "values": list(s.values), "role": s.role} for s in chart.series],
        "cells": [
            {"x": c.x, "y": c.y, "value": c.value, "url": c.url, "facet": c.facet, "outlined": c.outlined}
            for c in chart.cells
        ],
        "flows": [
            {"source": str(f.source), "target": str(f.target), "value": f.value, "url": f.url, "role": f.role}
            for f in chart.flows
        ],
        "points": [list(point) for point in chart.points],
        "marks": [{"x": m.x, "y": m.y, "label": str(m.label)} for m in chart.marks],
        "links": list(chart.links),
        "axis": str(chart.axis),
        "vertical": str(chart.vertical),
        "horizontal": chart.horizontal,
        "stacked": chart.stacked,
        "area": chart.area,
        "words": {"open": _("click for the list")},
    }


def chart_table(chart: Chart) -> tuple[list[str], list[list[TableCell]]]:
    """Headings and rows that say the same as the drawing."""
    return TABLES[chart.kind](chart)


def _series_table(chart: Chart) -> tuple[list[str], list[list[TableCell]]]:
    links = list(chart.links) + [""] * len(chart.categories)
    rows = []
    for index, category in enumerate(chart.categories):
        values = [s.values[index] if index < len(s.values) else None for s in chart.series]
        rows.append(
            [TableCell(str(category), links[index])] + [TableCell(chart.write(v), raw=v) for v in values]
        )
    return [str(chart.axis), *(str(s.name) for s in chart.series)], rows


def _cells_table(chart: Chart) -> tuple[list[str], list[list[TableCell]]]:
    rows = []
    for cell in chart.cells:
        names = [str(chart.facets[cell.facet])] if chart.facets else []
        names += [str(chart.rows[cell.y]), str(chart.categories[cell.x])]
        rows.append(
            [TableCell(name) for name in names] + [TableCell(chart.write(cell.value), cell.url, cell.value)]
        )
    facet = [_("Group")] if chart.facets else []
    return [*facet, str(chart.vertical), str(chart.axis), str(chart.unit)], rows


def _flows_table(chart: Chart) -> tuple[list[str], list[list[TableCell]]]:
    rows = [
        [TableCell(str(f.source)), TableCell(str(f.target)), TableCell(chart.write(f.value), f.url, f.value)]
        for f in chart.flows
    ]
    return [_("From"), _("To"), str(chart.unit)], rows


def _points_table(chart: Chart) -> tuple[list[str], list[list[TableCell]]]:
    shown = chart.points if len(chart.points) <= 21 else chart.points[:: max(1, len(chart.points) // 20)]
    rows = [
        [TableCell(formats.percent(x, 1), raw=x), TableCell(formats.percent(y, 1), raw=y)] for x, y in shown
    ]
    return [str(chart.axis), str(chart.vertical)], rows


TABLES = {
    "line": _series_table,
    "bar": _series_table,
    "heatmap": _cells_table,
    "sankey": _flows_table,
    "curve": _points_table,
}

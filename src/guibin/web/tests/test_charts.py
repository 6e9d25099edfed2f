import json
from typing import Any

import pytest
from django.utils import translation

from guibin.web import gallery
from guibin.web.charts import Chart, Flow, Series, chart_context, chart_spec, chart_table


@pytest.mark.parametrize("index", range(5))
def test_every_kind_is_json_and_has_its_table(index: int) -> None:
    with translation.override("en"):
        chart = gallery.charts()[index]
        spec: dict[str, Any] = json.loads(json.dumps(chart_spec(chart)))
        headings, rows = chart_table(chart)
    assert spec["kind"] == chart.kind
    assert rows
    assert all(len(row) == len(headings) for row in rows)


def test_the_table_says_what_the_drawing_says() -> None:
    with translation.override("en"):
        chart = Chart(
            kind="bar",
            title="a",
            categories=["x", "y"],
            series=[Series("n", [1200, None])],
            links=["/x"],
            format="money",
            digits=2,
        )
        _headings, rows = chart_table(chart)
    assert [(cell.text, cell.url) for cell in rows[0]] == [("x", "/x"), ("¥1,200.00", "")]
    assert rows[1][1].text == "–"


def test_the_file_holds_plain_numbers() -> None:
    chart = Chart(kind="sankey", title="a", unit="people", flows=[Flow("a", "b", 1720)])
    assert chart_context({"chart": chart})["file"]["rows"] == [["a", "b", 1720]]

"""Every file of the corpus gets the report it must get, and costs no more than it may."""

import io
import json
import resource
import time
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
import xlsxwriter
from django.utils import translation

from guibin.integrations.errors import REFUSALS, told
from guibin.integrations.files import reader
from guibin.integrations.files.limits import Limits
from guibin.integrations.files.process import read_file
from guibin.integrations.files.refusal import Refused
from guibin.integrations.files.sheets import sheet_bytes
from guibin.integrations.mapping.styles import decide_style
from guibin.integrations.mapping.suggest import suggest
from guibin.integrations.mapping.targets import known_headings, targets_of
from guibin.integrations.staging.cleaners import Style
from guibin.integrations.staging.lines import LineStager
from guibin.integrations.staging.plan import Plan, Typist
from guibin.integrations.staging.verdicts import Staged
from guibin.integrations.tests.corpus import CASES, HEAD, Case

HOSTILE = (
    "refused huge cell",
    "refused million columns",
    "refused zip bomb",
    "refused gz bomb",
    "refused open quote",
)


def read_here(case: Case) -> tuple[dict[str, Any], list[pa.RecordBatch]]:
    """In this very process, for speed; the bounded process is tried below."""
    out = io.BytesIO()
    options = {"known": sorted(known_headings()), **case.options}
    found = reader.inspect(io.BytesIO(case.make()), options, Limits(), out)
    out.seek(0)
    return found, list(pa.ipc.open_stream(out))


def report(case: Case) -> tuple[dict[str, Any], list[str]]:
    """What becomes of each row, in order."""
    found, batches = read_here(case)
    targets = targets_of(case.kind)
    columns = []
    for place, suggestion in enumerate(suggest(case.kind, found["columns"], found["profile"])):
        if suggestion.target:
            style = decide_style(targets[suggestion.target].type, found["profile"][place])
            columns.append((place, suggestion.target, Style.from_json(style.data)))
    plan = Plan(case.kind, columns, ZoneInfo("Asia/Shanghai"), "CNY")
    typist, stager = Typist(plan), LineStager(plan)
    outcomes: dict[int, str] = {}
    for batch in batches:
        staged = stager.stage(batch, typist.type(batch))
        outcomes |= _rows(batch, staged)
    return found, [outcomes[row] for row in sorted(outcomes)]


def _rows(batch: pa.RecordBatch, staged: Staged) -> dict[int, str]:
    """The outcome of each row from what was staged; rows left out are told by their count alone."""
    known: dict[int, str] = {}
    for stream, word in (("lines", "sale"), ("refunds", "refund")):
        if stream in staged.streams:
            known |= dict.fromkeys(staged.streams[stream]["row"].to_pylist(), word)
    if staged.rejects is not None:
        known |= {r["row"]: f"rejected_{r['reason']}" for r in staged.rejects.to_pylist()}
    others = [
        code
        for code, n in staged.counts.items()
        if code.startswith(("skipped", "excluded"))
        for _ in range(n)
    ]
    missing = [row for row in batch.column(0).to_pylist() if row not in known]
    assert len(missing) == len(others)
    return known | dict(zip(missing, others, strict=True))


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 120


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if not case.refused and "any" not in case.rows]
)
def test_each_row_gets_its_outcome(name: str) -> None:
    case = CASES[name]
    found, outcomes = report(case)
    assert tuple(outcomes) == case.rows
    if case.columns is not None:
        assert found["width"] == case.columns


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if case.refused and name not in HOSTILE]
)
def test_a_file_is_refused_with_its_reason(name: str) -> None:
    case = CASES[name]
    with pytest.raises(Refused) as refusal:
        read_here(case)
    assert refusal.value.code == case.refused


@pytest.mark.parametrize("name", [*HOSTILE, "xlsx", "encoding gbk zip", "refused half gz"])
def test_the_bounded_process_says_the_same(name: str, tmp_path: Any) -> None:
    case = CASES[name]
    path = tmp_path / "file"
    path.write_bytes(case.make())
    batches: list[pa.RecordBatch] = []
    started = time.monotonic()
    with path.open("rb") as file:
        if case.refused:
            with pytest.raises(Refused) as refusal:
                read_file(file, {}, Limits(), batches.append)
            assert refusal.value.code == case.refused
        else:
            found = read_file(file, {"known": sorted(known_headings())}, Limits(), batches.append)
            assert found["rows"] == len(case.rows) == sum(batch.num_rows for batch in batches)
    assert time.monotonic() - started < 60


def test_memory_of_the_reading_process_is_bounded(tmp_path: Any) -> None:
    path = tmp_path / "wide.csv"
    line = ",".join(["x" * 9] * 900) + "\n"
    path.write_text(line * 3000)
    with path.open("rb") as file, pytest.raises(Refused) as refusal:
        read_file(file, {}, Limits(memory_bytes_max=60 << 20), lambda _batch: None)
    assert refusal.value.code in {"too_much_memory", "reader_stopped"}


def test_rows_beyond_the_limit_are_refused() -> None:
    data = b"a,b\n" + b"1,2\n" * 50
    with pytest.raises(Refused) as refusal:
        reader.inspect(io.BytesIO(data), {}, Limits(rows_max=20), io.BytesIO())
    assert refusal.value.code == "too_many_rows"


@pytest.mark.parametrize(
    "name", [name for name, case in CASES.items() if name.startswith("xlsx") and case.rows]
)
def test_a_large_worksheet_is_streamed_and_says_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    at_once = [batch.to_pylist() for batch in read_here(case)[1]]
    monkeypatch.setattr(reader, "SHEET_BYTES_AT_ONCE", 0)
    assert [batch.to_pylist() for batch in read_here(case)[1]] == at_once


@pytest.mark.parametrize(
    "name", ["refused million columns xlsx", "refused entities", "refused headings only xlsx"]
)
def test_a_large_hostile_worksheet_is_refused_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SHEET_BYTES_AT_ONCE", 0)
    with pytest.raises(Refused) as refusal:
        read_here(CASES[name])
    assert refusal.value.code == CASES[name].refused


def test_a_workbook_of_many_rows_stays_within_the_memory_of_the_process(tmp_path: Any) -> None:
    """Texts that are all different, in a sheet that is unpacked to more than what is read at once."""
    path = tmp_path / "large.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for place, heading in enumerate(HEAD):
        sheet.write(0, place, heading)
    rows = 90_000
    for number in range(1, rows + 1):
        for place, cell in enumerate([f"A{number}", f"V{number % 900}", "2024-05-03", "K-01", 2, 19.5]):
            sheet.write(number, place, cell)
        sheet.write(number, 6, "备注" * 120)
    book.close()
    with path.open("rb") as file:
        assert sheet_bytes(file) > reader.SHEET_BYTES_AT_ONCE
        found = read_file(file, {"known": sorted(known_headings())}, Limits(), lambda _batch: None)
    assert found["rows"] == rows


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_refusal_is_said_in_both_languages(language: str) -> None:
    data = {"format": "PDF", "count": 2, "limit": 64, "ratio": 100, "megabytes": 5, "row": 7, "encoding": "x"}
    with translation.override(language):
        for code in {case.refused for case in CASES.values() if case.refused} | set(REFUSALS):
            sentence = told(code, data)
            assert sentence
            assert any("\u4e00" <= char <= "\u9fff" for char in sentence) == (language == "zh-hans"), sentence
            assert "%(" not in sentence


def test_mojibake_is_pointed_out_and_repaired() -> None:
    good = "姓名,手机,地址\n张伟,13800000001,上海市徐汇区\n王芳,13800000002,北京市朝阳区\n"
    for misread in ("gb18030", "latin-1"):
        garbled = good.encode().decode(misread, "replace").encode()
        found = reader.inspect(io.BytesIO(garbled), {}, Limits(), io.BytesIO())
        assert found["mojibake"] is not None
    garbled = good.encode().decode("latin-1").encode()
    found = reader.inspect(io.BytesIO(garbled), {"repair": ["latin-1", "utf-8"]}, Limits(), io.BytesIO())
    assert found["columns"] == ["姓名", "手机", "地址"]


def test_what_the_process_finds_can_be_kept_as_json() -> None:
    found, _batches = read_here(CASES["xlsx"])
    assert json.loads(json.dumps(found))["rows"] == 4


def test_a_misfit_row_of_undecodable_bytes_is_reported_like_any_other() -> None:
    data = "甲,乙\n1,2\n".encode() + b"3,\xff\xfe,5,6\n7,8\n"
    out = io.BytesIO()
    reader.inspect(io.BytesIO(data), {"encoding": "utf-8", "header": 1}, Limits(), out)
    out.seek(0)
    (batch,) = list(pa.ipc.open_stream(out))
    assert batch.column(1).to_pylist() == [None, "cells_too_many", None]
    assert batch.column(3).to_pylist() == ["2", "��", "8"]


def test_reading_in_an_unbound_process_leaves_its_limits_alone() -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    reader.inspect(io.BytesIO("姓名,手机\n张伟,13800138000\n".encode()), {}, Limits(), io.BytesIO())
    assert resource.getrlimit(resource.RLIMIT_CPU) == before

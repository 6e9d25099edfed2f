import csv
import io
import unicodedata
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from guibin.web.spreadsheets import csv_chunks, safe_text, xlsx_chunks

PAYLOADS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u200d=1+1",
    "\u2060=1+1",
    "\xad=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    " =1+1",
    "\xa0=1+1",
    "\u3000=1+1",
    "\u202e=1+1",
    "﹦1+1",
    "﹢1+1",
    "﹣1",
    "﹫x",
    "−1+1",
    "\u0301=1+1",
    "\x0b=1",
    "\x7f=1",
    "\u2066=1+1",
    "\U000e0020=1+1",
    "‐1+1",
    "–1+1",
    "\ufe0f=1+1",
    "\u115f=1",
    "\x1b=1",
    "\u034f=1+1",
    "⁺1+1",
    "₌1",
    "⁻1",
]


def starts_active(text: str) -> bool:
    """Judged on its own: normalise the whole cell, drop what cannot be seen, look at the first sign."""
    normal = unicodedata.normalize("NFKC", text)
    seen = [
        s for s in normal if unicodedata.category(s) not in {"Cf", "Cc", "Mn", "Me", "Zs", "Zl", "Zp", "Cn"}
    ]
    return bool(seen) and seen[0] in "=+-@"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_stays_text_in_both_kinds_of_file(payload: str) -> None:
    content = b"".join(csv_chunks(["a"], [[payload]])).decode("utf-8-sig")
    cell = next(iter(list(csv.reader(io.StringIO(content, newline="")))[1:]))[0]
    assert not starts_active(cell)
    assert cell[:1] not in {"\t", "\r", "\n", "\x00"}
    book = b"".join(xlsx_chunks("a", ["a"], [[payload]]))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert not starts_active(str(rows[1][0]))


@given(st.text(max_size=40))
def test_no_text_ever_starts_a_formula(text: str) -> None:
    assert not starts_active(safe_text(text))


@pytest.mark.parametrize(
    "text", ["林婉清", "13800004417", "a|b", "O'Neil", "100%", "", "第一行\n第二行", "a=b", "x-1"]
)
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_numbers_days_and_phones_keep_their_kind() -> None:
    at = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    row = ["013800004417", Decimal("-12.50"), 7, date(2026, 2, 28), at, True, None]
    book = b"".join(xlsx_chunks("a", list("abcdefg"), [row]))
    found = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()[1]
    assert found[:4] == ["013800004417", -12.5, 7, date(2026, 2, 28)]
    assert found[4] == datetime(2026, 11, 23, 10, 5)  # noqa: DTZ001 - spreadsheets know no zone
    assert found[5] is True
    line = b"".join(csv_chunks(["a"], [row])).decode("utf-8-sig").splitlines()[1]
    assert line == '"013800004417","-12.50","7","2026-02-28","2026-11-23 10:05:00","True",""'


def test_many_rows_come_in_pieces() -> None:
    pieces = list(csv_chunks(["n"], ([n] for n in range(2000))))
    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 2001


def test_a_sheet_name_is_made_valid() -> None:
    book = b"".join(xlsx_chunks("a/b:[c]*?'" + "x" * 40, ["n"], []))
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names[0].startswith("abcx")

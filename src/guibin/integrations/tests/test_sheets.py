"""Large worksheets that are damaged are refused in words, whatever the damage."""

import io
import zipfile

import pytest

from guibin.integrations.files.limits import Limits
from guibin.integrations.files.refusal import Refused
from guibin.integrations.files.sheets import stream_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
        '<sheet name="S" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Target="sheet.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmt numFmtId="170" formatCode="0"/></styleSheet>',
    "xl/sheet.xml": (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>Cup, blue</v></c></row>'
        "</sheetData></worksheet>"
    ),
}


def book(**changed: str) -> bytes:
    """A workbook with one cell; ``changed`` are (what stands in it, what stands there instead) by part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            was, is_ = changed.get(name.rpartition("/")[2].partition(".")[0], "|").split("|")
            archive.writestr(name, text.replace(was, is_) if was else text)
    return out.getvalue()


def rows(content: bytes) -> list[tuple[int, list[str]]]:
    return [
        (number, list(cells))
        for number, cells in stream_sheet(io.BytesIO(content), sheet="S", limits=Limits())
    ]


def test_a_whole_one_is_read() -> None:
    assert rows(book()) == [(1, ["Cup, blue"])]


@pytest.mark.parametrize(
    "content",
    [
        book(sheet='r="1"|r="one"'),
        book(styles='"170"|"x"'),
        book(styles="numFmtId=|id="),
        book(sheet="</row>|"),
        book(sheet='t="str"|t="s"'),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="broken_workbook"):
        rows(content)


def test_packed_bytes_that_are_damaged_are_refused() -> None:
    content = bytearray(book())
    at = content.index(b"xl/sheet.xml") + len("xl/sheet.xml")
    content[at : at + 12] = b"\xff" * 12
    with pytest.raises(Refused, match="broken_workbook"):
        rows(bytes(content))

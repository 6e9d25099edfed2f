"""A corpus of files as strangers have them, each with the report it must get, row by row.

``CASES`` maps a name to (bytes, kind, expected): expected is a refusal code, or the outcome of each
data row in the file's order. All people and shops are invented.
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import xlsxwriter

OK = "sale"


@dataclass(frozen=True)
class Case:
    make: Callable[[], bytes]
    kind: str = "order_lines"
    refused: str = ""
    rows: tuple[str, ...] = ()
    columns: int | None = None
    options: dict[str, object] = field(default_factory=dict)


CASES: dict[str, Case] = {}
HEAD = ["订单号", "客户编号", "下单时间", "商品编码", "数量", "单价"]
ROWS = [
    ["A1001", "V001", "2024-05-03 10:11:12", "K-01", "2", "19.90"],
    ["A1001", "V001", "2024-05-03 10:11:12", "K-02", "1", "5.00"],
    ["A1002", "", "2024-05-04 09:00:00", "K-01", "3", "19.90"],
    ["A1003", "V002", "2024-05-20 18:30:00", "K-03", "-1", "88.00"],
]
GOOD = (OK, OK, OK, "refund")
TRADITIONAL = str.maketrans(
    {
        "订": "訂",
        "单": "單",
        "号": "號",
        "户": "戶",
        "编": "編",
        "时": "時",
        "间": "間",
        "数": "數",
        "价": "價",
        "码": "碼",
    }
)


def text(
    rows: list[list[str]] = ROWS, head: list[str] | None = None, *, mark: str = ",", newline: str = "\n"
) -> str:
    head = HEAD if head is None else head

    def quote(cell: str) -> str:
        return f'"{cell}"' if mark in cell or '"' in cell or "\n" in cell else cell

    lines = [mark.join(quote(cell) for cell in row) for row in ([head] if head else []) + rows]
    return newline.join(lines) + newline


def zipped(data: bytes, name: str = "orders.csv", *, more: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
        for number in range(more):
            archive.writestr(f"readme{number}.md", "x")
    return out.getvalue()


def add(name: str, make: Callable[[], bytes] | bytes, **more: object) -> None:
    assert name not in CASES
    given = make if callable(make) else (lambda: make)
    CASES[name] = Case(given, **more)  # type: ignore[arg-type]


def row(**changes: str) -> list[str]:
    names = dict(zip(("number", "customer", "when", "sku", "quantity", "price"), range(6), strict=True))
    cells = list(ROWS[0])
    for name, value in changes.items():
        cells[names[name]] = value
    return cells


# encodings × packings
for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"):
    body = text().translate(TRADITIONAL) if encoding == "big5" else text()
    data = (body * 1).encode(encoding)
    add(f"encoding {encoding}", data, rows=GOOD)
    add(f"encoding {encoding} gz", gzip.compress(data), rows=GOOD)
    add(f"encoding {encoding} zip", zipped(data), rows=GOOD)
# separators × line ends
for title, mark in (("comma", ","), ("tab", "\t"), ("semicolon", ";"), ("bar", "|")):
    for ending, newline in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        add(f"separator {title} {ending}", text(mark=mark, newline=newline).encode(), rows=GOOD)
add("separator mixed line ends", text().replace("\n", "\r\n", 2).encode(), rows=GOOD)
add("separator said by Excel", ("sep=;\n" + text(mark=";")).encode(), rows=GOOD)
add("quoted newline in a cell", text([row(sku="K\n01"), *ROWS[1:]]).encode(), rows=GOOD)
add("no newline at the end", text().rstrip("\n").encode(), rows=GOOD)
add("blank lines between", text().replace("\n", "\n\n").encode(), rows=GOOD)
# dates of a whole column
DATES = {
    "zh": ["2024年5月3日", "2024年12月31日"],
    "slash": ["2024/5/3", "2024/12/31"],
    "dots": ["2024.5.3", "2024.12.31"],
    "compact": ["20240503", "20241231"],
    "day first": ["03/05/2024", "31/12/2024"],
    "month first": ["05/03/2024", "12/31/2024"],
    "two-digit year": ["24-05-03", "24-12-31"],
    "serial": ["45415", "45657"],
    "serial with time": ["45415.5", "45657.25"],
    "iso T": ["2024-05-03T10:11:12", "2024-12-31T23:59:59"],
    "pm zh": ["2024/5/3 下午 3:20:11", "2024/12/31 上午 9:00:00"],
    "am pm": ["5/3/2024 3:20 PM", "12/31/2024 9:00 AM"],
    "named month": ["3 May 2024", "31 Dec 2024"],
    "full width": ["２０２４－０５－０３", "２０２４－１２－３１"],
    "zh with time": ["2024年5月3日 15时20分", "2024年12月31日 09时00分"],
}
for title, (first, second) in DATES.items():
    add(f"date {title}", text([row(when=first), row(number="A2", when=second)]).encode(), rows=(OK, OK))
add(
    "date mixed orders",
    text([row(when="31/12/2024"), row(when="12/31/2024"), row(when="05/06/2024")]).encode(),
    rows=(OK, OK, "rejected_date_ambiguous"),
)
BAD_DATES = {
    "30 February": ("2024-02-30", "date_impossible"),
    "a word": ("昨天", "date_unreadable"),
    "year 1066": ("1066-10-14", "date_out_of_range"),
    "empty": ("", "date_missing"),
}
for title, (value, code) in BAD_DATES.items():
    add(f"bad date {title}", text([*ROWS, row(when=value)]).encode(), rows=(*GOOD, f"rejected_{code}"))
# numbers
NUMBERS = [
    "1,234.56",
    "¥1,234.56",
    "1234.56元",
    "1.2万",
    "１２３４．５６",
    "(1234.56)",
    "1234.56-",
    "￥ 88",
    "1 234.56",
    "+5.00",
    "RMB 12",
    "0.10",
]
for value in NUMBERS:
    want = "refund" if value.startswith("(") or value.endswith("-") else OK
    add(f"amount {value}", text([*ROWS, row(number="A9", price=value)]).encode(), rows=(*GOOD, want))
add(
    "amount comma decimals",
    text([row(price="1.234,56"), row(price="99,50"), row(price="7,25")], mark=";").encode(),
    rows=(OK,) * 3,
)
BAD_NUMBERS = {
    "words": ("免费", "number_unreadable"),
    "too many decimals": ("1.12345678", "too_many_decimals"),
    "huge": ("9" * 20, "number_too_large"),
    "two points": ("1.2.3", "number_unreadable"),
    "empty": ("", "amount_missing"),
}
for title, (value, code) in BAD_NUMBERS.items():
    add(f"bad amount {title}", text([*ROWS, row(price=value)]).encode(), rows=(*GOOD, f"rejected_{code}"))
# headings
add("title line", ("销售明细表,,,,,\n" + text()).encode(), rows=GOOD, columns=6)
add(
    "three title lines", ("某某商贸有限公司\n销售明细表\n2024年5月\n" + text()).encode(), rows=GOOD, columns=6
)
add("empty heading", text([[*r, "x"] for r in ROWS], [*HEAD, ""]).encode(), rows=GOOD, columns=7)
add("repeated heading", text([[*r, "x"] for r in ROWS], [*HEAD, "单价"]).encode(), rows=GOOD, columns=7)
add("headings with blanks", text(head=[f" {h} " for h in HEAD]).encode(), rows=GOOD)
add("headings full width", text(head=["订单号：", *HEAD[1:]]).encode(), rows=GOOD)
add(
    "headings english",
    text(head=["Invoice No", "Customer ID", "Order Date", "SKU", "Qty", "Unit Price"]).encode(),
    rows=GOOD,
)
add("headings traditional", text(head=[h.translate(TRADITIONAL) for h in HEAD]).encode(), rows=GOOD)
add("empty last column", text([[*r, ""] for r in ROWS], [*HEAD, ""]).encode(), rows=GOOD, columns=6)
# single rows that are no data, or broken
EXTRA = {
    "blank row": (",,,,,", "skipped_blank"),
    "headings again": (",".join(HEAD), "skipped_heading_again"),
    "total row zh": ("合计,,,,8,500.00", "skipped_total"),
    "total row en": ("Total,,,,8,500.00", "skipped_total"),
    "too few cells": ("A1,V1,2024-05-03", "rejected_cells_too_few"),
    "too many cells": ("A1,V1,2024-05-03,K,1,2,3,4", "rejected_cells_too_many"),
    "extra empty cells": ("A1,V1,2024-05-03,K,1,2,,", OK),
    "NUL": ("A1,V\x001,2024-05-03,K,1,2", "rejected_nul"),
    "formula": ("A1,=SUM(A1:A9),2024-05-03,K,1,2", "rejected_formula"),
    "formula at": ("A1,@SUM(A1),2024-05-03,K,1,2", "rejected_formula"),
    "command": ("A1,+cmd|'/c calc'!A1,2024-05-03,K,1,2", "rejected_formula"),
    "sheet error": ("A1,#REF!,2024-05-03,K,1,2", "rejected_formula_error"),
    "armoured text": ('A1,"=""00123""",2024-05-03,K,1,2', OK),
    "exponent id": ("A1,1.10101E+17,2024-05-03,K,1,2", "rejected_id_exponent"),
    "exponent order": ("1.1E+17,V1,2024-05-03,K,1,2", "rejected_id_exponent"),
    "full-width id": ("Ａ１,Ｖ００１,2024-05-03,K,1,2", OK),
    "float id": ("A1,12346.0,2024-05-03,K,1,2", OK),
    "no order number": (",V1,2024-05-03,K,1,2", "rejected_number_missing"),
    "quantity zero": ("A1,V1,2024-05-03,K,0,2", "rejected_quantity_zero"),
    "both negative": ("A1,V1,2024-05-03,K,-1,-2", "rejected_both_negative"),
    "negative price": ("A1,V1,2024-05-03,K,1,-2", "refund"),
    "free gift": ("A1,V1,2024-05-03,K,1,0", OK),
    "stock write-off": ("A1,,2024-05-03,K,-5,0", "excluded_stock_write_off"),
    "no price no customer": ("A1,,2024-05-03,K,5,0", "excluded_no_price_no_customer"),
    "too long a code": ("A" * 130 + ",V1,2024-05-03,K,1,2", "rejected_text_too_long"),
    "quotes inside": ('A1,"V""1""",2024-05-03,K,1,2', OK),
    "minus sign id": ("-A1,V1,2024-05-03,K,1,2", OK),
}
for title, (line, outcome) in EXTRA.items():
    add(f"row {title}", (text() + line + "\n").encode(), rows=(*GOOD, outcome))
add(
    "row undecodable byte",
    text().encode() + b"A1,V\xff1,2024-05-03,K,1,2\n",
    rows=(*GOOD, "rejected_undecodable"),
    options={"encoding": "utf-8"},
)
# garbled text that can be put right
add(
    "mojibake utf-8 as gbk",
    text([row(sku="电话")], list(HEAD)).encode("utf-8").decode("gb18030", "replace").encode("utf-8"),
    rows=("any",),
    options={"header": 1},
)
# workbooks


def workbook(
    rows: list[list[object]],
    head: list[str] = HEAD,
    *,
    title: str = "",
    sheets: tuple[str, ...] = ("销售",),
    formula: bool = False,
) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in sheets:
        sheet = book.add_worksheet(name)
        start = 0
        if title:
            sheet.write(0, 0, title)
            start = 2
        for at, cells in enumerate([head, *rows], start=start):
            for place, cell in enumerate(cells):
                sheet.write(at, place, cell)
        if formula:
            sheet.write_formula(start + len(rows) + 1, 0, "=A2", None, "A7777")
            for place, cell in enumerate(["V001", "2024-05-03", "K-01", 1, 2.5], start=1):
                sheet.write(start + len(rows) + 1, place, cell)
    book.close()
    return out.getvalue()


TYPED: list[list[object]] = [[a, b, c, d, int(q), float(p)] for a, b, c, d, q, p in ROWS]
add("xlsx", lambda: workbook(TYPED), rows=GOOD)
add("xlsx texts", lambda: workbook([list(r) for r in ROWS]), rows=GOOD)
add("xlsx with title", lambda: workbook(TYPED, title="销售明细表"), rows=GOOD)
add("xlsx two sheets", lambda: workbook(TYPED, sheets=("一月", "二月")), rows=GOOD)
add(
    "xlsx second sheet",
    lambda: workbook(TYPED, sheets=("一月", "二月")),
    rows=GOOD,
    options={"sheet": "二月"},
)
add("xlsx in a zip", lambda: zipped(workbook(TYPED), "book.xlsx"), rows=GOOD)
add(
    "xlsx number as id",
    lambda: workbook([*TYPED, [1.1e17, "V1", "2024-05-03", "K", 1, 2.0]]),
    rows=(*GOOD, "rejected_id_exponent"),
)
add(
    "xlsx whole numbers as ids",
    lambda: workbook([*TYPED, [1001, 13085, "2024-05-03", 22041, 1, 2.0]]),
    rows=(*GOOD, OK),
)
add("xlsx cached formula", lambda: workbook(TYPED, formula=True), rows=(*GOOD, OK))
add("xlsx unknown sheet", lambda: workbook(TYPED), refused="sheet_unknown", options={"sheet": "无"})
# files refused as a whole


def encrypted_zip() -> bytes:
    data = bytearray(zipped(text().encode()))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic) + offset
        (flags,) = struct.unpack_from("<H", data, place)
        struct.pack_into("<H", data, place, flags | 1)
    return bytes(data)


def entity_workbook() -> bytes:
    out = io.BytesIO()
    head = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    bomb = head + "<worksheet>&b;</worksheet>"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bomb)
    return out.getvalue()


def two_tables() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", text())
        archive.writestr("b.csv", text())
    return out.getvalue()


add("refused empty", b"", refused="empty")
add("refused empty gz", gzip.compress(b""), refused="empty")
add("refused pdf", b"%PDF-1.7 ...", refused="not_a_table")
add("refused png", b"\x89PNG\r\n\x1a\n" + b"x" * 50, refused="not_a_table")
add("refused html as xls", b"<html><table><tr><td>1</td></tr></table></html>", refused="not_a_table")
add("refused json", b'{"a": 1}', refused="not_a_table")
add(
    "refused xls or locked",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    refused="old_or_locked_workbook",
)
add("refused gz bomb", lambda: gzip.compress(b"a,b\n" + b"0" * (40 << 20)), refused="ratio")
add("refused zip bomb", lambda: zipped(b"a,b\n" + b"0" * (40 << 20)), refused="ratio")
add("refused zip of 65 files", lambda: zipped(text().encode(), more=64), refused="entries")
add("zip of 64 files", lambda: zipped(text().encode(), more=63), rows=GOOD)
add("refused encrypted zip", encrypted_zip, refused="locked_archive")
add("refused half gz", gzip.compress(text(ROWS * 500).encode())[:-400], refused="broken_archive")
add("refused half zip", zipped(text(ROWS * 500).encode())[:-400], refused="broken_archive")
add("refused nested", gzip.compress(gzip.compress(text().encode())), refused="nested_archive")
add("refused zip without table", zipped(b"hello", "readme.md"), refused="no_table_inside")
add("refused two tables", two_tables, refused="several_tables")
add("refused entities", entity_workbook, refused="entities")
add("refused broken workbook", lambda: workbook(TYPED)[:-300], refused="broken_archive")
add(
    "refused million columns",
    lambda: (",".join(f"c{i}" for i in range(1_000_000)) + "\n").encode(),
    refused="too_many_columns",
)
add(
    "refused 2,000 columns",
    lambda: (",".join("x" for i in range(2_000)) + "\n").encode(),
    refused="too_many_columns",
)
add(
    "refused huge cell",
    lambda: text().encode() + b'"' + b"x" * (100 << 20) + b'",1,2,3,4,5\n',
    refused="line_too_long",
)
add(
    "refused cell of 40,000",
    lambda: text().encode() + b"x" * 40_000 + b",1,2,3,4,5\n",
    refused="cell_too_long",
)
add(
    "refused open quote",
    lambda: text().encode() + b'"A1,V1,2024-05-03,K,1,2\n' + text(ROWS * 500).encode(),
    refused="cell_too_long",
)


def nested_zip() -> bytes:
    return zipped(zipped(text().encode()), "orders.zip")


add("refused zip in a zip", nested_zip, refused="nested_archive")
add("refused zip in a zip called csv", lambda: zipped(zipped(text().encode())), refused="nested_archive")
for title, name in (("up", "../../orders.csv"), ("root", "/etc/orders.csv"), ("drive", "C:\\orders.csv")):
    add(f"refused path leading {title}", zipped(text().encode(), name), refused="unsafe_name")
add("refused headings only", (",".join(HEAD) + "\n").encode(), refused="headings_only")
add("refused headings only xlsx", lambda: workbook([]), refused="headings_only")
add("refused program called csv", b"MZ\x90\x00\x03" + bytes(range(256)) * 40, refused="binary")
add("refused blank lines", b"\n\n\r\n  \n", refused="empty")
add(
    "refused million columns xlsx",
    lambda: workbook([], [f"c{i}" for i in range(2_000)]),
    refused="too_many_columns",
)
add("refused binary", b"\x00" * 4000, refused="binary")
add("refused encoding", text().encode(), refused="encoding_unknown", options={"encoding": "klingon"})

"""Rows of a large worksheet, streamed: an XLSX part is read tag by tag, so that memory holds its shared texts
and one row, not its cells.

ECMA-376 part 1: 18.3.1.4 cells (``t``: s, str, inlineStr, b, e, n, d), 18.4.8 shared strings, 18.8.30 number
formats (14–22, 27–36, 45–47, 50–58 are days and times). What it gives is what ``workbook`` gives.
"""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from guibin.integrations.files.delimited import Row
from guibin.integrations.files.limits import Limits
from guibin.integrations.files.refusal import Refused

PIECE_BYTES = 1 << 18
DAY_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
DAY_CODE = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
NOT_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
EPOCHS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001 - wall time
LETTERS = re.compile(r"[A-Z]+")
# No XML, cut off or damaged as an archive, or a number in it that is none.
BROKEN = (expat.ExpatError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError)
WIDTH_BELIEVED_MAX = 256  # beyond it a sheet often only says that all of it was formatted


def sheet_bytes(file: BinaryIO) -> int:
    """The size of the largest worksheet, unpacked."""
    with zipfile.ZipFile(file) as archive:
        return max(
            (part.file_size for part in archive.infolist() if part.filename.startswith("xl/worksheets/")),
            default=0,
        )


class _Reader:
    """Feeds an XML part to handlers; anything that is no plain XML is refused."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_args: object) -> None:
        raise Refused("entities")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.start(tag.rpartition(" ")[2], attributes)

    def _end(self, tag: str) -> None:
        self.end(tag.rpartition(" ")[2])

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Characters inside."""

    def steps(self) -> Iterator[None]:
        """One step per piece fed. Raises ``Refused``."""
        try:
            with self._archive.open(self._name) as part:
                while piece := part.read(PIECE_BYTES):
                    self.parser.Parse(piece, False)  # noqa: FBT003 - expat's own signature
                    yield
                self.parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
                yield
        except BROKEN as error:
            raise Refused("broken_workbook") from error

    def run(self) -> None:
        for _step in self.steps():
            pass


class _Texts(_Reader):
    """The shared strings in order; phonetic runs are left out."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive, "xl/sharedStrings.xml")
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._inside, self._phonetic = False, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._pieces = []
        self._inside = tag == "t"
        self._phonetic += tag == "rPh"

    def end(self, tag: str) -> None:
        if tag == "si":
            self.texts.append("".join(self._pieces))
        self._inside = False
        self._phonetic -= tag == "rPh"

    def text(self, text: str) -> None:
        if self._inside and not self._phonetic:
            self._pieces.append(text)


class _Styles(_Reader):
    """Which cell styles show a number as a day or time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive, "xl/styles.xml")
        self.of_day: list[bool] = []
        self._codes: dict[int, bool] = {}
        self._in_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            code = NOT_CODE.sub("", attributes.get("formatCode", ""))
            self._codes[int(attributes["numFmtId"])] = bool(DAY_CODE.search(code))
        elif tag == "cellXfs":
            self._in_cells = True
        elif tag == "xf" and self._in_cells:
            number = int(attributes.get("numFmtId", "0"))
            self.of_day.append(self._codes.get(number, number in DAY_FORMATS))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._in_cells = False


class _Book(_Reader):
    """Sheet name to relation, and which epoch the days count from."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive, "xl/workbook.xml")
        self.sheets: dict[str, str] = {}
        self.is_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            self.sheets[attributes.get("name", "")] = relation
        elif tag == "workbookPr":
            self.is_1904 = attributes.get("date1904", "0") in {"1", "true"}


class _Relations(_Reader):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(archive, "xl/_rels/workbook.xml.rels")
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _Sheet(_Reader):
    """Rows as they end, waiting in ``ready``."""

    def __init__(self, archive: zipfile.ZipFile, name: str, book: "_Parts", limits: Limits) -> None:
        super().__init__(archive, name)
        self.ready: list[tuple[int, list[str]]] = []
        self.width = 0
        self._book, self._limits = book, limits
        self._row: list[str] = []
        self._number = self._place = 0
        self._type = self._style = ""
        self._pieces: list[str] = []
        self._taking = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            spot = LETTERS.match(attributes.get("r", ""))
            self._place = _column(spot[0]) if spot else self._place + 1
            self._pieces = []
            if self._place > self._limits.columns_max:
                raise Refused("too_many_columns", limit=self._limits.columns_max)
        elif tag in {"v", "t"}:
            self._taking = True
        elif tag == "row":
            self._row, self._place = [], 0
            self._number = int(attributes.get("r", self._number + 1))
            if self._number > self._limits.sheet_rows_max:
                raise Refused("too_many_rows", limit=self._limits.sheet_rows_max)
        elif tag == "dimension":
            end = LETTERS.match(attributes.get("ref", "").rpartition(":")[2])
            width = _column(end[0]) if end else 0
            self.width = width if width <= WIDTH_BELIEVED_MAX else 0

    def text(self, text: str) -> None:
        if self._taking:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        if tag in {"v", "t"}:
            self._taking = False
        elif tag == "c":
            if self._pieces:
                self._keep(self._book.value("".join(self._pieces), self._type, self._style))
        elif tag == "row" and any(self._row):
            self.ready.append((self._number, self._row))

    def _keep(self, text: str) -> None:
        if len(text) > self._limits.cell_chars_max:
            raise Refused("cell_too_long", row=self._number, limit=self._limits.cell_chars_max)
        self._row.extend([""] * (self._place - len(self._row)))
        self._row[self._place - 1] = text


class _Parts:
    """What cells refer to."""

    def __init__(self, archive: zipfile.ZipFile, book: _Book) -> None:
        names = set(archive.namelist())
        self._texts: list[str] = []
        self._days: list[bool] = []
        self._epoch = EPOCHS[book.is_1904]
        if "xl/sharedStrings.xml" in names:
            texts = _Texts(archive)
            texts.run()
            self._texts = texts.texts
        if "xl/styles.xml" in names:
            styles = _Styles(archive)
            styles.run()
            self._days = styles.of_day

    def value(self, text: str, kind: str, style: str) -> str:
        """A cell as the text a person would have typed."""
        from guibin.integrations.files.workbook import as_text

        try:
            if kind == "s":
                return self._texts[int(text)]
            if kind == "b":
                return as_text(text.strip() in {"1", "true"})
            if kind != "n":
                return text
            number = float(text)
            if self._is_day(style):
                return as_text(self._epoch + dt.timedelta(seconds=round(number * 86_400)))
            return as_text(number)
        except (ValueError, IndexError, OverflowError) as error:
            raise Refused("broken_workbook") from error

    def _is_day(self, style: str) -> bool:
        place = int(style)
        return place < len(self._days) and self._days[place]


def sheet_names(file: BinaryIO) -> list[str]:
    """Visible worksheets in order, without a look at their cells. Raises ``Refused``."""
    try:
        with zipfile.ZipFile(file) as archive:
            book = _Book(archive)
            book.run()
            return list(book.sheets)
    except zipfile.BadZipFile as error:
        raise Refused("broken_workbook") from error


def _column(letters: str) -> int:
    """A is 1."""
    place = 0
    for letter in letters[:4]:
        place = place * 26 + ord(letter) - 64
    return place


def stream_sheet(file: BinaryIO, *, sheet: str, limits: Limits) -> Iterator[Row]:
    """As ``workbook.iterate_sheet``; rows are as wide as the widest before them. Raises ``Refused``."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise Refused("broken_workbook") from error
    with archive:
        book, relations = _Book(archive), _Relations(archive)
        book.run()
        relations.run()
        target = relations.targets.get(book.sheets.get(sheet, ""), "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        rows = _Sheet(archive, name, _Parts(archive, book), limits)
        for _step in rows.steps():
            for number, cells in rows.ready:
                rows.width = max(rows.width, len(cells))
                yield number, [*cells, *[""] * (rows.width - len(cells))]
            rows.ready.clear()

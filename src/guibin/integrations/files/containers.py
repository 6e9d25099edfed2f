"""What is inside a file: plain text, gzip, zip or a workbook, found by its first bytes, not its name."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Literal, cast

from guibin.integrations.files.limits import RATIO_FREE_BYTES, Limits
from guibin.integrations.files.refusal import Refused

Kind = Literal["text", "workbook"]
CHUNK_BYTES = 1 << 20
GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EMPTY_ZIP = b"PK\x05\x06"
FOREIGN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"PAR1": "Parquet",
    b"SQLite format 3": "SQLite",
    b"\x7fELF": "ELF",
}
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".xlsx", ".gz")
ARCHIVE_ENDINGS = (".zip", ".rar", ".7z", ".tar", ".tgz")


@dataclass(frozen=True, slots=True)
class Content:
    """``open`` gives a fresh binary stream from the start each time; workbooks are seekable."""

    kind: Kind
    open: Callable[[], BinaryIO]
    packing: str = ""
    member: str = ""
    spool: BinaryIO | None = None

    def close(self) -> None:
        """Give back what was unpacked on the side."""
        if self.spool is not None:
            self.spool.close()


def open_content(file: BinaryIO, limits: Limits) -> Content:
    """Look into a seekable ``file``. Raises ``Refused``."""
    head = _head(file)
    if not head:
        raise Refused("empty")
    if head.startswith(GZIP):
        return _open_gzip(file, limits)
    if head.startswith((ZIP, EMPTY_ZIP)):
        return _open_zip(file, limits)
    if head.startswith(OLE):
        raise Refused("old_or_locked_workbook")
    _refuse_foreign(head)
    size = file.seek(0, io.SEEK_END)
    if size > limits.content_bytes_max:
        raise Refused("too_large", megabytes=limits.content_bytes_max >> 20)
    return Content("text", lambda: io.BufferedReader(_Lent(_rewound(file)), CHUNK_BYTES))


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    return head


class _Lent(io.RawIOBase):
    """A file that stays open when its reader goes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # any writable buffer
        data = self._file.read(len(target))
        target[: len(data)] = data
        return len(data)


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _refuse_foreign(head: bytes) -> None:
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            raise Refused("not_a_table", format=name)
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise Refused("not_a_table", format="HTML")
    if start.startswith((b'{"', b'[{"')):
        raise Refused("not_a_table", format="JSON")


class Counted(io.RawIOBase):
    """An unpacking stream that stops at the size and ratio limits, and on damage."""

    def __init__(self, source: BinaryIO, packed_bytes: int, limits: Limits) -> None:
        self._source, self._packed, self._limits = source, max(1, packed_bytes), limits
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # any writable buffer
        try:
            data = self._source.read(len(target))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError) as error:
            raise Refused("broken_archive") from error
        except RuntimeError as error:  # zipfile's word for "encrypted"
            raise Refused("locked_archive") from error
        self._count += len(data)
        if self._count > RATIO_FREE_BYTES and self._count > self._packed * self._limits.archive_ratio_max:
            raise Refused("ratio", ratio=self._limits.archive_ratio_max)
        if self._count > self._limits.content_bytes_max:
            raise Refused("too_large", megabytes=self._limits.content_bytes_max >> 20)
        target[: len(data)] = data
        return len(data)


def _open_gzip(file: BinaryIO, limits: Limits) -> Content:
    packed = file.seek(0, io.SEEK_END)

    def reopen() -> BinaryIO:
        return io.BufferedReader(
            Counted(cast("BinaryIO", gzip.GzipFile(fileobj=_rewound(file))), packed, limits), CHUNK_BYTES
        )

    head = reopen().read(64)
    if not head:
        raise Refused("empty")
    if head.startswith((GZIP, ZIP)):
        raise Refused("nested_archive")
    _refuse_foreign(head)
    return Content("text", reopen, packing="gzip")


def _open_zip(file: BinaryIO, limits: Limits) -> Content:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Refused("broken_archive") from error
    entries = archive.infolist()
    _check_directory(entries, limits)
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        if "xl/workbook.xml" not in names:
            raise Refused("not_a_table", format="ZIP")
        _check_parts(archive, entries, limits)
        return Content("workbook", lambda: _rewound(file))
    return _open_member(archive, _only_table(entries), limits)


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.archive_entries_max:
        raise Refused("entries", count=len(entries), limit=limits.archive_entries_max)
    if any(_is_outside(entry.filename) for entry in entries):
        raise Refused("unsafe_name")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("locked_archive")
    total, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if total > RATIO_FREE_BYTES and total > max(1, packed) * limits.archive_ratio_max:
        raise Refused("ratio", ratio=limits.archive_ratio_max)
    if total > limits.content_bytes_max:
        raise Refused("too_large", megabytes=limits.content_bytes_max >> 20)


def _is_outside(name: str) -> bool:
    """Whether an entry's name leads out of the folder it would be unpacked to."""
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]


def _check_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Unpack every part once, counting: the directory may lie, and an XML part may hold entities."""
    for entry in entries:
        with _counted(archive, entry, limits) as part:
            first = part.read(4096)
            if entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in first.upper():
                raise Refused("entities")
            while part.read(CHUNK_BYTES):
                pass


def _counted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> BinaryIO:
    try:
        source = archive.open(entry)
    except (RuntimeError, NotImplementedError) as error:
        raise Refused("locked_archive") from error
    except zipfile.BadZipFile as error:
        raise Refused("broken_archive") from error
    return io.BufferedReader(Counted(source, entry.compress_size, limits), CHUNK_BYTES)  # type: ignore[arg-type]


def _only_table(entries: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    files = [e for e in entries if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
    tables = [e for e in files if e.filename.lower().endswith(TABLE_ENDINGS)]
    if not tables and any(e.filename.lower().endswith(ARCHIVE_ENDINGS) for e in files):
        raise Refused("nested_archive")
    if not tables:
        raise Refused("no_table_inside")
    if len(tables) > 1:
        raise Refused("several_tables", count=len(tables))
    return tables[0]


def _open_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> Content:
    with _counted(archive, entry, limits) as stream:
        head = stream.read(64)
        if not head:
            raise Refused("empty")
        if head.startswith(GZIP):
            raise Refused("nested_archive")
        if head.startswith(ZIP):  # a workbook inside a zip needs seeking: unpack it into memory-bound temp
            return _inner_workbook(archive, entry, limits)
        _refuse_foreign(head)
    return Content("text", lambda: _counted(archive, entry, limits), packing="zip", member=entry.filename)


def _inner_workbook(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> Content:
    import tempfile

    spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the content
    with _counted(archive, entry, limits) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            spool.write(chunk)
    inner = _open_zip(spool, limits)
    if inner.kind != "workbook":
        spool.close()
        raise Refused("nested_archive")
    return Content("workbook", inner.open, packing="zip", member=entry.filename, spool=spool)

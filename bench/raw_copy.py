"""The limit of J8: COPY of the file's own rows into a plain table, nothing looked at, nothing sealed.

The table has the file's columns in the types a sane schema gives them, a key of its own and the
indexes any shop needs to read its lines: by invoice, by customer and day, by article. Numbers that are
none and prices left out are null there (COPY would stop at them), so the rows are the same in number.
"""

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LINES_SQL = """
CREATE TABLE bench_lines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invoice text NOT NULL, sku text, description text,
    quantity numeric(18, 3), ordered_at timestamp, price numeric(18, 6), customer text, country text);
CREATE INDEX ON bench_lines (invoice);
CREATE INDEX ON bench_lines (customer, ordered_at);
CREATE INDEX ON bench_lines (sku);
"""
LINES_COPY = """COPY bench_lines (invoice, sku, description, quantity, ordered_at, price, customer, country)
FROM STDIN (FORMAT csv, HEADER, FORCE_NOT_NULL (invoice), NULL '')"""
PEOPLE_SQL = """
CREATE TABLE bench_people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text NOT NULL, name text, phone text, email text,
    gender text, birthday date, city text, joined_on date, note text);
CREATE INDEX ON bench_people (number);
CREATE INDEX ON bench_people (phone);
CREATE INDEX ON bench_people (email);
CREATE INDEX ON bench_people (name text_pattern_ops);
"""
PEOPLE_COPY = """COPY bench_people (number, name, phone, email, gender, birthday, city, joined_on, note)
FROM STDIN (FORMAT csv, HEADER, NULL '')"""
CHUNK_BYTES = 1 << 20


def copy_raw(link: psycopg.Connection, statement: str, path: Path) -> None:
    """One COPY in one transaction, the bytes of the file as they are."""
    with link.cursor() as cursor, cursor.copy(statement) as copy, path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            copy.write(chunk)
    link.commit()


def write_copyable(path: Path, out: Path) -> None:
    """The same rows with what is no number left empty, so that COPY takes every one of them."""
    with path.open(newline="", encoding="utf-8") as file, out.open("w", newline="", encoding="utf-8") as to:
        rows, writer = csv.reader(file), csv.writer(to)
        writer.writerow(next(rows))
        for row in rows:
            writer.writerow(
                [cell if at not in (3, 5) or _is_number(cell) else "" for at, cell in enumerate(row)]
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@contextmanager
def plain_file(path: Path, folder: Path) -> Iterator[Path]:
    """``path`` itself, or unpacked into ``folder``."""
    if path.suffix != ".gz":
        yield path
        return
    out = folder / path.stem
    with gzip.open(path) as packed, out.open("wb") as file:
        while chunk := packed.read(CHUNK_BYTES):
            file.write(chunk)
    yield out

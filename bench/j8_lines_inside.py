"""Runs in the scratch database: order lines, ours and raw."""

import json
from pathlib import Path

import django

django.setup()

from bench.files import write_lines  # noqa: E402 - Django must be up
from bench.j8 import LINES, ORDER_FILE  # noqa: E402
from bench.j8_inside import ROUNDS, compare, scratch_folder  # noqa: E402
from bench.raw_copy import LINES_COPY, LINES_SQL, plain_file, write_copyable  # noqa: E402
from guibin.config.migration import migrate  # noqa: E402


def main() -> dict[str, object]:
    migrate()
    with scratch_folder() as folder:
        made = Path(folder) / "lines.csv"
        if not ORDER_FILE:
            write_lines(made, LINES)
        with plain_file(Path(ORDER_FILE) if ORDER_FILE else made, Path(folder)) as file:
            copyable = Path(folder) / "copyable.csv"
            write_copyable(file, copyable)
            if file != made:  # quarter.csv goes beside the file, which may not be ours to write to
                made.write_bytes(file.read_bytes())
            turns = ROUNDS + 1
            return compare("order_lines", [made] * (turns + 1), [copyable] * turns, LINES_SQL, LINES_COPY)


if __name__ == "__main__":
    print(json.dumps(main()))

"""Runs in the scratch database: customers, ours and raw."""

import json
from pathlib import Path

import django

django.setup()

from bench.files import write_people  # noqa: E402 - Django must be up
from bench.j8 import PEOPLE  # noqa: E402
from bench.j8_inside import ROUNDS, compare, scratch_folder  # noqa: E402
from bench.raw_copy import PEOPLE_COPY, PEOPLE_SQL  # noqa: E402
from guibin.config.migration import migrate  # noqa: E402


def main() -> dict[str, object]:
    migrate()
    with scratch_folder() as folder:
        files = [Path(folder) / f"people-{turn}.csv" for turn in range(ROUNDS + 2)]
        for turn, file in enumerate(files):
            write_people(file, PEOPLE, turn=turn)
        return compare("customers", files, files[:-1], PEOPLE_SQL, PEOPLE_COPY)


if __name__ == "__main__":
    print(json.dumps(main()))

"""Prints the peak memory, in MB, of counting every fact of a version: ``python -m bench.peak FOLDER``."""

import sys
from pathlib import Path

from bench.j2 import KEYS
from bench.shop import LAST_DAY
from bench.timing import peak_megabytes
from guibin.insight.facts.counting import count_all
from guibin.insight.facts.engine import open_duck
from guibin.insight.warehouse.versions import Content, Version

if __name__ == "__main__":
    contents = {name: Content(name, key, "", 0, 0, 0, -1) for name, key in KEYS.items()}
    with open_duck() as duck:
        count_all(duck, Version("bench", Path(sys.argv[1]), 0, None, contents), LAST_DAY)
    print(peak_megabytes())

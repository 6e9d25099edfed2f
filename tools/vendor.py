"""Copy the front-end files that the product serves from node_modules into the package.

Only what is listed here is copied (about 3 MB of 200): a wheel built afterwards carries it, so that whoever
installs the product needs no npm. References to source maps and to files we leave behind are cut out,
because hashed static names refuse a reference that leads nowhere.

tools/vendor.py            copy (quick and harmless when nothing changed)
tools/vendor.py --check    fail when a file is missing or stale
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "src" / "guibin" / "web" / "static" / "vendor"
SOURCE_MAP = re.compile(rb"(?:/\*#\s*sourceMappingURL=.*?\*/|//#\s*sourceMappingURL=[^\n]*)\s*$")
OTHER_FONTS = re.compile(rb',\s*url\("[^"]*\.(?:woff|ttf)[^"]*"\)\s*format\("(?:woff|truetype)"\)')
FONT_VERSION = re.compile(rb"\.woff2\?[^\"]*")


def without_source_map(data: bytes) -> bytes:
    """``data`` without its closing sourceMappingURL comment."""
    return SOURCE_MAP.sub(b"", data)


def with_woff2_only(data: bytes) -> bytes:
    """An icon stylesheet that asks for the woff2 file alone, by its plain name."""
    return FONT_VERSION.sub(b".woff2", OTHER_FONTS.sub(b"", without_source_map(data)))


def unchanged(data: bytes) -> bytes:
    return data


FILES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "tabler/tabler.min.css": ("@tabler/core/dist/css/tabler.min.css", without_source_map),
    "icons/tabler-icons-300.min.css": (
        "@tabler/icons-webfont/dist/tabler-icons-300.min.css",
        with_woff2_only,
    ),
    "icons/fonts/tabler-icons-300.woff2": (
        "@tabler/icons-webfont/dist/fonts/tabler-icons-300.woff2",
        unchanged,
    ),
    "echarts/echarts.min.js": ("echarts/dist/echarts.min.js", without_source_map),
    "echarts/LICENSE.txt": ("echarts/LICENSE", unchanged),
    "echarts/NOTICE.txt": ("echarts/NOTICE", unchanged),
}
PACKAGES = ("@tabler/core", "@tabler/icons-webfont", "echarts")
AUTHORS = {
    "@tabler/core": "2018-2026 the Tabler authors, codecalm.net",
    "@tabler/icons-webfont": "codecalm",
    "echarts": "the Apache Software Foundation",
}


def licences() -> bytes:
    """Name, version, licence and author of each package, for the notice that travels with the files."""
    lines = ["Front-end packages served with Guibin, each under its own licence.", ""]
    for name in PACKAGES:
        about = json.loads((MODULES / name / "package.json").read_text(encoding="utf-8"))
        author = about.get("author", AUTHORS[name])
        author = author.get("name", "") if isinstance(author, dict) else author
        lines.append(f"{name} {about['version']}: {about.get('license', 'MIT')}, copyright {author}")
    return "\n".join([*lines, "", MIT]).encode()


MIT = """MIT licence (for the packages above that name it)

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def wanted() -> dict[Path, bytes]:
    """Every file to be served, with its content."""
    found = {TARGET / to: change((MODULES / source).read_bytes()) for to, (source, change) in FILES.items()}
    found[TARGET / "LICENCES.txt"] = licences()
    return found


def main(arguments: list[str]) -> int:
    if not MODULES.is_dir():
        print("node_modules is missing: run npm ci first", file=sys.stderr)
        return 1
    stale = [
        (path, data) for path, data in wanted().items() if not path.is_file() or path.read_bytes() != data
    ]
    if "--check" in arguments:
        for path, _data in stale:
            print(f"stale or missing: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if stale else 0
    for path, data in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"front-end files: {len(stale)} written, {len(FILES) + 1 - len(stale)} already there")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

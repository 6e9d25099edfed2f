"""Start a slice: its folder, its declarations, and its place on a floor.

tools/new_slice.py NAME --above SLICE    e.g. tools/new_slice.py surveys --above loyalty

Writes the files every slice has, adds NAME to SLICES and to the import contracts above SLICE.
Run `make check` afterwards: the house tests say what is still missing.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(r"[a-z][a-z_]{2,30}")

FILES = {
    "__init__.py": "",
    "apps.py": """from django.apps import AppConfig


class {Title}Config(AppConfig):
    name = "guibin.{name}"
    label = "{name}"
    default_auto_field = "django.db.models.BigAutoField"
""",
    "manifest.py": '''"""What {name} offers the house."""

from guibin.core.manifest import Manifest
from guibin.{name}.permissions import PERMISSIONS
from guibin.{name}.personal_data import PERSONAL_DATA

MANIFEST = Manifest(slice="{name}", permissions=PERMISSIONS, personal_data=PERSONAL_DATA)
''',
    "permissions.py": '''"""What staff may do in {name}, in plain sentences."""

from guibin.core.permissions import Permission

PERMISSIONS: tuple[Permission, ...] = ()
''',
    "errors.py": '"""Wishes that can fail in {name}."""\n',
    "events.py": '"""What {name} tells the log."""\n',
    "api.py": '"""The door of {name}: frozen values and ids go through it."""\n',
    "personal_data.py": '''"""Privacy class of every field of {name}."""

from guibin.core.privacy import PersonalData

PERSONAL_DATA = PersonalData(fields={{}})
''',
    "README.md": """# {name}

What it owns, its words, its invariants, the events it publishes. Under 40 lines.
""",
    "tests/__init__.py": "",
    "migrations/__init__.py": "",
}


def write_slice(name: str) -> None:
    """The files of a new slice. Refuses to touch one that exists."""
    folder = ROOT / "src" / "guibin" / name
    if folder.exists():
        sys.exit(f"src/guibin/{name} is there already")
    title = "".join(part.capitalize() for part in name.split("_"))
    for path, text in FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.format(name=name, Title=title))


def place_on_floor(name: str, above: str) -> None:
    """Add ``name`` directly above ``above`` in the list of slices and in the contracts."""
    slices = ROOT / "src" / "guibin" / "config" / "slices.py"
    _replace(slices, f'    "{above}",\n', f'    "{above}",\n    "{name}",\n')
    project = ROOT / "pyproject.toml"
    _replace(project, f'"{above}"', f'"{name}", "{above}"')
    _replace(project, f'"guibin.{above}"', f'"guibin.{name}", "guibin.{above}"')


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if old not in text:
        sys.exit(f"{path.name} does not mention {old.strip()}")
    path.write_text(text.replace(old, new, 1))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name")
    parser.add_argument("--above", required=True, help="the slice directly below the new one")
    arguments = parser.parse_args()
    if not NAME.fullmatch(arguments.name):
        sys.exit("a slice's name is lower-case letters and underscores, the word in the menu")
    place_on_floor(arguments.name, arguments.above)
    write_slice(arguments.name)
    print(f"src/guibin/{arguments.name} stands above {arguments.above}. Next: make check")


if __name__ == "__main__":
    main()

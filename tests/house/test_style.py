"""Taste with numbers: short functions, small files, exact names, nothing unfinished."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, product_python, shown, slices, templates

LINES_PER_FILE_MAX = 500
LINES_PER_FUNCTION_MAX = 60
VAGUE_MODULES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "base",
    "manager",
    "managers",
    "stuff",
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|[Cc]oming soon|敬请期待")
INLINE = re.compile(
    r"<[^>]*\s(style|on[a-z]+)\s*=|<style(?![^>]*nonce)|<script(?![^>]*(src=|application/json|nonce))", re.I
)


def test_no_file_is_longer_than_its_limit() -> None:
    long = [
        shown(path) for path in product_python() if len(path.read_text().splitlines()) > LINES_PER_FILE_MAX
    ]
    assert long == []


def test_no_function_is_longer_than_its_limit() -> None:
    long = []
    for path in product_python():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LINES_PER_FUNCTION_MAX:
                    long.append(f"{shown(path)}:{node.lineno} {node.name} {lines} lines")
    assert long == []


def test_modules_say_what_is_in_them() -> None:
    assert [shown(path) for path in product_python() if path.stem in VAGUE_MODULES] == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        shown(path)
        for path in product_python()
        if path.stem not in {"__init__", "apps"}
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("path", [*product_python(), *templates()], ids=shown)
def test_nothing_is_left_unfinished(path: Path) -> None:
    assert not UNFINISHED.search(path.read_text())


def test_inputs_of_days_are_written_as_browsers_read_them() -> None:
    """A day in the writing of the language leaves ``<input type=date>`` empty, and saving then loses it."""
    written = [(path, line) for path in product_python() for line in path.read_text().splitlines()]
    assert [
        (shown(path), line)
        for path, line in written
        if "DateInput(" in line and 'format="%Y-%m-%d"' not in line
    ] == []


def test_templates_carry_no_inline_style_script_or_handler() -> None:
    assert [shown(path) for path in templates() if INLINE.search(path.read_text())] == []


def test_every_slice_has_a_short_readme() -> None:
    for name in slices():
        if name in {"config", "core"}:
            continue
        readme = PACKAGE / name / "README.md"
        assert readme.exists(), f"{name} has no README.md"
        if name != "web":
            assert len(readme.read_text().splitlines()) <= 40, f"{name}/README.md is over 40 lines"


def test_only_the_clock_module_reads_the_clock_below_the_edge() -> None:
    reads_clock = re.compile(r"\b(datetime\.now|datetime\.utcnow|timezone\.now|date\.today|time\.time)\(")
    edge = {"views", "rest", "tasks", "commands", "middleware", "cli", "clock", "supervisor", "doctor"}
    guilty = [
        shown(path)
        for path in product_python()
        if reads_clock.search(path.read_text())
        and not edge & {*path.relative_to(PACKAGE).with_suffix("").parts}
        and "postgres" not in path.parts
    ]
    assert guilty == []


def test_links_in_the_documents_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *PACKAGE.glob("*/README.md")]
    links = [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if "://" not in target and not target.startswith("mailto:")
    ]
    assert [
        f"{shown(page)} -> {target}" for page, target in links if not (page.parent / target).exists()
    ] == []


def test_no_machine_path_or_registry_stands_in_the_tree() -> None:
    import subprocess

    pattern = r"(^|[^A-Za-z])/(work|farm)/|/root/\.|\"resolved\": *\"http|--(extra-)?index-url"
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/house/test_style.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == ""


def test_every_requirement_that_is_ticked_names_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "reference" / "requirements.md").read_text()
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", page)
    assert len(named) > 30
    missing = []
    for path, test in named:
        file = ROOT / path if path.startswith("tests/") else PACKAGE / path
        if not file.exists() or f"def {test}(" not in file.read_text():
            missing.append(f"{path}::{test}")
    assert missing == []

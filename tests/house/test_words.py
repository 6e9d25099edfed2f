"""Both languages complete: a missing, stale or broken translation fails the build."""

import subprocess
import sys

import pytest

from tests.house.tree import ROOT, product_python, shown, templates

CHINESE = range(0x4E00, 0x9FFF)
LANGUAGE_NAMES = "简体中文"  # a language is called by its own name


def test_no_translation_is_missing() -> None:
    outcome = subprocess.run(
        [sys.executable, "tools/messages.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("path", templates(), ids=shown)
def test_templates_write_no_chinese_past_the_catalogue(path) -> None:  # type: ignore[no-untyped-def]
    assert not any(
        ord(letter) in CHINESE for letter in path.read_text() if letter not in f"宾贵{LANGUAGE_NAMES}"
    )


def test_python_words_on_screen_go_through_the_catalogue() -> None:
    """Views and forms hold no Chinese literals: what people read is in the catalogue."""
    guilty = [
        shown(p)
        for p in product_python()
        if p.stem in {"views", "forms"}
        and any(ord(letter) in CHINESE for letter in p.read_text() if letter not in LANGUAGE_NAMES)
    ]
    assert guilty == []

"""Beginning the demo anew sets it aside whole, and touches nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from guibin.config.demo import diary
from guibin.config.demo.anew import DemoElsewhere, DemoInUse, NotTheDemo, set_aside
from guibin.core.postgres.locks import FileLock

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GUIBIN_HOME", str(tmp_path))
    for name in ("postgres", "keys", "warehouse", "static", "before-20250101-000000"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept").write_text(name)
    diary.close_diary(diary.open_diary(AT))
    return tmp_path


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir() if not entry.name.endswith(".lock")}


def test_everything_of_the_demo_is_moved_and_nothing_deleted(home: Path) -> None:
    aside = set_aside(home=home, embedded=True, at=AT)
    assert names(home) == {"static", "before-20250101-000000", aside.name}
    assert names(aside) == {"postgres", "keys", "warehouse", "demo.json"}
    assert (aside / "keys" / "kept").read_text() == "keys"
    with pytest.raises(NotTheDemo):
        set_aside(home=home, embedded=True, at=AT)


def test_a_shop_of_ones_own_is_never_touched(home: Path) -> None:
    diary.diary_path().unlink()
    before = names(home)
    with pytest.raises(NotTheDemo):
        set_aside(home=home, embedded=True, at=AT)
    assert names(home) == before


def test_a_database_server_of_ones_own_is_never_touched(home: Path) -> None:
    before = names(home)
    with pytest.raises(DemoElsewhere):
        set_aside(home=home, embedded=False, at=AT)
    assert names(home) == before


def test_not_while_it_runs(home: Path) -> None:
    running = FileLock(home / "postgres" / "holders.lock")
    assert running.acquire(shared=True)
    before = names(home)
    try:
        with pytest.raises(DemoInUse):
            set_aside(home=home, embedded=True, at=AT)
    finally:
        running.release()
    assert names(home) == before
    set_aside(home=home, embedded=True, at=AT)

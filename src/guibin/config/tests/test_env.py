"""Words in the environment that cannot be understood are refused in the language of the terminal."""

from pathlib import Path

import pytest

from guibin.config import env
from guibin.core.errors import FileUnreadable, WordUnknown
from guibin.core.postgres.errors import UrlInvalid


def test_a_url_of_another_database_is_named_by_its_variable() -> None:
    with pytest.raises(UrlInvalid, match="GUIBIN_OWNER_URL must begin with postgresql://"):
        env.database("mysql://x", "GUIBIN_OWNER_URL")


def test_a_word_that_is_no_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIBIN_TLS", "maybe")
    with pytest.raises(WordUnknown, match="GUIBIN_TLS=maybe"):
        env.flag("GUIBIN_TLS", default=False)


def test_a_secret_in_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(FileUnreadable, match="DATABASE_URL_FILE"):
        env.text("DATABASE_URL")

"""The command line as people and programs meet it: languages, exit codes, JSON, refusals."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guibin.core.cli import language_from
from guibin.core.postgres.places import Places
from guibin.core.postgres.server import processes_in
from guibin.core.postgres.tests.conftest import HOLDER, wait_until

Outcome = subprocess.CompletedProcess[str]
Guibin = Callable[..., Outcome]
OURS = ("GUIBIN_", "DATABASE_", "LANG", "LC_", "PORT")


def clean_environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "GUIBIN_HOME": str(home)}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home of its own, in a folder with a space and Chinese characters."""
    base = Path(tempfile.mkdtemp(prefix="gb-"))
    base.chmod(0o755)
    yield base / "贵宾 home"
    wait_until(lambda: not processes_in(Places(base / "贵宾 home").data))
    for record in base.glob("*/postgres/socket"):
        shutil.rmtree(record.read_text(), ignore_errors=True)
    shutil.rmtree(base)


@pytest.fixture(scope="module")
def guibin(home: Path) -> Guibin:
    def run(*arguments: str, **environment: str) -> Outcome:
        return subprocess.run(
            [sys.executable, "-m", "guibin", *arguments],
            env={**clean_environment(home), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(
    "words", [[], ["--help"], ["vips", "--help"], ["--lang", "zh", "import", "--help"], ["--version"]]
)
def test_asking_for_words_makes_nothing(words: list[str], tmp_path: Path) -> None:
    home = tmp_path / "not made"
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "guibin", *words],
        env=clean_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == (0 if words else 2)
    assert "guibin" in ended.stdout + ended.stderr
    assert not home.exists()
    loaded = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert not loaded & {"django.db.models", "psycopg", "pyarrow", "pypinyin"}


def test_an_option_that_swallows_help_runs_nothing(guibin: Guibin, home: Path) -> None:
    assert guibin("setup", "--owner", "--help").returncode == 2
    assert not (home / "keys").exists()


def test_help_is_spoken_in_both_languages(guibin: Guibin) -> None:
    english = guibin("serve", "--help", LANG="en_GB.UTF-8")
    chinese = guibin("--lang", "zh", "serve", "--help")
    assert english.returncode == chinese.returncode == 0
    assert "Usage: guibin serve" in english.stdout
    assert "用法" in chinese.stdout
    assert "The port to listen on" in english.stdout
    assert "监听端口" in chinese.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ([], {"LANG": "zh_CN.UTF-8", "GUIBIN_LANG": "en"}, "en"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "en_US", "LC_ALL": "zh_CN"}, "zh-hans"),
        (["--lang", "zh"], {"GUIBIN_LANG": "en"}, "zh-hans"),
        (["--lang=en"], {"LANG": "zh_CN"}, "en"),
        (["--", "--lang", "zh"], {}, "en"),
    ],
)
def test_the_language_is_the_asked_one_first(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    spoken, rest = language_from(["setup", *arguments], environment)
    assert spoken == language
    assert rest[0] == "setup"


def test_wrong_usage_is_two_and_nothing_goes_to_stdout(guibin: Guibin) -> None:
    for arguments in (["nonsense"], ["serve", "--port", "x"], ["setup", "--no-such"]):
        outcome = guibin(*arguments)
        assert outcome.returncode == 2
        assert outcome.stdout == ""
        assert outcome.stderr


def test_setup_makes_everything_once(guibin: Guibin, home: Path) -> None:
    first = guibin("setup", "--json")
    assert first.returncode == 0, first.stderr
    said = json.loads(first.stdout)
    assert {"database", "tables", "static"} <= set(said["created"])
    assert said["home"] == str(home)
    assert said["database"] == "embedded"
    assert Path(said["keys"]).exists()
    second = json.loads(guibin("setup", "--json").stdout)
    assert second["created"] == []
    assert second["seconds"] < said["seconds"]


def test_doctor_finds_a_set_up_product_well(guibin: Guibin) -> None:
    assert guibin("setup").returncode == 0
    outcome = guibin("doctor", "--json")
    said = json.loads(outcome.stdout)
    marks = {finding["part"]: finding["mark"] for finding in said["findings"]}
    assert outcome.returncode == 0, outcome.stdout
    assert said["well"]
    assert marks["database"] == marks["tables"] == marks["clock"] == "ok"
    assert marks["worker"] == "advice"  # nothing is being served


def test_doctor_says_what_to_do_about_keys_that_others_can_read(guibin: Guibin, home: Path) -> None:
    guibin("setup")
    keys = home / "keys" / "keyring.json"
    keys.chmod(0o644)
    try:
        outcome = guibin("doctor", "--lang", "zh")
        assert outcome.returncode == 1
        assert "chmod 600" in outcome.stdout + outcome.stderr
    finally:
        keys.chmod(0o600)


def test_an_unreachable_server_is_four_and_one_sentence(guibin: Guibin) -> None:
    nowhere = "postgresql://guibin_app@127.0.0.1:1/guibin"
    outcome = guibin("migrate", DATABASE_URL=nowhere, GUIBIN_OWNER_URL=nowhere)
    assert outcome.returncode == 4
    assert len(outcome.stderr.strip().splitlines()) == 1


def test_an_owner_url_is_asked_for(guibin: Guibin, home: Path) -> None:
    url = Places(home).url("guibin_app", "postgres")
    holder = subprocess.Popen(
        [sys.executable, str(HOLDER), str(home)],
        env=clean_environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin
    assert holder.stdout
    holder.stdout.readline()
    try:
        outcome = guibin("setup", DATABASE_URL=url)
    finally:
        holder.communicate("")
    assert outcome.returncode == 1
    assert "GUIBIN_OWNER_URL" in outcome.stderr


def test_a_taken_port_is_named_before_anything_is_done(guibin: Guibin, home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        for outcome in (guibin("run", PORT=str(port)), guibin("serve", "--port", str(port))):
            assert outcome.returncode == 1
            assert f"Port {port} is taken" in outcome.stderr
            assert "PORT=" in outcome.stderr
            assert "Traceback" not in outcome.stderr


def test_a_port_that_no_machine_has_is_wrong_usage(guibin: Guibin) -> None:
    outcome = guibin("serve", "--port", "99999")
    assert outcome.returncode == 2
    assert "99999" in outcome.stderr
    assert "65535" in outcome.stderr
    assert "Traceback" not in outcome.stderr

"""A command that is refused: one sentence on stderr, and under ``--json`` one object on stdout, always."""

import json
from collections.abc import Callable

import click
import pytest
from django.db import OperationalError

from guibin.core import cli
from guibin.core.errors import DomainError, NotFound
from guibin.core.postgres.errors import NotStarted

Capture = pytest.CaptureFixture[str]


class TooMuch(DomainError):
    code = "test.too_much"
    message = "%(what)s is too much."


def tree(act: Callable[[], object]) -> click.Group:
    @cli.group("root", help="")
    def root() -> None:
        pass

    @root.command("do", help="", needs_database=False)
    @cli.json_option
    def do(*, as_json: bool) -> None:
        act()

    return root


def fail(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (TooMuch(what="茶"), 1, "test.too_much"),
        (NotFound(), 3, "core.not_found"),
        (NotStarted(reason="no"), 4, "postgres.not_started"),
        (OperationalError("gone\naway"), 4, "core.no_database"),
        (KeyboardInterrupt(), 1, "core.aborted"),
    ],
)
def test_a_refusal_is_one_object_with_its_error(
    error: BaseException, status: int, code: str, capsys: Capture
) -> None:
    assert cli.run(tree(fail(error)), ["do", "--json"]) == status
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert answer["error"]["code"] == code
    assert answer["error"]["message"].strip() == said.err.strip() != ""


def test_without_json_stdout_stays_empty(capsys: Capture) -> None:
    assert cli.run(tree(fail(TooMuch(what="tea"))), ["do"]) == 1
    assert capsys.readouterr() == ("", "tea is too much.\n")


def test_wrong_usage_is_an_object_too(capsys: Capture) -> None:
    assert cli.run(tree(lambda: None), ["do", "--json", "--nonsense"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "core.usage"


def test_what_is_known_by_then_stands_beside_the_error_and_not_in_the_next_answer(capsys: Capture) -> None:
    def act() -> object:
        cli.answer_so_far(lambda: {"import": 7, "error": None})
        raise TooMuch(what="tea")

    cli.run(tree(act), ["do", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert (answer["import"], answer["error"]["code"]) == (7, "test.too_much")
    cli.run(tree(fail(TooMuch(what="tea"))), ["do", "--json"])
    assert "import" not in json.loads(capsys.readouterr().out)


def test_what_cannot_be_read_any_more_does_not_hide_the_error(capsys: Capture) -> None:
    def act() -> object:
        cli.answer_so_far(fail(OperationalError("gone")))  # type: ignore[arg-type]
        raise TooMuch(what="tea")

    assert cli.run(tree(act), ["do", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "test.too_much"


def test_words_after_two_dashes_ask_for_nothing() -> None:
    assert cli.wants_json(["import", "--json"])
    assert not cli.wants_json(["customers", "find", "--", "--json"])

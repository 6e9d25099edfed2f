"""A log line is one JSON object: what happened, about what, in which request."""

import json
import logging
import sys
import uuid

from guibin.config.logs import JsonFormatter
from guibin.core.tracing import request_id


def _line(message: str, *, broken: bool = False, **about: object) -> dict[str, object]:
    record = logging.getLogger("guibin.tests").makeRecord(
        "guibin.tests",
        logging.WARNING,
        __file__,
        1,
        message,
        (),
        sys.exc_info() if broken else None,
        extra=about,
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    found: dict[str, object] = json.loads(text)
    return found


def test_a_line_says_what_happened_and_to_what() -> None:
    line = _line("队列 job queued again", id=5, job="insight.refresh")
    assert line["event"] == "队列 job queued again"
    assert (line["id"], line["job"]) == (5, "insight.refresh")
    assert (line["level"], line["logger"]) == ("warning", "guibin.tests")
    assert str(line["timestamp"]).endswith("+00:00")
    assert set(line) == {"event", "id", "job", "level", "logger", "timestamp"}


def test_a_line_names_its_request() -> None:
    identity = uuid.uuid4()
    token = request_id.set(identity)
    try:
        assert _line("refused")["request_id"] == str(identity)
    finally:
        request_id.reset(token)
    assert "request_id" not in _line("refused")


def test_an_error_brings_its_traceback_on_the_same_line() -> None:
    try:
        raise ValueError("nine")
    except ValueError:
        line = _line("broke", broken=True)
    assert "ValueError: nine" in str(line["exception"])
    assert "Traceback" in str(line["exception"])

"""Structured logs on standard error: one JSON object a line, with the request id, never personal data.

What a message is about goes into ``extra``: ``log.warning("job queued again", extra={"id": 5})``.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from guibin.core.tracing import request_id

# What every record has; whatever else one carries was given as ``extra``.
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as one JSON object: the event, what it is about, level, logger, time and request."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"event": record.getMessage()}
        line |= {name: value for name, value in vars(record).items() if name not in USUAL}
        line |= {
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
        }
        request = request_id.get()
        if request is not None:
            line["request_id"] = str(request)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=repr)


def configuration(*, level: str) -> dict[str, Any]:
    """Django's ``LOGGING``: our own and the libraries' records through the same formatter."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Libraries that tell every step at INFO: their warnings are enough.
        "loggers": {name: {"level": "WARNING"} for name in ("procrastinate", "django.request", "asyncio")},
    }

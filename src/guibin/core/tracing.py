"""Which request, if any, what happens now belongs to: in every event row and every log line."""

import uuid
from contextvars import ContextVar

request_id: ContextVar[uuid.UUID | None] = ContextVar("request_id", default=None)

"""What the OpenAPI description says of every operation: scopes, the idempotency key, refusals, limits.

Each is added where the envelope does it, so that an operation cannot do one thing and say another.
"""

from typing import Any

from django.conf import settings
from ninja.operation import Operation
from pydantic import BaseModel

from guibin.web.access import declared
from guibin.web.once import ANEW, HEADER, KEY_LENGTH_MAX, SAFE_METHODS, is_write

PROBLEM_TYPE = "application/problem+json"


class InputFault(BaseModel):
    """What is wrong ``at`` a place of the input (dotted), and ``why``, in the caller's language."""

    at: str
    why: str


class Problem(BaseModel):
    """RFC 9457 problem document. ``code`` is stable; ``detail`` is a sentence in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[InputFault] | None = None


REFUSALS = {
    400: "The body could not be read.",
    401: "No key, or one that is not in force.",
    403: "The key lacks a scope.",
    404: "Not there, or not to be seen with this key.",
    409: "Contradicts what is there, or the idempotency key was used for another request.",
    422: "Something in the input is not right; `errors` says where and why.",
    429: "Too many requests in this minute.",
}
LIMIT_HEADERS = {
    "RateLimit-Limit": "Requests of this key in a minute.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "Seconds until the next minute begins.",
}
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "Any text of your own, new for every write. The same key with the same request gives the "
    "first answer again (with `Idempotency-Replayed: true`); with another request, 409. Refusals are not "
    "kept: the key may be used again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX},
}
ANEW_SAYS = " A repeat is carried out, and recorded, again: this answer is not kept."


def describe(operation: Operation) -> None:
    """Say of ``operation`` what the envelope does with it."""
    access = declared(operation.view_func)
    scopes = [] if access is None else [permission.code for permission in access.permissions]
    is_read = set(operation.methods) <= SAFE_METHODS
    answered = [status for status in operation.response_models if isinstance(status, int)]
    extra: dict[str, Any] = dict(operation.openapi_extra or {})
    extra["security"] = [{"key": scopes}, *([{"session": scopes}] if is_read else [])]
    extra["responses"] = {
        **{status: {"headers": _limit_headers()} for status in answered},
        **{status: {"$ref": f"#/components/responses/Refused{status}"} for status in _refusals(operation)},
        "default": {"$ref": "#/components/responses/Refused"},
    }
    if is_write(operation):
        said = dict(IDEMPOTENCY_KEY)
        if getattr(operation.view_func, ANEW, False):
            said["description"] = f"{said['description']}{ANEW_SAYS}"
        extra["parameters"] = [*extra.get("parameters", []), said]
    operation.openapi_extra = extra


def _refusals(operation: Operation) -> list[int]:
    statuses = [401, 403, 422, 429]
    if not set(operation.methods) <= SAFE_METHODS:
        statuses += [400, 409]
    if "{" in operation.path:
        statuses.append(404)
    return sorted(statuses)


def _limit_headers() -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in LIMIT_HEADERS}


def components() -> dict[str, Any]:
    """What the operations point at: schemes, the problem document, refusals, headers."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**problem.pop("$defs"), "Problem": problem}
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {
        f"Refused{status}": {"description": says, "content": content} for status, says in REFUSALS.items()
    }
    whole = {"schema": {"type": "integer", "minimum": 0}}
    retry = {"Retry-After": {"description": "Seconds to wait.", **whole}}
    for name, answer in refused.items():
        answer["headers"] = {
            **({} if name == "Refused401" else _limit_headers()),
            **(retry if name == "Refused429" else {}),
        }
    return {
        "schemas": schemas,
        "responses": {**refused, "Refused": {"description": "Any other refusal.", "content": content}},
        "headers": {name: {"description": says, **whole} for name, says in LIMIT_HEADERS.items()},
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "gb_…",
                "description": "An API key, made under Settings. The scopes named are permission codes.",
            },
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": settings.SESSION_COOKIE_NAME,
                "description": "Somebody signed in to the pages; reads only.",
            },
        },
    }

"""Answers of the error language: problem+json (RFC 9457) with stable codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from quid.kit.errors import (
    STATUS,
    DatabaseUnavailable,
    Forbidden,
    InternalFault,
    MissingField,
    NotFound,
    Refusal,
    SignInRequired,
    ValidationFailed,
    problem_fields,
)

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# An answer never grows with what is wrong in a request: names come from the caller.
ERRORS_MAX: Final = 20
FIELD_MAX: Final = 64
_WORDS: Final = {  # what pydantic finds, in our words; its context fills them
    "bool_type": "must be true or false",
    "enum": "must be {expected}",
    "extra_forbidden": "unknown field",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "json_invalid": "not JSON: {error}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "literal_error": "must be {expected}",
    "missing": "must be given",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have {min_length} or more characters",
    "string_type": "must be a text",
    "too_long": "must have at most {max_length} entries",
    "too_short": "must have {min_length} or more entries",
    "value_error": "{error}",  # ours already
}


class Strict(BaseModel):
    """A request body: no coercion, no unknown field."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Problem(BaseModel):
    """RFC 9457. `retryable`: the same request, with the same key, may succeed later."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    errors: list[dict[str, str]] | None = None
    retryable: bool
    money_moved: Literal["no", "yes", "unknown"]
    request_id: str
    retry_after: int | None = None
    reason: str | None = None


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class Reply:
    """An answer ready to send: status, media type, body, further headers."""

    status: int
    body: bytes
    media_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def problem_reply(refusal: Refusal, request_id: str) -> Reply:
    """Turn a refusal into its answer."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if refusal.retry_after is not None:
        headers = ((b"retry-after", str(refusal.retry_after).encode()),)
    body = msgspec.json.encode(problem_fields(refusal, request_id))
    return Reply(STATUS[refusal.category], body, b"application/problem+json", headers)


def answers(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """List the refusals of a route for OpenAPI, by status, with their stable codes.

    What may be wrong may also be missing.
    """
    told: set[type[Refusal]] = {*refusals}
    if ValidationFailed in told:
        told.add(MissingField)
    if SignInRequired in told:
        told.add(Forbidden)  # whoever is signed in may be of the wrong kind: a person, an operator
    listed: dict[int | str, dict[str, Any]] = {}
    for status in sorted({STATUS[r.category] for r in told}):
        codes = sorted({r.code for r in told if STATUS[r.category] == status})
        listed[status] = {
            "description": " · ".join(codes),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    return listed


def _request_id(request: Request) -> str:
    return str(request.scope.get("quid.request_id", ""))


def _response(reply: Reply) -> Response:
    headers = {k.decode(): v.decode() for k, v in reply.headers}
    return Response(reply.body, reply.status, headers, reply.media_type.decode())


async def on_refusal(request: Request, error: Exception) -> Response:
    """Handle every Refusal raised below a route of the framework."""
    refusal = error if isinstance(error, Refusal) else InternalFault()
    if isinstance(refusal, DatabaseUnavailable) and request.method in SAFE:
        refusal.money_moved = "no"
    return _response(problem_reply(refusal, _request_id(request)))


async def on_invalid(request: Request, error: Exception) -> Response:
    """Handle the framework's own validation: 400 with one entry a field."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [
        {"field": _field_of(e), "code": _code_of(e["type"]), "message": in_words(e)}
        for e in found[:ERRORS_MAX]
    ]
    is_missing = bool(errors) and all(e["code"] == MissingField.code for e in errors)
    kind = MissingField if is_missing else ValidationFailed
    detail = "; ".join(f"{e['field']}: {e['message']}" for e in errors[:3])
    refusal = kind(
        f"{detail}. Nothing was changed." if detail else "",
        field=errors[0]["field"] if errors else None,
        extra={"errors": errors},
    )
    return _response(problem_reply(refusal, _request_id(request)))


def in_words(fault: Mapping[str, Any]) -> str:
    """Say what pydantic found wrong with a field, as the end of a sentence about it."""
    words = _WORDS.get(fault["type"])
    return words.format_map(fault.get("ctx") or {}) if words else str(fault["msg"])


def _field_of(fault: Mapping[str, Any]) -> str:
    # The first part is where it stood: body, query, path, header. In no JSON there is no field.
    inner = () if fault["type"] == "json_invalid" else fault["loc"][1:]
    return ".".join(map(str, inner))[:FIELD_MAX] or "body"


def _code_of(kind: str) -> str:
    return MissingField.code if kind == "missing" else ValidationFailed.code


class MethodNotAllowed(Refusal):
    """The path exists, for another method."""

    code = "METHOD_NOT_ALLOWED"
    category = "invalid"
    title = "Something is off in this request"
    text = "This path does not take this method."


async def on_http_error(request: Request, error: Exception) -> Response:
    """Handle the framework's 404 and 405 as problems."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        reply = problem_reply(NotFound(), _request_id(request))
    elif status == 405:
        reply = problem_reply(MethodNotAllowed(), _request_id(request))
        body = reply.body.replace(b'"status":400', b'"status":405')
        allowed = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
        reply = Reply(405, body, reply.media_type, ((b"allow", allowed.encode()),))
    elif status < 500:
        reply = problem_reply(ValidationFailed(field="body"), _request_id(request))
    else:
        reply = problem_reply(InternalFault(), _request_id(request))
    return _response(reply)


async def on_fault(request: Request, _: Exception) -> Response:
    """Handle what nobody expected; the door logs it once."""
    moved: Literal["no", "unknown"] = "no" if request.method in SAFE else "unknown"
    return _response(problem_reply(InternalFault(money_moved=moved), _request_id(request)))

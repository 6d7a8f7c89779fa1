"""The door of operators: who they are, what their role may, and every refusal on record."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from pydantic import Field

from quid.kit import clock, idempotency, runtime, telemetry, text
from quid.kit.crypto import digest16
from quid.kit.errors import (
    Forbidden,
    RateLimited,
    Refusal,
    SignInRequired,
    StepUpRequired,
    ValidationFailed,
)
from quid.kit.once import Key
from quid.kit.operators import (
    ALL_OPERATORS,
    REASON_HIGH,
    REASON_LOW,
    Deed,
    Desk,
    Operator,
    Press,
    Role,
    record,
)
from quid.kit.web.callers import (
    client_address,
    cookie_name,
    count_request,
    require_same_origin,
)
from quid.kit.web.problems import SAFE, Strict, answers

_NO_KEY: Final = (
    "Send an Idempotency-Key header (a UUID, a new one for each act). Nothing was changed."
)
_RESOURCE_MAX: Final = 128
_KINDS: Final = {"user_id": "person"}

ReasonText = Annotated[
    str,
    Field(min_length=REASON_LOW, max_length=REASON_HIGH, description="why, for the audit log"),
]


class Because(Strict):
    """The body of an operator's act: at least a reason."""

    reason: ReasonText


class OpsRoute(APIRoute):
    """A route of operators: what it refuses to a known operator is written into the audit log."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the framework's handler."""
        inner = super().get_route_handler()
        action = f"{self.tags[0]}.{self.name}"

        async def handle(request: Request) -> Response:
            request.state.action = action
            try:
                if request.method not in SAFE:
                    request.state.body = await request.body()
                return await inner(request)
            except (Refusal, RequestValidationError) as e:
                await _record_refusal(request, e)
                raise

        return handle


def ops_router(area: str) -> APIRouter:
    """Make the router of a slice's operator routes.

    An act's name in the audit log is `area.function`; its success is written by the service,
    under the same name.
    """
    return APIRouter(prefix="/v1/ops", tags=[area], route_class=OpsRoute)


def operator_of(*roles: Role) -> Callable[[Request], Coroutine[Any, Any, Operator]]:
    """Make a dependency: an operator of one of these roles, whose session has proved its factor.

    Raises (when a request comes): SignInRequired, StepUpRequired, Forbidden, RateLimited.
    """
    allowed = frozenset(roles)

    async def known(request: Request) -> Operator:
        operator = await _who(request)
        request.state.operator = operator
        headers = request.headers
        if headers.get("authorization") is None and request.method not in SAFE:
            require_same_origin(
                origin=headers.get("origin"), scheme=request.url.scheme, host=headers.get("host")
            )
        await count_request(operator.id)
        await _desk().require_proof(operator)
        if operator.role not in allowed:
            raise Forbidden("Your role may not do this. Nothing changed.")
        return operator

    return known


def press_of(*roles: Role) -> Callable[..., Coroutine[Any, Any, Press]]:
    """Make a dependency of a changing route, whose body is a `Because`: one press.

    Raises (when a request comes): as `operator_of`; IdempotencyKeyMissing, ValidationFailed.
    """
    known = operator_of(*roles)

    async def press(
        request: Request,
        operator: Annotated[Operator, Depends(known)],
        idempotency_key: Annotated[str | None, Header(max_length=1000)] = None,
    ) -> Press:
        if not idempotency_key:
            raise idempotency.IdempotencyKeyMissing(_NO_KEY, field="Idempotency-Key")
        key_hash = idempotency.read_key(header=idempotency_key, body=None)
        body = await request.body()
        request_hash = digest16(request.url.path.encode() + b"\n" + body)
        key = Key(ALL_OPERATORS, f"ops.{request.state.action}", key_hash, request_hash)
        reason = text.clean(_said_in(body), field="reason", low=REASON_LOW, high=REASON_HIGH)
        return Press(operator, key, reason)

    return press


class _Said(msgspec.Struct):
    reason: str = ""


def _said_in(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Said).reason
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def _given(request: Request) -> str | None:
    """Give the reason of a refused press, if there was one that can be kept."""
    said = _said_in(getattr(request.state, "body", b""))
    try:
        return text.clean(said, field="reason", low=1, high=REASON_HIGH)
    except Refusal:
        return None


def _desk() -> Desk:
    return runtime.part(Desk)  # type: ignore[type-abstract]  # wiring gives one


async def _who(request: Request) -> Operator:
    telemetry.came_from(client_address(request))
    name = cookie_name(request.url.scheme, is_operator=True)
    return await _desk().operator(
        authorization=request.headers.get("authorization"), cookie=request.cookies.get(name)
    )


async def _record_refusal(request: Request, error: Refusal | RequestValidationError) -> None:
    """Write the refusal, unless it is one to try again, or a read that found nothing."""
    if isinstance(error, Refusal) and error.is_retryable:
        return
    if request.method in SAFE and not isinstance(error, Forbidden):
        return
    operator: Operator | None = getattr(request.state, "operator", None)
    if operator is None:
        try:
            operator = await _who(request)  # a body that cannot be read is refused before
        except Refusal:
            return
    kind, name = next(iter(request.path_params.items()), ("route", request.url.path))
    deed = Deed(
        request.state.action,
        _KINDS.get(kind, kind.removesuffix("_id")),
        str(name)[:_RESOURCE_MAX],
        outcome=error.code if isinstance(error, Refusal) else ValidationFailed.code,
    )
    await record(operator, deed, _given(request), now=clock.now())


def ops_answers(*more: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """List the refusals of an operator's reading route for OpenAPI."""
    return answers(SignInRequired, StepUpRequired, Forbidden, ValidationFailed, RateLimited, *more)


def press_answers(*more: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """List the refusals of an operator's changing route for OpenAPI."""
    return ops_answers(idempotency.IdempotencyKeyMissing, idempotency.IdempotencyKeyReused, *more)

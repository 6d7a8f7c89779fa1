"""The ASGI application: the framework's routes, and the hot route in front of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException

from quid.collect import routes as collect
from quid.disputes import ops as disputes_ops
from quid.disputes import routes as disputes
from quid.entrypoints import wiring
from quid.entrypoints.api import about, demo, docs, health, live, ops, pages, shell
from quid.funding import ops as funding_ops
from quid.funding import routes as funding
from quid.identity import ops as identity_ops
from quid.identity import routes as identity
from quid.kit import config, runtime, telemetry
from quid.kit.errors import (
    BodyTooLarge,
    DatabaseUnavailable,
    InternalFault,
    Refusal,
    SignInRequired,
)
from quid.kit.runtime import Runtime
from quid.kit.web import Door, Problem, answers, on_fault, on_http_error, on_invalid, on_refusal
from quid.ledger import ops as ledger_ops
from quid.notifications import routes as notifications
from quid.payments import ops as payments_ops
from quid.payments import routes as payments
from quid.payments.schemas import PaymentRequest
from quid.risk import routes as risk
from quid.social import routes as social

HOT = {("POST", "/v1/payments"): payments.pay, **funding.HOT}
LARGE = {("POST", "/v1/me/verification/documents")}
_ANYWHERE: Final = (BodyTooLarge, DatabaseUnavailable, InternalFault)


def create() -> Door:
    """Make the application; its parts are built when the server starts it."""
    rt = Runtime()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        telemetry.start_logging("api")
        core, _secrets = config.load()
        door.public_origin = core.public_origin
        rt.put(shell.read(core))
        shape = wiring.Shape("api", core.lanes, wiring.API_POOL_MAX, patience=wiring.PATIENCE)
        async with wiring.opened(shape, rt):
            runtime.settle()
            yield
        telemetry.flush()

    app = framework()
    app.router.lifespan_context = lifespan
    door = Door(app, rt, hot=HOT, large=LARGE, bounds=funding.BOUNDS)
    return door


def framework() -> FastAPI:
    """Assemble the routes of all slices."""
    app = FastAPI(
        title="Quid",
        version="1",
        description=(
            "Peer-to-peer payments. Amounts are integer minor units beside a currency. What happens"
            " is told as it happens by a socket, GET /v1/ws: docs/api/socket.md in the sources."
        ),
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        separate_input_output_schemas=False,
        redirect_slashes=False,  # another path is not there; a redirect would name the Host header
    )
    app.include_router(identity.router)
    app.include_router(risk.router)
    app.include_router(funding.router)
    app.include_router(payments.router)
    app.include_router(collect.router)
    app.include_router(disputes.router)
    app.include_router(social.router)
    app.include_router(notifications.router)
    app.include_router(payments_ops.router)
    app.include_router(disputes_ops.router)
    app.include_router(ledger_ops.router)
    for operated in (*identity_ops.routers, *funding_ops.routers, *ops.routers):
        app.include_router(operated)
    for page in (about, demo, health, live, docs, pages):
        app.include_router(page.router)
    shell.serve(app)
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_fault)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the framework's own way to extend it
    return app


def describe(app: FastAPI) -> dict[str, Any]:
    """Write OpenAPI 3.1, with the problem document and without the framework's own 422.

    An operation is called by the first sentence of its docstring, unless its route says otherwise.
    What may answer SIGN_IN_REQUIRED needs a session, unless its route says otherwise.
    """
    spec = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas: dict[str, Any] = spec["components"]["schemas"]
    for model in (Problem, PaymentRequest):
        schemas[model.__name__] = model.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
    [anywhere] = answers(InternalFault).values()
    anywhere["description"] = " · ".join(r.code for r in _ANYWHERE)
    for operations in spec["paths"].values():
        for operation in operations.values():
            if operation["summary"].istitle():  # the function's name, where its route says nothing
                operation["summary"] = _first_sentence(operation["description"])
            answer = operation["responses"].get("422", {})
            if answer.get("description") == "Validation Error":
                del operation["responses"]["422"]
            refusals = operation["responses"].get("401", {}).get("description", "")
            if SignInRequired.code in refusals:
                operation.setdefault("security", [{"bearer": []}, {"cookie": []}])
            operation["responses"]["default"] = anywhere
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    spec["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "quid_session"},
    }
    return spec


def _first_sentence(text: str) -> str:
    """Give the first sentence on one line, without its full stop."""
    paragraph, _, _ = text.partition("\n\n")
    sentence, _, _ = " ".join(paragraph.split()).partition(". ")
    return sentence.removesuffix(".")

"""The same service behind other doors, to choose by figures (bench/README.md)."""

from typing import Annotated

from fastapi import Header, Request, Response

from quid.entrypoints.api import app as api
from quid.kit.web import Call, Door
from quid.payments import routes
from quid.payments.schemas import PaymentRequest


def hot() -> Door:
    """The door as it ships: the hot route in front of the framework."""
    return api.create()


def through_framework() -> Door:
    """The same handler, reached through FastAPI's routing and middleware."""
    door = api.create()
    door._hot.clear()  # noqa: SLF001 - the variant is the door without its short cut
    return door


def framework_body() -> Door:
    """FastAPI with everything it offers: body model, header parameter, its own dispatch."""
    door = through_framework()
    app = door._app  # noqa: SLF001 - the framework inside

    @app.post("/v1/payments", status_code=201)  # type: ignore[attr-defined,untyped-decorator]
    async def pay(
        body: PaymentRequest, request: Request, idempotency_key: Annotated[str, Header()]
    ) -> Response:
        headers = {
            b"authorization": request.headers["authorization"].encode(),
            b"idempotency-key": idempotency_key.encode(),
        }
        call = Call(headers, body.model_dump_json().encode(), "framework-model", "http")
        reply = await routes.pay(call)
        return Response(reply.body, reply.status, media_type=reply.media_type.decode())

    # The first route that fits answers: without this the one that ships would be measured again.
    routes_ = app.router.routes  # type: ignore[attr-defined]  # plain FastAPI
    routes_.insert(0, routes_.pop())
    return door

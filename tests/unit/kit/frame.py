"""A small application behind a door: routes that answer, refuse, fail and tear."""

from collections.abc import (
    AsyncIterator,
    MutableMapping,
)
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from quid.kit import telemetry
from quid.kit.errors import (
    STATUS,
    Category,
    DatabaseUnavailable,
    Overloaded,
    Refusal,
)
from quid.kit.runtime import Runtime
from quid.kit.web import (
    Call,
    Door,
    Reply,
    Strict,
    on_fault,
    on_http_error,
    on_invalid,
    on_refusal,
)

Message = MutableMapping[str, Any]
router = APIRouter()
CATEGORIES: tuple[Category, ...] = tuple(STATUS)
DATA = {"cache-control", "x-content-type-options", "x-request-id"}
EVERYWHERE = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "x-request-id",
    "cache-control",
}


class Order(Strict):
    amount: int = Field(ge=1, le=500_000)
    note: str = ""


@router.post("/orders", status_code=201)
async def order(body: Order) -> dict[str, int]:
    return {"amount": body.amount}


@router.get("/orders")
async def orders(limit: int = 5) -> dict[str, object]:
    return {"limit": limit, "request_id": telemetry.request_id()}


@router.get("/refused/{category}")
@router.post("/refused/{category}")
async def refused(category: Category) -> None:
    class No(Refusal):
        code = "NO"

    No.category = category
    raise No("no", retry_after=7, money_moved="no")


@router.get("/lost")
@router.post("/lost")
async def lost() -> None:
    raise DatabaseUnavailable(money_moved="unknown", retry_after=1)


@router.get("/fault")
@router.post("/fault")
async def fault() -> None:
    raise ZeroDivisionError("secret text")


@router.get("/torn")
async def torn() -> StreamingResponse:
    async def body() -> AsyncIterator[bytes]:
        yield b"half"
        raise ZeroDivisionError("secret text")

    return StreamingResponse(body())


@router.get("/teapot")
async def teapot() -> None:
    raise HTTPException(418)


@router.get("/broken")
async def broken() -> None:
    raise HTTPException(500, "secret text")


@router.post("/length")
async def length(request: Request) -> int:
    return len(await request.body())


async def hot(call: Call) -> Reply:
    match call.body:
        case b"refuse":
            raise Overloaded(retry_after=2)
        case b"fault":
            raise ZeroDivisionError("secret text")
        case _:
            return Reply(201, call.body, headers=((b"x-own", b"1"),))


def make() -> Door:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.include_router(router)
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_fault)
    return Door(app, Runtime(), hot={("POST", "/hot"): hot})

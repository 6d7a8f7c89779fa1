"""Export: my activity as a file, read and sent a page at a time."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from quid.kit import clock, db, ratelimit, runtime, sheets
from quid.kit.errors import RateLimited, SignInRequired, StepUpRequired, ValidationFailed
from quid.kit.money import plain
from quid.kit.web import Caller, answers, stepped_up
from quid.payments import queries, rules, schemas
from quid.payments.types import ActivityView

router = APIRouter()
Format = Literal["csv", "json"]
Page = list[queries.ActivityLine]
Pages = AsyncIterator[list[ActivityView]]
COLUMNS: Final = (
    "id",
    "date",
    "kind",
    "counterparty",
    "note",
    "state",
    "amount_minor",
    "amount",
    "fee_minor",
    "currency",
    "balance_after_minor",
)
_PAGE: Final = 250
_PER_MINUTE: Final = 6
_MEDIA: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Newest first. CSV: RFC 4180 in UTF-8, amounts also as decimal numbers",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"$ref": "#/components/schemas/ActivityPage"}},
        },
        "headers": {"Content-Disposition": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "/transactions/export",
    response_class=StreamingResponse,
    responses=_FILE | answers(SignInRequired, StepUpRequired, ValidationFailed, RateLimited),
)
async def export(
    caller: Annotated[Caller, Depends(stepped_up)],
    wanted: Annotated[schemas.ActivityQuery, Depends()],
    form: Annotated[Format, Query(alias="format")] = "csv",
) -> StreamingResponse:
    """Give all that the filters let through as a file. A file that ends early is not whole."""
    await ratelimit.take(f"export:{caller.user_id.hex}", per_minute=_PER_MINUTE)
    pages = queries.activity_pages(
        runtime.part(db.Database), caller.user_id, wanted.filter, size=_PAGE
    )
    first = await anext(pages)  # what goes wrong here is still an answer, not half a file
    name = f"quid-activity-{clock.now():%Y-%m-%d}.{form}"
    return StreamingResponse(
        _WRITERS[form](_views(first, pages)),
        media_type=_MEDIA[form],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _views(first: Page, later: AsyncIterator[Page]) -> Pages:
    yield [rules.activity_view(*line) for line in first]
    async for page in later:
        yield [rules.activity_view(*line) for line in page]


async def _csv(pages: Pages) -> AsyncIterator[bytes]:
    yield sheets.line(COLUMNS).encode()
    async for page in pages:
        yield "".join(sheets.line(_cells(view)) for view in page).encode()


def _cells(view: ActivityView) -> tuple[str, ...]:
    """Write a line of activity in the order of `COLUMNS`."""
    other = view.counterparty
    after = view.balance_after
    return (
        view.id,
        clock.text(view.at),
        view.kind,
        sheets.as_text(f"{other.display_name} (@{other.handle})") if other else "",
        sheets.as_text(view.note),
        view.state,
        str(view.amount),
        plain(view.amount),
        str(view.fee),
        view.currency,
        str(after) if after is not None else "",
    )


async def _json(pages: Pages) -> AsyncIterator[bytes]:
    head = b'{"items":['
    async for page in pages:
        if page:
            yield head + b",".join(map(msgspec.json.encode, page))
            head = b","
    yield (head if head != b"," else b"") + b'],"next_cursor":null}'


_WRITERS: Final[dict[Format, Callable[[Pages], AsyncIterator[bytes]]]] = {
    "csv": _csv,
    "json": _json,
}

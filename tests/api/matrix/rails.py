"""Providers: webhooks for everybody, what operators see of rails, and the few acts there."""

from uuid import uuid4

from quid.kit import clock, ids
from tests.api.matrix.model import Area, Case, Place, operating, public

READERS = ("support", "analyst", "finance", "auditor", "admin")
BECAUSE: dict[str, object] = {"reason": "for the matrix of callers"}
EVERYONE_404 = {**public(404), "foreign": 404}


async def _prepare(place: Place) -> None:
    """An operation of somebody who is gone, an event set aside, a webhook, a break, a switch."""
    now = clock.now()
    op, event, hook, found = (ids.new(7, now) for _ in range(4))
    await place.admin.execute(
        "insert into funding.operation (id, kind, purpose, user_id, source_id, provider, network,"
        " cents, fee, net, currency, state, deadline, created_at, changed_at)"
        " values ($1, 1, 1, $2, $2, 1, 'ach', 500, 0, 500, 'USD', 10, $3, $3, $3)",
        op,
        uuid4(),
        now,
    )
    await place.admin.execute(
        "insert into funding.event (id, provider, event_id, kind, object_ref, status, raw, at,"
        " received_at, state, reason)"
        " values ($1, 1, 'one', 'posted', 'transfer', 'posted', '', $2, $2, 30, 'why')",
        event,
        now,
    )
    await place.admin.execute(
        "insert into funding.inbox (id, provider, dedupe_key, kind, topic, is_live, raw,"
        " received_at, next_at) values ($1, 1, 'one', 'bell', 'transfers', false, '', $2, $2)",
        hook,
        now,
    )
    await place.admin.execute(
        "insert into funding.break (id, provider, kind, object_ref, currency, ours, theirs,"
        " amount_minor, first_at, last_at, opened_at)"
        " values ($1, 1, 'amount', 'one', 'USD', '1', '2', 1, $2, $2, $2)",
        found,
        now,
    )
    await place.admin.execute(
        "insert into funding.breaker (service, state, changed_at) values ('plaid.read', 0, $1)",
        now,
    )
    place.facts["rail_op"] = ids.show("dep", op)
    place.facts["rail_event"] = ids.show("rev", event)
    place.facts["rail_hook"] = ids.show("hook", hook)
    place.facts["rail_break"] = ids.show("brk", found)


AREA = Area(
    cases=(
        Case(
            "POST /v1/webhooks/{provider}",
            EVERYONE_404,
            "where none is set up",
            path={"provider": "plaid"},
            body={},
        ),
        Case(
            "GET /v1/ops/rails/ops",
            operating(200, *READERS),
            sees=dict.fromkeys(("ana", "deposit", "withdrawal"), frozenset(READERS)),
        ),
        Case(
            "GET /v1/ops/rails/ops/{operation}",
            operating(200, *READERS),
            path={"operation": "{rail_op}"},
        ),
        Case(
            "POST /v1/ops/rails/ops/{operation}/retry",
            operating(200, "finance"),
            path={"operation": "{rail_op}"},
            body=BECAUSE,
        ),
        Case("GET /v1/ops/rails/events", operating(200, *READERS)),
        Case(
            "POST /v1/ops/rails/events/{event_id}/replay",
            operating(200, "finance"),
            path={"event_id": "{rail_event}"},
            body=BECAUSE,
        ),
        Case("GET /v1/ops/rails/inbox", operating(200, *READERS)),
        Case(
            "POST /v1/ops/rails/inbox/{webhook_id}/replay",
            operating(200, "finance"),
            path={"webhook_id": "{rail_hook}"},
            body=BECAUSE,
        ),
        Case("GET /v1/ops/rails/breakers", operating(200, *READERS)),
        Case(
            "POST /v1/ops/rails/breakers/{service}/force",
            operating(200, "admin"),
            path={"service": "plaid.read"},
            body={**BECAUSE, "to": "open"},
        ),
        Case("GET /v1/ops/rails/breaks", operating(200, *READERS)),
        Case(
            "POST /v1/ops/rails/breaks/{break_id}/resolve",
            operating(202, "finance"),
            path={"break_id": "{rail_break}"},
            body=BECAUSE,
        ),
        Case(
            "POST /v1/ops/rails/reconcile",
            operating(404, "finance"),
            "where none is set up",
            body={**BECAUSE, "provider": "plaid"},
        ),
    ),
    prepare=_prepare,
)

"""Banks and cards: everybody's own, linked after a proof; operators look, two roles decide.

The application of the matrix has no providers: what would ask one is answered 502, which only
those come to who may link.
"""

from typing import Final

from quid.funding.store import sources as store
from quid.kit import clock, db, ids
from tests.api.matrix.model import ANA, Area, Case, Outcomes, Place, operating, reading, writing
from tests.support.wallets import bank_row

READERS: Final = ("support", "finance", "compliance")
DECIDERS: Final = ("finance", "compliance")
_OWN: Final = {"funding_source_id": "{bank}"}
_SEE: Final = frozenset(READERS)


def _proven(usual: int) -> Outcomes:
    """A link wants a fresh proof: Ana's session has given one."""
    return writing(401, owner=usual)


async def _prepare(place: Place) -> None:
    """Ana has a bank that is hers, and one whose owner nobody knows yet."""
    now, ana = clock.now(), place.people["ana"].id
    rows = [
        bank_row(ana, at=now),
        bank_row(ana, at=now, verify_method="typed", can_pull=False, can_push=False),
        bank_row(ana, at=now),
    ]
    async with place.runtime.part(db.Database).transaction() as tx:
        await store.put(tx, rows, now=now)
    names = ("bank", "unknown_bank", "other_bank")
    place.facts.update({n: ids.show("fs", r.id) for n, r in zip(names, rows, strict=True)})
    place.facts["page"] = ids.show("lnk", ids.new(1, now))


AREA = Area(
    cases=(
        Case("GET /v1/funding-sources", reading(200)),
        Case(
            "GET /v1/funding-sources/{funding_source_id}",
            reading(404, **dict.fromkeys(ANA, 200)),
            path=_OWN,
        ),
        Case("POST /v1/funding-sources/bank/link", _proven(502), body={"return_path": "/"}),
        Case(
            "POST /v1/funding-sources/bank/link",
            _proven(409),
            "of a bank that needs no repair",
            body={"purpose": "repair", "funding_source_id": "{bank}"},
        ),
        Case(
            "POST /v1/funding-sources/bank",
            _proven(502),
            "typed",
            body={
                "method": "manual",
                "bank_name": "Tartan Bank",
                "routing": "011401533",
                "account": "000123456",
                "kind": "checking",
            },
        ),
        Case(
            "POST /v1/funding-sources/bank",
            writing(404),
            "by a page that was never opened",
            body={"method": "link", "link_session_id": "{page}"},
        ),
        Case(
            "POST /v1/funding-sources/card",
            _proven(502),
            body={"purpose": "charge", "return_path": "/"},
        ),
        Case(
            "POST /v1/funding-sources/card",
            writing(404),
            "by a page that was never opened",
            body={"setup_session_id": "{page}"},
        ),
        Case(
            "POST /v1/funding-sources/{funding_source_id}/verify",
            writing(404, owner=409),
            "that is proven already",
            path=_OWN,
            body={"amounts": [17, 23]},
        ),
        Case(
            "PATCH /v1/funding-sources/{funding_source_id}",
            writing(404, owner=200),
            path=_OWN,
            body={"is_default": True},
        ),
        Case("DELETE /v1/funding-sources/{funding_source_id}", writing(404, owner=204), path=_OWN),
        Case(
            "GET /v1/ops/people/{user_id}/funding-sources",
            operating(200, *READERS),
            path={"user_id": "{ana}"},
            sees={"ana": _SEE},
        ),
        Case("GET /v1/ops/funding-sources", operating(200, *READERS), sees={"ana": _SEE}),
        Case(
            "POST /v1/ops/funding-sources/{funding_source_id}/disable",
            operating(200, *DECIDERS),
            path={"funding_source_id": "{other_bank}"},
            body={"reason": "the bank told us so"},
            sees={"ana": frozenset(DECIDERS)},
        ),
        Case(
            "POST /v1/ops/funding-sources/{funding_source_id}/pass-owner",
            operating(200, *DECIDERS),
            path={"funding_source_id": "{unknown_bank}"},
            body={"reason": "a letter of the bank"},
            sees={"ana": frozenset(DECIDERS)},
        ),
    ),
    prepare=_prepare,
)

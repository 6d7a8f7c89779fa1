"""Deposits and withdrawals: everybody's own, from and to their own banks.

The application of the matrix has no providers: whoever may ask for a movement is answered 502.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from quid.funding import service
from quid.funding.store import sources as store
from quid.funding.types import NewOperation, OpKind, Purpose
from quid.kit import clock, db, ids
from quid.kit.crypto import Secret
from tests.api.matrix.model import ANA, Area, Case, Place, operating, reading, writing
from tests.support.wallets import bank_row

_ASK: Final[dict[str, object]] = {"funding_source_id": "{moving_bank}", "amount": 100}
_OWN: Final = {"deposit_id": "{deposit}"}
_GONE: Final = {"withdrawal_id": "{withdrawal}"}


async def _prepare(place: Place) -> None:
    """Ana has asked for a deposit and for money out, and the bank was asked for neither yet."""
    now, ana = clock.now(), place.people["ana"].id
    bank = bank_row(ana, at=now)
    bank = replace(bank, token=store.seal_token(bank.id, ana, Secret("a token of no bank")))
    kinds = {"deposit": ("dep", OpKind.DEPOSIT), "withdrawal": ("wd", OpKind.WITHDRAWAL)}
    async with place.runtime.part(db.Database).transaction() as tx:
        await store.put(tx, [bank], now=now)
        for name, (prefix, kind) in kinds.items():
            new = NewOperation(
                id=ids.new(ids.bucket(ana), now),
                kind=kind,
                purpose=Purpose.USER,
                user_id=ana,
                source_id=bank.id,
                cents=100,
                not_before=now + timedelta(days=1),
            )
            await service.start(tx, new, now=now)
            place.facts[name] = ids.show(prefix, new.id)
    place.facts["moving_bank"] = ids.show("fs", bank.id)
    place.marks.update({name: place.facts[name] for name in kinds})


AREA = Area(
    cases=(
        Case("POST /v1/deposits", writing(404, owner=502), body=_ASK),
        Case("POST /v1/deposits/quote", writing(404, owner=502), body=_ASK),
        Case("GET /v1/deposits", reading(200), sees={"deposit": ANA}),
        Case(
            "GET /v1/deposits/{deposit_id}",
            reading(404, **dict.fromkeys(ANA, 200)),
            path=_OWN,
            sees={"deposit": ANA, "balance": ANA},
        ),
        Case(
            "POST /v1/deposits/{deposit_id}/cancel",
            writing(404, owner=200),
            path=_OWN,
            sees=dict.fromkeys(("deposit", "balance"), frozenset({"owner"})),
        ),
        Case("POST /v1/withdrawals", writing(404, owner=502), body=_ASK),
        Case("POST /v1/withdrawals/quote", writing(404, owner=502), body=_ASK),
        Case("GET /v1/withdrawals", reading(200), sees={"withdrawal": ANA}),
        Case(
            "GET /v1/withdrawals/{withdrawal_id}",
            reading(404, **dict.fromkeys(ANA, 200)),
            path=_GONE,
            sees={"withdrawal": ANA, "balance": ANA},
        ),
        Case(
            "POST /v1/withdrawals/{withdrawal_id}/cancel",
            writing(404),
            "of a deposit",
            path={"withdrawal_id": "{deposit}"},
        ),
        Case(
            "POST /v1/ops/rails/ops/{operation}/refund",
            operating(404, "finance"),
            "of a deposit",
            path={"operation": "{deposit}"},
            body={"reason": "the payer asked for it back"},
        ),
    ),
    prepare=_prepare,
)

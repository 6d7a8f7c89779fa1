"""The books as operators see them: the explorer, reconciliation, and acts of two persons."""

from quid.kit import clock, ids
from tests.api.matrix.model import Area, Case, Place, operating

READERS = ("finance", "compliance", "auditor")
WHY = "seen in the runbook, step four"
_FINDING = """
  insert into ledger.recon_finding (id, "check", severity, account_id, place, at)
  values ($1, 'R7', 'page', $2, 'suspense', now())"""


async def prepare(place: Place) -> None:
    """A difference on the house's capital."""
    account = await place.admin.fetchval("select min(id) from ledger.account where owner is null")
    wallet = await place.admin.fetchval(
        "select id from ledger.account where kind = 201 and owner = $1", place.people["ana"].id
    )
    finding = ids.new(0, clock.now())
    await place.admin.execute(_FINDING, finding, account)
    place.facts.update(wallet=str(wallet), finding=ids.show("fnd", finding))


AREA = Area(
    cases=(
        *(
            Case(f"GET /v1/ops/{path}", operating(200, *READERS, foreign=401), query=query)
            for path, query in (
                ("ledger/transfers", "?account={wallet}"),
                ("ledger/entries", "?account={wallet}"),
                ("ledger/trial-balance", ""),
                ("ledger/seals", ""),
                ("reconciliation", ""),
                ("reconciliation/findings", "?state=open"),
            )
        ),
        Case(
            "GET /v1/ops/ledger/accounts",
            operating(200, *READERS, foreign=401),
            query="?owner={ana}",
            sees={"ana": frozenset(READERS)},
        ),
        Case(
            "GET /v1/ops/ledger/accounts/{account_id}",
            operating(200, *READERS, foreign=401),
            path={"account_id": "{wallet}"},
            sees={"ana": frozenset(READERS)},
        ),
        Case(
            "GET /v1/ops/ledger/explain/{id}",
            operating(200, *READERS, foreign=401),
            path={"id": "{wallet}"},
            sees={"ana": frozenset(READERS)},
        ),
        Case(
            "POST /v1/ops/reconciliation/findings/{finding_id}/acknowledge",
            operating(200, "finance", foreign=401),
            path={"finding_id": "{finding}"},
            body={"reason": WHY},
        ),
        Case(
            "POST /v1/ops/reconciliation/findings/{finding_id}/resolve",
            operating(200, "finance", foreign=401),
            path={"finding_id": "{finding}"},
            body={"reason": WHY},
        ),
        Case(
            "POST /v1/ops/ledger/adjustments",
            operating(404, "finance", foreign=401),
            "of accounts that are not there",
            body={"debit_account": 0, "credit_account": 1, "amount": 100, "reason": WHY},
        ),
        Case(
            "POST /v1/ops/ledger/accounts/{account_id}/thaw",
            operating(202, "finance", "compliance", foreign=401),
            path={"account_id": "{wallet}"},
            body={"reason": WHY},
        ),
    ),
    prepare=prepare,
)

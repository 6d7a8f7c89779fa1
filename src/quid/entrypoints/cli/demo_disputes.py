"""What demo people say went wrong: finn appeals against his hold, ana reports a payment."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from quid.disputes import service
from quid.disputes.types import Claim, Open
from quid.entrypoints.cli.demo_feed import Story
from quid.identity import queries as people
from quid.identity.types import FreezeScope
from quid.kit import clock, db, ids
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.kit.runtime import Runtime

_APPEAL: Final = (
    "The sign-in was mine: I have a new phone since last week.\nPlease look at it again."
)
_REPORT: Final = "We had agreed on half of this. I have written twice and had no answer."


async def say(
    rt: Runtime, found: Mapping[str, UUID], drawn: list[Story], sent: Mapping[int, UUID]
) -> None:
    """Let them say it, each under its key: a second run says nothing again."""
    async with rt.part(db.Database).read() as conn:
        holds = await people.freezes(conn, found["finn"])
    for hold in holds:
        if hold.scope == FreezeScope.SEND:
            await _open(found["finn"], "hold", hold.id, _APPEAL)
    paid = [n for n in sorted(sent) if drawn[n].payer == "ana"]
    if paid:
        await _open(found["ana"], "not_as_agreed", sent[paid[-1]], _REPORT)


async def _open(who: UUID, claim: Claim, subject_id: UUID, text: str) -> None:
    now = clock.now()
    key = Key(who, service.OPERATION, digest16(f"demo:{claim}".encode()), digest16(b"demo"))
    made = ids.new(ids.bucket(who), now)
    await service.open_dispute(Open(made, key, who, claim, subject_id, text), now=now)

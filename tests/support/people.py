"""People to act with, made by the services that make them in earnest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quid.identity import service as identity
from quid.identity.types import NewPerson
from quid.kit import clock, db, ids
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from tests.support.api import PASSWORD


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of a test; their password is `support.api.PASSWORD`."""

    id: UUID
    handle: str

    @property
    def shown(self) -> str:
        """The id as the API shows it."""
        return ids.show("usr", self.id)


class People:
    """Adds people to the world of a runtime, which must be the current one."""

    def __init__(self, rt: Runtime) -> None:
        self._runtime = rt

    async def add(
        self, handle: str, *, funded_minor: int = 10_000, tier: int = 1, at: datetime | None = None
    ) -> Someone:
        """Add a person, with money in the wallet. Units: minor units of USD."""
        now = at or clock.now()
        someone = Someone(ids.new(ids.random_bucket(), now), handle)
        new = NewPerson(
            id=someone.id,
            handle=handle,
            display_name=handle.title(),
            email=f"{handle}@example.org",
            password_hash=await self._runtime.part(identity.Passwords).hash(PASSWORD),
            tier=tier,
        )
        async with self._runtime.part(db.Database).transaction() as tx:
            await identity.add_person(tx, new, now=now)
        await payments.ensure_wallets([someone.id], now=now)
        if funded_minor:
            await payments.fund(
                someone.id, funded_minor, key="start", operator="test", now=clock.now()
            )
        return someone

"""A bank on paper that outlives a process: what it was asked for stands in a file, once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from quid.funding.ports import AchRail, Authorized, Order, Rails, Transfer
from quid.kit.crypto import Secret


@dataclass(frozen=True, slots=True)
class PaperBank(AchRail):
    """Says yes to everything; the authorization is the key of a movement, as at the real one."""

    file: Path

    def _known(self) -> dict[str, list[Any]]:
        if not self.file.exists():
            return {}
        rows = [json.loads(line) for line in self.file.read_text().splitlines()]
        return {row[0]: row for row in rows}

    def movements(self) -> list[str]:
        """List what was asked to move, each as often as it was."""
        return self.file.read_text().splitlines() if self.file.exists() else []

    async def authorize(self, order: Order) -> Authorized:
        """Agree."""
        return Authorized("approved", f"auth:{order.key}", order.cents)

    async def submit(self, order: Order) -> Transfer:
        """Write it down, unless it is there."""
        ref = order.authorization_ref or ""
        if ref not in self._known():
            row = [ref, order.op_id, order.direction, order.cents, order.network]
            with self.file.open("a") as file:
                file.write(json.dumps(row) + "\n")
        found = await self.get(authorization_ref=ref)
        assert found is not None
        return found

    async def cancel(self, ref: str) -> None:
        """No flow asks for it."""
        raise NotImplementedError

    async def get(
        self, *, ref: str | None = None, authorization_ref: str | None = None
    ) -> Transfer | None:
        """Look one up; its name is its authorization's."""
        row = self._known().get(authorization_ref or (ref or "").removeprefix("moved:"))
        if row is None:
            return None
        key, op_id, direction, cents, network = row
        at = datetime.fromisoformat("2026-11-20T00:00:00+00:00")
        return Transfer(f"moved:{key}", key, op_id, direction, cents, "pending", network, True, at)

    async def list(self, since: datetime, until: datetime) -> Sequence[Transfer]:
        """No flow asks for it."""
        raise NotImplementedError

    async def can_rtp(self, token: Secret, account_ref: str) -> bool:
        """No flow asks for it."""
        raise NotImplementedError


def rails_of(bank: PaperBank) -> Rails:
    """Let a process have this bank, and no other provider."""
    absent = cast("Any", None)
    return Rails(link=absent, accounts=absent, ach=bank, card=absent, events=absent, treasury={})

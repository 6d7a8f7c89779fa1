"""The settings of the process and where everything is."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from quid_sandbox.core.clock import Clock


@dataclass(frozen=True, slots=True)
class Keys:
    """What callers must know; made once for a home."""

    control_token: str
    plaid_client_id: str
    plaid_secret: str
    stripe_key: str
    stripe_webhook_secret: str

    @classmethod
    def fresh(cls) -> "Keys":
        """New ones."""
        return cls(
            control_token=secrets.token_hex(24),
            plaid_client_id=secrets.token_hex(12),
            plaid_secret=secrets.token_hex(15),
            stripe_key=f"sk_test_{secrets.token_hex(24)}",
            stripe_webhook_secret=f"whsec_{secrets.token_hex(24)}",
        )


@dataclass(slots=True)
class World:
    """What a handler may know beside its request.

    Units: `pace` is seconds of virtual time for each step; None goes by the banking calendar.
    `hold_days` are the banking days from settled to available of what was pulled.
    `urls` has the base URL of each face, `hooks` where its hooks go.
    """

    home: Path
    clock: Clock
    keys: Keys
    pace: float | None = None
    hold_days: int = 5
    seed: str = "quid"
    urls: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)

    def step(self, now: datetime, calendar: datetime) -> datetime:
        """When a next step happens: after the pace, else at its time by the calendar."""
        return calendar if self.pace is None else now + timedelta(seconds=self.pace)

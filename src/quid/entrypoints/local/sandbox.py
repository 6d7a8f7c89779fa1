"""The bank network and the card processor of a local system: `quid_sandbox`, with test money only.

It is another program: nothing of it is imported, it is told where to listen and who may call.
"""

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local import ports
from quid.entrypoints.local.home import Home, write_private

FACES = ("plaid", "stripe", "control")
FIRST = 8180
# Virtual seconds for each step of a transfer: a deposit settles while one watches.
PACE = 5
ENVIRONMENT = "environment.json"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where it will listen, and what Quid's own processes must know. The claims keep its ports."""

    home: Path
    numbers: Mapping[str, int]
    claims: tuple[ports.Port, ...]

    @property
    def urls(self) -> dict[str, str]:
        """The address of each face and of the control routes."""
        return {name: f"http://127.0.0.1:{number}" for name, number in self.numbers.items()}

    def words(self, port: int) -> tuple[str, ...]:
        """Its arguments; hooks go to the API at `port`."""
        listen = [f"--{name}-port={number}" for name, number in self.numbers.items()]
        hooks = [f"--hook-{n}=http://127.0.0.1:{port}/v1/webhooks/{n}" for n in FACES[:2]]
        home = (f"--home={self.home}", f"--keys={self.home / 'keys.json'}")
        return (*home, *listen, *hooks, f"--pace={PACE}")

    def environ(self) -> dict[str, str]:
        """How Quid reaches it: what a deployment would set for the real providers."""
        keys = json.loads((self.home / "keys.json").read_text())
        return {
            "QUID_PLAID_URL": self.urls["plaid"],
            "QUID_PLAID_CLIENT_ID": keys["plaid_client_id"],
            "QUID_PLAID_SECRET": keys["plaid_secret"],
            "QUID_STRIPE_URL": self.urls["stripe"],
            "QUID_STRIPE_KEY": keys["stripe_key"],
            "QUID_STRIPE_WEBHOOK_SECRETS": keys["stripe_webhook_secret"],
            "QUID_PROVIDERS_SANDBOX": "1",
        }

    def release(self) -> None:
        """Let others have the ports."""
        for port in self.claims:
            port.release()

    def is_ready(self) -> bool:
        """Tell whether it answers: without its token it says no, at once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.numbers["control"], timeout=2)
        try:
            connection.request("GET", "/_sandbox/clock")
            return connection.getresponse().status == 401
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def make(home: Home, environ: Mapping[str, str]) -> Sandbox | None:
    """Prepare one, unless the environment names other providers.

    Raises: LocalError when there are no free ports.
    """
    if environ.get("QUID_PLAID_URL") or environ.get("QUID_STRIPE_URL"):
        return None
    folder = home.path / "sandbox"
    folder.mkdir(mode=0o700, exist_ok=True)
    _make_keys(folder / "keys.json")
    claims = ports.choose_some(FIRST, len(FACES))
    numbers = {name: port.number for name, port in zip(FACES, claims, strict=True)}
    made = Sandbox(folder, numbers, tuple(claims))
    # For commands, which are not our children (`wiring.adopt_running_system`).
    write_private(folder / ENVIRONMENT, json.dumps(made.environ(), indent=1))
    return made


def _make_keys(path: Path) -> None:
    """Make the keys once; they open nothing but this folder's sandbox."""
    if path.exists():
        return
    keys = {
        "control_token": f"dev_{secrets.token_hex(24)}",
        "plaid_client_id": secrets.token_hex(12),
        "plaid_secret": f"dev_{secrets.token_hex(15)}",
        "stripe_key": f"sk_test_{secrets.token_hex(24)}",
        "stripe_webhook_secret": f"whsec_{secrets.token_hex(24)}",
    }
    write_private(path, json.dumps(keys, indent=1))

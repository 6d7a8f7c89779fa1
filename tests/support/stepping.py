"""Proving once more who one is, as a client of the API without a second factor does."""

import re

import httpx2

from quid.identity.ports import Letterbox
from quid.kit import runtime
from tests.support.api import PASSWORD


async def step_up(client: httpx2.AsyncClient) -> None:
    """Prove the session of a signed-in client with the password and a code sent by e-mail.

    The runtime of the application must be the current one.
    """
    asked = await client.post("/v1/auth/step-up", json={})
    assert asked.status_code == 200, asked.text
    [mail, *_] = await runtime.part(Letterbox).latest(1)  # type: ignore[type-abstract]  # a port
    [code] = re.findall(r"\b\d{6}\b", mail.text)
    proof = {
        "challenge_id": asked.json()["challenge_id"],
        "method": "email_code",
        "proof": code,
        "password": PASSWORD,
    }
    done = await client.post("/v1/auth/step-up", json=proof)
    assert done.status_code == 200, done.text

"""Proofs, factors, sessions, what happened: everybody's own, and the sharpest after a proof."""

from datetime import timedelta

from quid.kit import clock, ids
from tests.api.matrix.model import ANA, Area, Case, Outcomes, Place, public, reading, writing

NEVER_SENT: dict[str, object] = {"challenge_id": "{challenge}", "code": "000000"}


CREDENTIAL: dict[str, object] = {"id": "bm9uZQ", "rawId": "bm9uZQ", "type": "public-key"}
MADE: dict[str, object] = {
    "challenge_id": "{challenge}",
    "credential": {**CREDENTIAL, "response": {"clientDataJSON": "e30", "attestationObject": "oA"}},
}
SIGNED: dict[str, object] = {
    "challenge_id": "{challenge}",
    "credential": {
        **CREDENTIAL,
        "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
    },
}
_PASSKEY = """
insert into identity.passkey (
  id, user_id, credential_id, public_key, sign_count, transports, name, created_at
)
select gen_random_uuid(), $1, 'no device has it', 'no key', 0, '{}', 'Ana''s phone', now()
returning id"""


def _proven(usual: int) -> Outcomes:
    """An act that wants a fresh proof: Ana's session has given one, and those of operators."""
    return writing(401, operators=usual, unproven=401, owner=usual)


async def _prepare(place: Place) -> None:
    ana = place.people["ana"].id
    await place.admin.execute(
        "update identity.session set proved_at = $2, proved_by = 'email_code' where user_id = $1",
        ana,
        clock.now() + timedelta(days=1),  # a world is kept for longer than ten minutes
    )
    browser = await place.admin.fetchval(
        "select id from identity.session where user_id = $1 and kind = 'cookie'", ana
    )
    place.facts["session"] = ids.show("ses", browser)
    place.facts["passkey"] = ids.show("pky", await place.admin.fetchval(_PASSKEY, ana))
    place.marks["passkey"] = place.facts["passkey"]


AREA = Area(
    cases=(
        Case("POST /v1/auth/step-up", writing(200, operators=200), body={}),
        Case(
            "POST /v1/auth/step-up",
            public(404),
            "that nobody was asked",
            body={"challenge_id": "{challenge}", "method": "totp", "proof": "000000"},
        ),
        Case("POST /v1/auth/totp", _proven(200)),
        Case("POST /v1/auth/totp/confirm", _proven(409), "not offered", body={"code": "000000"}),
        Case("DELETE /v1/auth/totp", {**_proven(409), "owner": 204}, "which Ana alone has"),
        Case(
            "POST /v1/auth/recovery-codes",
            {**_proven(409), "owner": 200},
            "beside an app, which Ana alone has",
        ),
        Case("POST /v1/auth/passkey/register/options", _proven(200)),
        Case("POST /v1/auth/passkey/register/verify", _proven(410), "that nobody asked", body=MADE),
        Case("POST /v1/auth/passkey/sign-in/options", public(200)),
        Case("POST /v1/auth/passkey/sign-in/verify", public(410), "that nobody asked", body=SIGNED),
        Case(
            "GET /v1/me/passkeys",
            reading(200, operators=200),
            sees={"passkey": ANA},
        ),
        Case(
            "PATCH /v1/me/passkeys/{passkey_id}",
            writing(404, operators=404, owner=200),
            "of Ana's phone",
            path={"passkey_id": "{passkey}"},
            body={"name": "My phone"},
            sees={"passkey": frozenset({"owner"})},
        ),
        Case(
            "DELETE /v1/me/passkeys/{passkey_id}",
            {**_proven(404), "owner": 204},
            "of Ana's phone",
            path={"passkey_id": "{passkey}"},
        ),
        Case("POST /v1/auth/password", _proven(204), body={"password": "another good password"}),
        Case("POST /v1/auth/email", _proven(200), body={"email": "new@example.org"}),
        Case("POST /v1/auth/email/confirm", _proven(404), "that was never sent", body=NEVER_SENT),
        Case(
            "POST /v1/auth/recover",
            public(404),
            "with a code that was never sent",
            body={**NEVER_SENT, "password": "another good password"},
        ),
        Case("POST /v1/me/lock", writing(204, operators=204)),
        Case("GET /v1/me/sessions", reading(200, operators=200)),
        Case("DELETE /v1/me/sessions", writing(204, operators=204)),
        Case(
            "DELETE /v1/me/sessions/{session_id}",
            writing(404, operators=404, owner=204),
            "Ana's browser",
            path={"session_id": "{session}"},
        ),
        Case("GET /v1/me/security-events", reading(200, operators=200)),
    ),
    prepare=_prepare,
)

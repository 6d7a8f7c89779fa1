"""Who may do what: every operation, in each state of its object, for each kind of caller.

Declared by hand from what the product promises, not read from the code. An operation without a
row here fails (`test_matrix`), and so does an answer that shows a mark to anybody but `sees`.
"""

from dataclasses import dataclass, field

# What a caller is in the world of `test_matrix`: Ana owns what is looked at, Ben is the other
# party of her payment, Cleo a stranger, Dora is blocked by Ana. `ended` is Ana after signing out,
# `forged` her token with another signature, `foreign` her browser on somebody else's page.
WITHOUT_SESSION = ("nobody", "forged", "ended")
SIGNED_IN = ("owner", "party", "stranger", "blocked")
CALLERS = (*WITHOUT_SESSION, "foreign", *SIGNED_IN)
Outcomes = dict[str, int]
EVERYBODY = frozenset(CALLERS) - {"foreign"}
ANA = frozenset({"owner", "foreign"})
PARTIES = ANA | {"party"}


@dataclass(frozen=True, slots=True)
class Case:
    """An operation in one state; values may name facts of the world, as `{ana}`.

    `sees`: who must find which mark in the answer. Nobody else may, and nobody any other mark,
    but for their own id.
    """

    operation: str
    outcomes: Outcomes
    state: str = ""
    query: str = ""
    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, object] | None = None
    sees: dict[str, frozenset[str]] = field(default_factory=dict)


def public(status: int) -> Outcomes:
    """Everybody gets the same, but a page of another site that sends a browser here."""
    return {**dict.fromkeys(CALLERS, status), "foreign": 403}


def reading(usual: int, **others: int) -> Outcomes:
    """A private read: whoever is signed in gets `usual` unless said; a page elsewhere reads none
    of it, because the browser does not hand it the answer.
    """
    signed_in = dict.fromkeys((*SIGNED_IN, "foreign"), usual)
    return {**dict.fromkeys(WITHOUT_SESSION, 401), **signed_in, **others}


def writing(usual: int, **others: int) -> Outcomes:
    """A private change: as reading, and never from another site's page."""
    return {**reading(usual, **others), "foreign": 403}


SIGN_IN: dict[str, object] = {"identifier": "ana", "password": "correct horse battery"}
PAY: dict[str, object] = {"payee_id": "{eve}", "amount": 100, "currency": "USD"}

CASES = (
    # --- the way in -------------------------------------------------------------------------
    Case("POST /v1/auth/start", public(200), body={"identifier": "{caller}@example.org"}),
    Case(
        "POST /v1/auth/code",
        public(404),
        "that was never sent",
        body={"challenge_id": "{challenge}", "code": "000000"},
    ),
    Case(
        "POST /v1/auth/sign-up",
        public(410),
        "with a made-up ticket",
        body={
            "ticket": "made-up",
            "display_name": "Zoe",
            "handle": "zoe",
            "password": "correct horse battery",
        },
    ),
    Case(
        "POST /v1/auth/sign-in",
        public(200),
        body=SIGN_IN,
        sees={"email": EVERYBODY, "ana": EVERYBODY - ANA},
    ),
    Case("POST /v1/auth/token", public(200), body=SIGN_IN),
    Case("POST /v1/auth/refresh", public(401), "made-up", body={"refresh_token": "made.up"}),
    Case("POST /v1/auth/sign-out", writing(204)),
    # --- people -----------------------------------------------------------------------------
    Case("GET /v1/me", reading(200), sees={"email": ANA}),
    Case(
        "GET /v1/users/{handle}",
        reading(200, blocked=404),
        path={"handle": "ana"},
        sees={"ana": frozenset({"party", "stranger"})},
    ),
    Case("GET /v1/users/{handle}", reading(404), "of nobody", path={"handle": "nobody_here"}),
    Case("GET /v1/friends", reading(200), query="?state=blocked", sees={"dora": ANA}),
    Case("PUT /v1/friends/{user_id}/block", writing(204), path={"user_id": "{eve}"}),
    Case(
        "PUT /v1/friends/{user_id}/block",
        writing(204, owner=400),
        "of Ana, who cannot block herself",
        path={"user_id": "{ana}"},
    ),
    Case(
        "PUT /v1/friends/{user_id}/block",
        writing(404),
        "of nobody",
        path={"user_id": "{nobody}"},
    ),
    Case("DELETE /v1/friends/{user_id}/block", writing(204), path={"user_id": "{eve}"}),
    # --- money ------------------------------------------------------------------------------
    Case("GET /v1/balance", reading(200), sees={"balance": ANA}),
    Case("POST /v1/payments", writing(201), body=PAY),
    # A token is read in memory and its session looked up with the batch, so whoever has signed out
    # may still be told what is wrong with the request itself; nothing else.
    Case(
        "POST /v1/payments",
        writing(201, owner=400, ended=400, blocked=404),
        "to Ana, who cannot pay herself and has blocked Dora",
        body={**PAY, "payee_id": "{ana}"},
        sees={"ana": frozenset({"party", "stranger"})},
    ),
    Case("POST /v1/payments", writing(404), "to nobody", body={**PAY, "payee_id": "{nobody}"}),
    Case("POST /v1/payments", writing(422), "beyond the money", body={**PAY, "amount": 20_000}),
    Case(
        "GET /v1/payments",
        reading(200),
        sees={"completed": PARTIES, "note": PARTIES, "declined": ANA, "ana": frozenset({"party"})},
    ),
    Case(
        "GET /v1/payments",
        reading(200),
        "by the key of Ana's payment",
        query="?idempotency_key={key}",
        sees={"completed": ANA, "note": ANA},
    ),
    Case(
        "GET /v1/payments/{payment_id}",
        reading(200, stranger=404, blocked=404),
        "completed",
        path={"payment_id": "{completed}"},
        sees={"completed": PARTIES, "note": PARTIES, "ana": frozenset({"party"})},
    ),
    Case(
        "GET /v1/payments/{payment_id}",
        reading(200, party=404, stranger=404, blocked=404),
        "declined, of which the payee never hears",
        path={"payment_id": "{declined}"},
        sees={"declined": ANA, "note": ANA},
    ),
    Case(
        "GET /v1/payments/{payment_id}",
        reading(404),
        "an id of another kind",
        path={"payment_id": "{ana}"},
    ),
    Case(
        "GET /v1/transactions",
        reading(200),
        sees={"completed": PARTIES, "note": PARTIES, "declined": ANA, "ana": frozenset({"party"})},
    ),
)

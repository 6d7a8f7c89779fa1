"""The words in which the matrix is written: callers, outcomes, cases, areas."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import asyncpg
import httpx2

from quid.kit.operators import Role
from quid.kit.runtime import Runtime
from tests.support.people import Someone
from tests.support.waiting import code_now

# What a caller is in the world of `tests/api/matrix/world.py`. Ana owns what is looked at. They
# call in this order, each in the world that the ones before left: who may do nothing comes first.
# `ended` is Ana after signing out, `forged` her token with another signature, `foreign` her browser
# on somebody else's page. Cleo is a stranger, Dora is blocked by Ana, Fred her friend, Gus frozen
# in all he does, Ben the other party of her payments.
WITHOUT_SESSION: Final = ("nobody", "forged", "ended")
PEOPLE: Final = ("stranger", "blocked", "friend", "frozen", "party", "owner")
OPERATORS: Final[tuple[Role, ...]] = (
    "support",
    "analyst",
    "finance",
    "compliance",
    "auditor",
    "admin",
)
# `unproven` is an admin in a session that has not proved its second factor.
STAFF: Final = ("unproven", *OPERATORS)
SIGNED_IN: Final = (*PEOPLE, *STAFF)
CALLERS: Final = (*WITHOUT_SESSION, "foreign", *SIGNED_IN)
HANDLES: Final = {
    "stranger": "cleo",
    "blocked": "dora",
    "friend": "fred",
    "frozen": "gus",
    "party": "ben",
    "owner": "ana",
}

Outcomes = Mapping[str, int]
EVERYBODY: Final = frozenset(CALLERS) - {"foreign"}
ANA: Final = frozenset({"owner", "foreign"})
PARTIES: Final = ANA | {"party"}
# Who sees what Ana and Ben let friends see.
FRIENDS: Final = PARTIES | {"friend"}
# Who may look Ana up: not Dora, whom she has blocked.
AROUND: Final = frozenset({"party", "friend", "stranger", "frozen"})


@dataclass(frozen=True, slots=True)
class Case:
    """An operation in one state; values may name facts of the world, as `{ana}`; `{caller}` who
    calls, and `{totp}` what Ana's app shows now.

    `sees`: who must find which mark in the answer. Nobody else may, and nobody any other mark,
    but for their own id. `moves`: each 201 of this operation is one more payment in the books;
    `moved`: so many are in the end, whoever pressed.
    """

    operation: str
    outcomes: Outcomes
    state: str = ""
    query: str = ""
    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, object] | None = None
    sees: dict[str, frozenset[str]] = field(default_factory=dict)
    moves: bool = False
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """The world while it is made: its people, and their clients by caller."""

    runtime: Runtime
    admin: asyncpg.Connection
    people: Mapping[str, Someone]
    clients: Mapping[str, httpx2.AsyncClient]
    facts: dict[str, str]
    marks: dict[str, str]


class Area(NamedTuple):
    """The cases of one area; `prepare` puts what they need into the world, its ids into `facts`."""

    cases: tuple[Case, ...]
    prepare: Callable[[Place], Awaitable[None]] | None = None


class Request(NamedTuple):
    """What a caller sends."""

    method: str
    url: str
    body: dict[str, object] | None
    headers: dict[str, str]


def request_of(case: Case, caller: str, facts: Mapping[str, str]) -> Request:
    """Write the request of a case, its names filled in."""
    known = {**facts, "caller": caller, "totp": code_now()}
    method, template = case.operation.split(" ")
    path = template.format_map({k: v.format_map(known) for k, v in case.path.items()})
    body = None if case.body is None else {k: _filled(v, known) for k, v in case.body.items()}
    # One key for all: the same key of another person is another key.
    headers = {} if method == "GET" else {"idempotency-key": "one-key"}
    return Request(method, path + case.query.format_map(known), body, headers)


def _filled(value: object, facts: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_filled(one, facts) for one in value]
    return value.format_map(facts) if isinstance(value, str) else value


def public(status: int) -> Outcomes:
    """Everybody gets the same, but a page of another site that sends a browser here."""
    return {**dict.fromkeys(CALLERS, status), "foreign": 403}


def reading(usual: int, *, operators: int = 403, **others: int) -> Outcomes:
    """A private read of people: whoever is signed in gets `usual` unless said; a page elsewhere
    reads none of it, because the browser does not hand it the answer. Operators have no wallet and
    no friends: they look through `/v1/ops`.
    """
    people = dict.fromkeys((*PEOPLE, "foreign"), usual)
    staff = dict.fromkeys(STAFF, operators)
    return _checked({**dict.fromkeys(WITHOUT_SESSION, 401), **people, **staff, **others})


def writing(usual: int, *, operators: int = 403, **others: int) -> Outcomes:
    """A private change: as reading, and never from another site's page."""
    return {**reading(usual, operators=operators, **others), "foreign": 403}


def operating(usual: int, *roles: str, **others: int) -> Outcomes:
    """An act of operators in one of these roles; people and other roles are FORBIDDEN.

    A person's browser is nobody there: the console has a cookie of its own.
    """
    signed_in = dict.fromkeys(SIGNED_IN, 403)
    allowed = dict.fromkeys(roles, usual)
    no_session = dict.fromkeys((*WITHOUT_SESSION, "foreign", "unproven"), 401)
    return _checked({**signed_in, **no_session, **allowed, **others})


def _checked(outcomes: Outcomes) -> Outcomes:
    unknown = outcomes.keys() - set(CALLERS)
    assert not unknown, f"no such caller: {unknown}"
    return outcomes

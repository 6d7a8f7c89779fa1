"""Pure rules of banks and cards: what makes one usable, what it is called, what may be opened."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from quid.funding.rules import banking_days
from quid.funding.types import Peer, Source, SourceKind, SourceState, VerifyMethod

LIVE_MAX: Final = 10
PEOPLE_MAX: Final = 3
SESSION_LIFE: Final = timedelta(minutes=30)
TRIES: Final = 3
TYPED_LIFE: Final = timedelta(days=10)
HOSTED_LIFE: Final = timedelta(days=7)
CENTS_MAX: Final = 99
BY_OPERATOR: Final = "operator"
_BY_DEPOSITS: Final = frozenset({"automated", "same_day", "typed"})
TOO_MANY: Final = "too_many_people"

CONSENT_VERSION: Final = "2026-11"
CONSENT: Final = (
    "I authorize Quid to debit and credit this account by the amounts, and at the times, that I "
    "ask for in Quid, and to correct errors. This holds until I remove the account in Quid. An "
    "amount that my bank returns is owed to Quid."
)
CONSENT_HASH: Final = hashlib.sha256(CONSENT.encode()).digest()[:16]

_STATUSES: Final[Mapping[str | None, tuple[SourceState, VerifyMethod]]] = {
    None: (SourceState.VERIFIED, "instant"),
    "automatically_verified": (SourceState.VERIFIED, "automated"),
    "manually_verified": (SourceState.VERIFIED, "same_day"),
    "database_insights_pass": (SourceState.VERIFIED, "database"),
    "pending_manual_verification": (SourceState.VERIFYING, "same_day"),
    "verification_expired": (SourceState.EXPIRED, "same_day"),
    "verification_failed": (SourceState.FAILED, "same_day"),
}

Needs = Literal["repair", "amounts", "code", "wait", "review"]


class Scores(NamedTuple):
    """From which score on a bank's owner passes by itself, and from which an operator may."""

    passing: int
    review: int


class MayMove(NamedTuple):
    """What a bank can be used for."""

    pull: bool
    push: bool


def may_move(
    scores: Scores, score: int | None, bank: MayMove, *, is_passed: bool = False
) -> MayMove:
    """Say what a proven bank can do: by its own word, and by how well its owner's name matches.

    Below the passing score nothing moves before an operator lets it; one whose name does not
    match at all, or is not known, is never pulled from. Source: rails.md 1 of the blueprint.
    """
    known = -1 if score is None else score
    is_near = known >= scores.passing or (is_passed and known >= scores.review)
    return MayMove(bank.pull and is_near, bank.push and (is_near or is_passed))


def is_full(peers: Iterable[Peer], user_id: UUID, *, is_proven: bool) -> bool:
    """Tell whether as many others have an account or card as may share one.

    Its numbers stand on every cheque: who has only typed them keeps out nobody who has proven it.
    """
    since = SourceState.VERIFIED if is_proven else SourceState.LINKED
    others = {
        p.user_id for p in peers if p.user_id != user_id and since <= p.state < SourceState.EXPIRED
    }
    return len(others) >= PEOPLE_MAX


def how_far(status: str | None) -> tuple[SourceState, VerifyMethod]:
    """Read how far a provider has proven an account; a word we do not know proves nothing."""
    return _STATUSES.get(status, (SourceState.VERIFYING, "automated"))


def is_routing(number: str) -> bool:
    """Tell whether nine digits are an ABA routing number: weights 3, 7, 1, sum divisible by 10."""
    if re.fullmatch(r"[0-9]{9}", number) is None or number == "000000000":
        return False
    return sum(w * int(d) for w, d in zip((3, 7, 1) * 3, number, strict=True)) % 10 == 0


def wrong_routing(number: str) -> str:
    """Say what is wrong with one that `is_routing` does not take."""
    if re.fullmatch(r"[0-9]{9}", number) is None:
        return "nine digits, as they stand on a cheque"
    return "one of these nine digits is wrong: its check digit does not fit. Look again"


def is_account(number: str) -> bool:
    """Tell whether it can be the number of a bank account."""
    return re.fullmatch(r"[0-9]{4,17}", number) is not None


def without_number(name: str) -> str:
    """Leave four digits of what may be the number of an account: names of accounts hold some."""
    return re.sub(r"[0-9](?=[0-9]{4})", "\u2022", name)


def is_over(month: int | None, year: int | None, *, on: date) -> bool:
    """Tell whether a card's last month is over."""
    return month is not None and year is not None and (year, month) < (on.year, on.month)


def is_own_path(path: str) -> bool:
    """Tell whether it names a place on our own site: a browser must not be led elsewhere."""
    if re.fullmatch(r"/[!-\[\]-~]{0,199}", path) is None or path.startswith("//"):
        return False
    parts = urlsplit(path)
    return not parts.scheme and not parts.netloc


def is_hosted(url: str, hosts: frozenset[str]) -> bool:
    """Tell whether a page is on one of the provider's own hosts, over HTTPS or on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None or not ({host, parts.netloc} & hosts):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in {"127.0.0.1", "::1"})


# --- as people see it --------------------------------------------------------------------------


def label(source: Source) -> str:
    """Name a source for its owner: `First Bank ··1234`."""
    return f"{source.institution or 'Bank'} ··{source.last4}"


def can_deposit(source: Source) -> bool:
    """Tell whether money can be taken from a bank into the wallet."""
    is_bank = source.kind == SourceKind.BANK
    return is_bank and source.state == SourceState.VERIFIED and source.can_pull


def can_withdraw(source: Source) -> bool:
    """Tell whether money can be sent to it."""
    return source.state == SourceState.VERIFIED and source.can_push


def rests_until(source: Source, *, now: datetime) -> datetime | None:
    """Say until when nothing is sent to an account that small deposits proved; None = no longer.

    One banking day: who shares a mailbox with its owner is found out meanwhile. Source: rails.md 1
    of the blueprint.
    """
    if source.verify_method not in _BY_DEPOSITS or source.verified_at is None:
        return None
    proven = source.verified_at.astimezone(banking_days.NEW_YORK).date()
    until = banking_days.end_of(banking_days.after(proven, 1) - timedelta(days=1))
    return until if now < until else None


def needs(source: Source) -> Needs | None:
    """Say what would make it usable; None where nothing would, or nothing must."""
    return lacking(source.kind, source.state, source.verify_method, can_push=source.can_push)


def lacking(kind: int, state: int, verify_method: str | None, *, can_push: bool) -> Needs | None:
    """As `needs`, of what is known of a source."""
    if state == SourceState.NEEDS_REPAIR:
        return "repair"
    if state == SourceState.VERIFYING:
        if verify_method == "typed":
            return "amounts"
        return "code" if verify_method == "same_day" else "wait"
    if kind == SourceKind.BANK and state == SourceState.VERIFIED and not can_push:
        return "review"
    return None

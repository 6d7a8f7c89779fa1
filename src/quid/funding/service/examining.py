"""Looking at an account before anything is written: is it proven, what can it do, whose is it."""

from uuid import UUID

from quid.funding.errors import AccountFrozen, StateConflict
from quid.funding.ports import BankAccount, Owner, Rails
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.settings import FundingSettings
from quid.funding.store import sources as store
from quid.funding.types import Examined, SourceState
from quid.identity import queries as people
from quid.identity.queries import verification
from quid.kit import db, runtime
from quid.kit.crypto import Secret


async def owner_of(user_id: UUID) -> Owner | None:
    """Name who an account of this person should belong to; None before they are verified."""
    async with runtime.part(db.Database).read() as conn:
        name = await verification.legal_name(conn, user_id)
    return None if name is None else Owner(name)


async def examine(
    rails: Rails, token: Secret, account: BankAccount, owner: Owner | None
) -> Examined:
    """Ask a bank about an account. Its numbers are hashed here and kept nowhere.

    No transaction is open. Raises: ProviderError.
    """
    state, method = rules.how_far(account.verification_status)
    if state is not SourceState.VERIFIED:
        return Examined(state, method)
    numbers = await rails.accounts.numbers(token, account.ref)
    whole = f"{numbers.routing}|{numbers.account.reveal()}"
    # A bank's stand-in numbers are others for each sign-in: its own lasting name finds the account.
    known_by = ("bank_ref", account.persistent_ref) if account.persistent_ref else None
    kind, text = (known_by if numbers.is_tokenized else None) or ("bank", whole)
    score = None
    if owner is not None:
        score = await rails.accounts.owner_match(token, account.ref, owner)
    return Examined(
        state,
        method,
        fingerprint=store.fingerprint(kind, text),
        is_tokenized=numbers.is_tokenized,
        pulls=numbers.can_pull,
        pushes=numbers.can_push,
        is_rtp=await rails.ach.can_rtp(token, account.ref),
        score=score,
    )


def may_move(seen: Examined, *, is_passed: bool = False) -> rules.MayMove:
    """Say what an account can be used for, by the scores of this installation."""
    settings = runtime.part(FundingSettings)
    scores = rules.Scores(settings.owner_score_passing, settings.owner_score_review)
    bank = rules.MayMove(seen.pulls, seen.pushes)
    return rules.may_move(scores, seen.score, bank, is_passed=is_passed)


async def require_welcome(conn: db.Conn, user_id: UUID, *, is_new: bool = True) -> None:
    """Make sure that a person may link something now.

    Raises: AccountFrozen while anything of theirs is on hold, StateConflict with ten already.
    """
    frozen = await people.freezes(conn, user_id)
    if frozen:
        words = frozen[0]
        raise AccountFrozen(
            "Linking is on hold for your account. Nothing was changed.",
            extra={"reason": words.reason_class, "text": words.text},
        )
    if is_new and await queries.live_count(conn, user_id) >= rules.LIVE_MAX:
        raise too_many()


def too_many() -> StateConflict:
    """Say that ten are enough."""
    return StateConflict(
        f"You have {rules.LIVE_MAX} banks and cards, the most we keep. Remove one first."
    )

"""Step-up: a person who is known proves once more who they are, for one purpose.

A try is paid for before it is compared, five to a challenge; beyond five failures of a person
each further one waits twice as long. What a proof is made of (a step of the app, a recovery code,
a code sent, the answer of a passkey) works once.
"""

import hmac
import secrets
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity import queries, rules
from quid.identity.errors import ChallengeExpired, ChallengeFailed
from quid.identity.queries import access
from quid.identity.service import factors, notices, passkeys, slow
from quid.identity.service.notices import Notice
from quid.identity.service.passwords import Passwords
from quid.identity.service.sessions import session_entry
from quid.identity.service.tokens import Tokens, digest, new_secret
from quid.identity.store import access as store
from quid.identity.types import (
    NOWHERE,
    Method,
    MethodName,
    Proof,
    Renewed,
    SignOptions,
    StepUp,
    Visit,
)
from quid.kit import audit, db, ids, runtime, telemetry
from quid.kit.errors import NotFound, RateLimited, StepUpRequired, ValidationFailed
from quid.kit.mail import Mail, Mailer, MailFailed
from quid.kit.web import Caller, SignInRequired

IN_SESSION: Final = "step_up"
_OUTCOMES = telemetry.counter("quid_identity_step_ups_total", "proofs shown", "method", "outcome")


class Claim(NamedTuple):
    """Which challenge a proof is for: of this purpose, and of this session where it has one."""

    challenge_id: UUID
    purpose: str
    session_id: UUID | None = None


async def begin(caller: Caller, *, now: datetime) -> StepUp:
    """Ask the holder of a session for a proof; whoever has no second factor is sent a code.

    Raises: StepUpRequired where there is no way now, RateLimited. Locks: identity.person.
    """
    challenge_id = ids.new(ids.bucket(caller.user_id), now)
    new = store.NewStepUp(
        id=challenge_id,
        user_id=caller.user_id,
        purpose=IN_SESSION,
        session_id=caller.session_id,
        tries=rules.STEP_UP_TRIES,
        at=now,
        expires_at=now + rules.STEP_UP_LIFE,
    )
    mail: Mail | None = None
    async with runtime.part(db.Database).transaction() as tx:
        await store.lock_person(tx, caller.user_id)
        methods = await access.methods_of(tx, caller.user_id, now=now)
        if not methods:
            raise StepUpRequired(
                "This account was opened by e-mail alone: for 24 hours after it, e-mail proves "
                "nothing more. Nothing was changed."
            )
        await add(tx, new)
        if is_by_email(methods):
            mail = await put_code(tx, challenge_id, caller.user_id, now=now)
        entry = session_entry("identity.step_up_begin", caller.user_id, caller.session_id, now=now)
        await audit.record(tx, [entry])
    await post(mail, now=now)
    return await passkeys.offered(StepUp(challenge_id, methods), caller.user_id)


async def finish(
    caller: Caller, challenge_id: UUID, proof: Proof, visit: Visit, *, now: datetime
) -> Renewed:
    """Prove who holds the session, for 10 minutes; a browser's session gets a new secret.

    Raises: NotFound, ChallengeFailed, ChallengeExpired,
    RateLimited, Overloaded.
    """
    claim = Claim(challenge_id, IN_SESSION, caller.session_id)
    await judge(claim, proof, visit, now=now)
    token = new_secret() if caller.via == "cookie" else None
    async with runtime.part(db.Database).transaction() as tx:
        proven = await store.PROVE_SESSION.maybe(
            tx, caller.session_id, proof.method, now, digest(token) if token else None
        )
        if proven is None:
            raise SignInRequired
        entry = session_entry(
            "identity.step_up", caller.user_id, caller.session_id, now=now, how=proof.method
        )
        await audit.record(tx, [entry])
    left = int((proven.ends_at - now).total_seconds()) if proven.is_remembered else None
    return Renewed(now + rules.STEP_UP_LIFE, token, left)


async def add(tx: db.Tx, new: store.NewStepUp) -> None:
    """Write a challenge that anybody in the same place could ask for again and again: a part.

    A few may wait for their answer, so that guesses at many of them at once are few too. Under
    the lock of the person. Raises: RateLimited.
    """
    begun = await store.BEGUN.get(tx, new.user_id, new.purpose, new.at - rules.STEP_UP_LIFE)
    if begun >= rules.STEP_UPS_OPEN:
        wait = int(rules.STEP_UP_LIFE.total_seconds())
        raise RateLimited("Too many of these wait for a code. Finish one.", retry_after=wait)
    await store.add_step_up(tx, new)


async def prove(
    user_id: UUID, method: MethodName, proof: str, *, purpose: str, now: datetime
) -> None:
    """Prove who a person is, for one purpose of a floor above: once, with five tries.

    `purpose` names all that is agreed to (a payment, its payee and amount). Commits by itself, so
    call it before the transaction of the act. An e-mail code is sent by `send_code`.
    Raises: ChallengeFailed with the tries left, ChallengeExpired, RateLimited.
    """
    claim = Claim(ids.leg(user_id, purpose), purpose)
    async with runtime.part(db.Database).transaction() as tx:
        await _ensure(tx, claim, user_id, now=now)
    await judge(claim, Proof(method, proof), NOWHERE, now=now)


async def send_code(user_id: UUID, *, purpose: str, now: datetime) -> None:
    """Send the code with which `prove` takes `email_code`.

    Raises: ChallengeExpired where the purpose was proven or is too old, RateLimited.
    Locks: identity.person.
    """
    claim = Claim(ids.leg(user_id, purpose), purpose)
    async with runtime.part(db.Database).transaction() as tx:
        await store.lock_person(tx, user_id)
        await _ensure(tx, claim, user_id, now=now)
        mail = await put_code(tx, claim.challenge_id, user_id, now=now)
    await post(mail, now=now)


async def ask_passkey(
    user_id: UUID, *, purpose: str, made_by: datetime | None = None
) -> SignOptions:
    """Ask a passkey of a person for the proof that `prove` takes.

    `made_by`: no later key may answer, but of a person who came later. The ask before is void.
    Raises: FactorMissing where there is no such key, RateLimited.
    """
    return await passkeys.ask(ids.leg(user_id, purpose), user_id, made_by=made_by)


async def judge(claim: Claim, proof: Proof, visit: Visit, *, now: datetime) -> store.Asked:
    """Pay for a try and compare; give the challenge, which is used from here on.

    Raises: NotFound, ChallengeFailed with the tries left, ChallengeExpired, RateLimited,
    Overloaded. Locks: identity.step_up, then identity.passkey where that is the proof.
    """
    database = runtime.part(db.Database)
    async with database.read() as conn:
        user_id = await access.ASKED_OF.maybe(
            conn, claim.challenge_id, claim.purpose, claim.session_id
        )
    if user_id is None:
        raise NotFound
    gate = f"factor:{{{user_id.hex}}}"
    await slow.look(gate)
    is_password_right = await _is_password_right(claim, proof, user_id)
    kept = None
    if proof.method == "passkey":
        kept = await passkeys.take("step-up", claim.challenge_id)
    async with database.transaction() as tx:
        asked = await store.PAY_TRY.maybe(tx, claim.challenge_id, now)
        if asked is None:
            raise ChallengeExpired
        trace = Notice(user_id, "passkey_suspect", now, visit, claim.session_id)
        notice = None
        if proof.method == "passkey":
            is_right, notice = await _is_signed(tx, proof, kept, trace)
        else:
            is_right = is_password_right and await _is_right(tx, asked, proof, now=now)
        if is_right:
            await store.USE_STEP_UP.run(tx, asked.id, now)
            if proof.method == "recovery_code":
                used = Notice(user_id, "recovery_code_used", now, visit, claim.session_id)
                notice = await notices.note(tx, used)
    notices.tell(notice)
    _OUTCOMES.labels(proof.method, "ok" if is_right else "failed").inc()
    if is_right:
        with suppress(RateLimited):  # what is proven is proven; tries at once were bounded
            await slow.forgive(gate)
        return asked
    if await slow.count(gate):
        notices.note_failures(user_id, visit, now=now)
    raise failed(asked.tries_left)


def failed(left: int, *, field: str = "proof") -> ChallengeFailed:
    """Say how many tries are left. The try that was used stays used."""
    return ChallengeFailed(
        f"{left} {'try' if left == 1 else 'tries'} left." if left else "Ask for a new code.",
        field=field,
        extra={"tries_left": left},
    )


def is_by_email(methods: tuple[Method, ...]) -> bool:
    """Tell whether a code must be sent: there is no other way."""
    return any(m.name == "email_code" for m in methods)


async def put_code(
    tx: db.Tx, challenge_id: UUID, user_id: UUID, *, now: datetime, to: str | None = None
) -> Mail:
    """Draw a code for a challenge and write the mail that carries it: a part.

    The mail goes out after the commit (`post`). `to`: another address than the person's.
    Raises: RateLimited, ChallengeExpired.
    """
    sent = await store.CODES_SENT.all(tx, user_id, now - rules.CODE_WINDOW)
    wait = rules.seconds_to_next_code(sent, now=now)
    if wait > 0:
        raise RateLimited(f"Another code can be sent in {wait} s.", retry_after=wait)
    person = await queries.person(tx, user_id)
    if person is None:
        raise NotFound
    code = f"{secrets.randbelow(1_000_000):06d}"
    tag = runtime.part(Tokens).code_tag(challenge_id, code)
    sealed = store.seal_email(challenge_id, user_id, to) if to else None
    if not await store.PUT_CODE.run(tx, challenge_id, tag, sealed, now):
        raise ChallengeExpired
    return code_mail(to or person.email, code)


async def post(mail: Mail | None, *, now: datetime) -> None:
    """Hand a mail over, after the commit. If it is lost the person asks again."""
    if mail is None:
        return
    try:
        await runtime.part(Mailer).send(mail, now=now)  # type: ignore[type-abstract]  # a port
    except MailFailed as e:
        telemetry.log.error("identity.mail_failed", exc_info=e)


def code_mail(email: str, code: str) -> Mail:
    """Write the mail of a code."""
    return Mail(
        to=email,
        subject=f"{code} is your Quid code",
        text=(
            f"Your code is {code}. It works once, for 10 minutes.\n\n"
            "Nobody from Quid will ever ask you for it. "
            "If you did not ask for a code, ignore this mail: nothing happens without it.\n"
        ),
    )


def entry(action: str, user_id: UUID, challenge_id: UUID, *, now: datetime) -> audit.Entry:
    """Write an act of a person on a challenge for the audit log."""
    return audit.Entry(
        actor=ids.show("usr", user_id),
        actor_type="person",
        action=action,
        resource_type="challenge",
        resource_id=ids.show("chl", challenge_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
    )


async def _ensure(tx: db.Tx, claim: Claim, user_id: UUID, *, now: datetime) -> None:
    new = store.NewStepUp(
        id=claim.challenge_id,
        user_id=user_id,
        purpose=claim.purpose,
        tries=rules.STEP_UP_TRIES,
        at=now,
        expires_at=now + rules.STEP_UP_LIFE,
    )
    await store.add_step_up(tx, new)


async def _is_password_right(claim: Claim, proof: Proof, user_id: UUID) -> bool:
    """Compare the password that stands beside an e-mail code in a session."""
    if proof.method != "email_code" or claim.purpose != IN_SESSION:
        return True
    if not proof.password:
        raise ValidationFailed("password: needed beside an e-mail code.", field="password")
    async with runtime.part(db.Database).read() as conn:
        known = await access.PASSWORD_OF.get(conn, user_id)
    return await runtime.part(Passwords).matches(known, rules.normal_text(proof.password))


async def _is_right(tx: db.Tx, asked: store.Asked, proof: Proof, *, now: datetime) -> bool:
    match proof.method:
        case "totp":
            return await factors.use_totp(tx, asked.user_id, proof.text, now=now)
        case "recovery_code":
            return await factors.use_recovery_code(tx, asked.user_id, proof.text, now=now)
        case "email_code":
            tag = runtime.part(Tokens).code_tag(asked.id, proof.text)
            return asked.code_hash is not None and hmac.compare_digest(asked.code_hash, tag)
        case "passkey":
            return False  # judged beside: `_is_signed`


async def _is_signed(
    tx: db.Tx, proof: Proof, kept: passkeys.Kept | None, trace: Notice
) -> passkeys.Used:
    key = await passkeys.find(tx, proof.text, kept)
    if key is None or kept is None:
        return passkeys.Used(is_right=False)
    return await passkeys.use(tx, key, proof.text, kept, trace)

"""Some weeks of a town in a second: people befriend, pay, talk, ask, hide, block, in any order."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, get_args
from uuid import UUID

from quid.collect import service as collect
from quid.collect.types import Ask
from quid.identity import service as identity
from quid.kit import clock, ids
from quid.kit.crypto import digest16
from quid.kit.errors import Refusal
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.payments.service import CURRENCY
from quid.payments.service.visibility import show_to
from quid.payments.types import Visibility
from quid.social.service import talk
from quid.social.types import NewComment
from tests.support.people import Someone
from tests.support.sending import asked, code_of, send

NAMES: Final = ("ana", "ben", "cal", "dot", "eva")


@dataclass(slots=True)
class History:
    """What has happened so far; what next is drawn. A refusal is as good as a deed.

    `is_peaceful`: nobody refuses anybody. Who does is not told any more, so what an inbox says
    depends on when it was written.
    """

    rt: Runtime
    town: Sequence[Someone]
    seed: int
    is_peaceful: bool = False
    chance: Random = field(init=False)
    payments: list[UUID] = field(default_factory=list)
    requests: list[tuple[UUID, Someone, Someone]] = field(default_factory=list)
    amounts: dict[UUID, int] = field(default_factory=dict)
    done: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - what happens, not what protects

    async def go_on(self, acts: int) -> None:
        """Let so many things happen."""
        deeds: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self.befriend, 6), (self.pay, 8), (self.like, 5), (self.comment, 4), (self.ask, 4),
            (self.answer, 4), (self.show, 3), (self.part, 1), (self.unblock, 1),
            (self.block, 0 if self.is_peaceful else 1),
        )  # fmt: skip
        weighted = [deed for deed, weight in deeds for _ in range(weight)]
        for _ in range(acts):
            with suppress(Refusal):
                await self.chance.choice(weighted)()
            self.done += 1

    def pair(self) -> tuple[Someone, Someone]:
        """Draw two people."""
        one, other = self.chance.sample(list(self.town), 2)
        return one, other

    async def befriend(self) -> None:
        """One asks, the other accepts."""
        one, other = self.pair()
        await identity.befriend(one.id, other.id, now=clock.now())
        await identity.befriend(other.id, one.id, now=clock.now())

    async def part(self) -> None:
        """A friendship ends."""
        one, other = self.pair()
        await identity.part(one.id, other.id, now=clock.now())

    async def block(self) -> None:
        """One refuses the other."""
        one, other = self.pair()
        await identity.block(one.id, other.id, now=clock.now())

    async def unblock(self) -> None:
        """And no longer."""
        one, other = self.pair()
        await identity.unblock(one.id, other.id, now=clock.now())

    def wish(self) -> Visibility:
        """Draw who may see."""
        return self.chance.choice(get_args(Visibility))

    async def pay(self) -> None:
        """One pays the other."""
        payer, payee = self.pair()
        command = replace(
            asked(payer, payee, self.chance.randrange(1, 50), note="pizza"),
            visibility=self.wish(),
            show_amount=self.chance.random() < 0.5,
        )
        if code_of(await send(self.rt, command)) == "COMPLETED":
            self.payments.append(command.payment_id)

    async def like(self) -> None:
        """Somebody likes something, or tries to."""
        if self.payments:
            who = self.chance.choice(self.town)
            await talk.like(self.chance.choice(self.payments), who.id, now=clock.now())

    async def comment(self) -> None:
        """Somebody says something."""
        if self.payments:
            payment, now = self.chance.choice(self.payments), clock.now()
            author = self.chance.choice(self.town)
            said = NewComment(ids.new(ids.bucket(payment), now), payment, author.id, "well", None)
            await talk.comment(said, now=now)

    async def show(self) -> None:
        """Somebody wishes others to see a payment, or not."""
        if self.payments:
            who = self.chance.choice(self.town)
            payment = self.chance.choice(self.payments)
            await show_to(payment, who.id, self.wish(), show_amount=None, now=clock.now())

    async def ask(self) -> None:
        """One asks the other for money."""
        requester, requestee = self.pair()
        now = clock.now()
        key = Key(requester.id, collect.OPERATION, digest16(b"%d" % self.done), digest16(b"ask"))
        command = Ask(
            id=ids.new(ids.bucket(requestee.id), now),
            key=key,
            requester_id=requester.id,
            requestee_id=requestee.id,
            amount_minor=self.chance.randrange(1, 50),
            currency=CURRENCY,
            note="taxi",
            visibility=self.wish(),
            expires_in_days=30,
        )
        made = await collect.ask(command, now=now)
        self.requests.append((made.request_id, requester, requestee))
        self.amounts[made.request_id] = command.amount_minor

    async def answer(self) -> None:
        """One of the two does something with a request."""
        if not self.requests:
            return
        request, requester, requestee = self.chance.choice(self.requests)
        what = self.chance.choice(("pay", "pay", "decline", "cancel", "remind"))
        if what == "pay":
            command = replace(
                asked(requestee, requester, self.amounts[request], note="taxi"),
                for_request=request,
            )
            if code_of(await send(self.rt, command)) == "COMPLETED":
                self.payments.append(command.payment_id)
        elif what == "decline":
            await collect.decline(request, requestee.id, now=clock.now())
        elif what == "cancel":
            await collect.cancel(request, requester.id, now=clock.now())
        else:
            await collect.remind(request, requester.id, now=clock.now())

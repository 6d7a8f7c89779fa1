"""What demo people pay each other for, and what their friends say to it: drawn from a seed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity.types import Visibility
from quid.kit import clock, ids
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.social.service import talk as social
from quid.social.types import NewComment

LIKES: Final = 150
COMMENTS: Final = 40
SHOP: Final = "shop"


class Topic(NamedTuple):
    """Something to pay for: the notes of it, what it costs in cents, what friends say."""

    notes: tuple[str, ...]
    low: int
    high: int
    says: tuple[str, ...]


_AMONG_FRIENDS: Final = (
    Topic(("pizza 🍕", "pizza night 🍕🍕"), 900, 2_400, ("Save me a slice", "Best crust in town")),
    Topic(("coffee ☕", "flat white, as always ☕"), 300, 650, ("Next one is on me", "☕☕☕")),
    Topic(("ramen 🍜",), 1_100, 1_800, ("Where was that?", "I want some, too")),
    Topic(("taxi home 🚕", "the late taxi 🌙"), 700, 2_600, ("Good that you shared one",)),
    Topic(("concert tickets 🎶",), 2_500, 3_900, ("What a night!", "You got the good seats")),
    Topic(("movie night 🍿",), 800, 1_900, ("No spoilers please", "Was it any good?")),
    Topic(("brunch 🥞", "pancakes 🥞"), 1_000, 2_200, ("Same time next week?",)),
    Topic(("birthday gift 🎁", "Tara's present 🎁"), 1_000, 3_000, ("She will love it 🎉",)),
    Topic(("my half of the groceries 🥑",), 1_200, 3_800, ("Who ate the avocado",)),
    Topic(("gas for the trip ⛽",), 1_500, 3_500, ("That was a long way", "Worth it 🏔️")),
    Topic(("climbing gym 🧗",), 1_200, 1_800, ("My arms still hurt 💪", "Thursday again?")),
    Topic(("train to the lake 🚆",), 900, 2_800, ("How was the water?", "I should have come")),
    Topic(("two plants 🌿", "the big fern 🌿"), 600, 2_400, ("Do water them this time",)),
    Topic(("board games 🎲",), 1_500, 3_600, ("Rematch!", "Beginner's luck 🎲")),
    Topic(("that book you told me of 📚",), 900, 2_400, ("Tell me when you are through",)),
    Topic(("electricity, August 💡", "internet 📶"), 1_800, 3_900, ("Adult life",)),
    Topic(("ice cream 🍦",), 250, 900, ("Pistachio, I hope", "🍦")),
    Topic(("tennis court 🎾",), 1_000, 2_000, ("Who won?",)),
    Topic(("dog sitting 🐕",), 1_500, 3_500, ("Give him a hug from me 🐕",)),
    Topic(("you know for what 😉",), 500, 3_000, ("👀",)),
    Topic(("thanks! 🙏", "merci 💛", "danke dir!"), 200, 2_000, ("💛",)),
)
_AT_THE_SHOP: Final = (
    Topic(("bread and oat milk 🍞",), 500, 1_400, ("Their rye is the best",)),
    Topic(("cheese counter 🧀",), 900, 2_800, ("Try the goat's 🧀",)),
    Topic(("lunch 🥪", "soup of the day 🍲"), 700, 1_400, ("I had that, too",)),
    Topic(("flowers 💐",), 1_200, 3_200, ("For whom? 💐",)),
)
_WISHES: Final[tuple[Visibility | None, ...]] = (*[None] * 6, "public", "public", "private")


class Story(NamedTuple):
    """A payment to be made. `visibility` None: as the payer usually wishes it.

    `says`: what friends may say to it.
    """

    payer: str
    payee: str
    minor: int
    note: str
    visibility: Visibility | None = None
    says: tuple[str, ...] = ()


class Word(NamedTuple):
    """A comment on a payment, by its place among the payments that were made."""

    story: int
    author: str
    text: str


class Friends:
    """Who is whose friend among demo people, by handle."""

    def __init__(self, ties: Iterable[tuple[str, str]]) -> None:
        self._of: dict[str, set[str]] = {}
        for one, other in ties:
            self._of.setdefault(one, set()).add(other)
            self._of.setdefault(other, set()).add(one)

    def of(self, handle: str) -> list[str]:
        """Name the friends of a person."""
        return sorted(self._of.get(handle, ()))


def stories(
    able: Sequence[str], named: Collection[str], friends: Friends, *, turns: int, seed: int
) -> list[Story]:
    """Draw the payments, in the order they are made; the shop is paid most and pays nobody.

    All of it happens within an hour, so everybody pays about as often as the others, and the
    people one signs in as (`named`) pay seldom: else the rule on many payments an hour would hold
    theirs.
    """
    chance = Random(f"payments:{seed}")  # noqa: S311 - demo data, the same for a seed
    payers = [h for h in able if h != SHOP for _ in range(3 if h in named else turns)]
    chance.shuffle(payers)
    return [_story(chance, payer, able, friends) for payer in payers]


def _story(chance: Random, payer: str, able: Sequence[str], friends: Friends) -> Story:
    # People pay whom they know more often than anybody, and the shop at the corner most of all.
    known = friends.of(payer)
    often = known * (40 // len(known)) if known else []
    payee = chance.choice([p for p in (*able, *[SHOP] * 20, *often) if p != payer])
    topic = chance.choice(_AT_THE_SHOP if payee == SHOP else _AMONG_FRIENDS)
    minor, note = chance.randrange(topic.low, topic.high), chance.choice(topic.notes)
    return Story(payer, payee, minor, note, chance.choice(_WISHES), topic.says)


Seen = list[tuple[int, list[str]]]


def crowds(drawn: Sequence[Story], friends: Friends, made: Iterable[int]) -> Seen:
    """Name who may see each story that was made and that ana or ben may see: these are talked of.

    Fewer than the rule of the feed allows: those in it and their friends.
    """
    seen: Seen = []
    for n in made:
        story = drawn[n]
        crowd = {story.payer, story.payee, *friends.of(story.payer), *friends.of(story.payee)}
        if story.visibility != "private" and crowd & {"ana", "ben"}:
            seen.append((n, sorted(crowd - {SHOP})))
    return seen


def likes(seen: Seen, *, seed: int) -> list[tuple[int, str]]:
    """Draw who likes which story."""
    chance = Random(f"likes:{seed}")  # noqa: S311 - demo data, the same for a seed
    pairs = [(story, person) for story, people in seen for person in people]
    return chance.sample(pairs, min(LIKES, len(pairs)))


def comments(seen: Seen, drawn: Sequence[Story], *, seed: int) -> list[Word]:
    """Draw who says what to which story; no story hears the same twice."""
    chance = Random(f"comments:{seed}")  # noqa: S311 - demo data, the same for a seed
    found = [
        Word(story, chance.choice(people), text)
        for story, people in seen
        for text in drawn[story].says
    ]
    return chance.sample(found, min(COMMENTS, len(found)))


async def talk(
    seen: Seen,
    drawn: Sequence[Story],
    payments: Mapping[int, UUID],
    people: Mapping[str, UUID],
    *,
    seed: int,
) -> None:
    """Let people like what they see, and say something; done already, it changes nothing.

    `payments`: ids by their place among the stories; `people`: ids by handle.
    """
    for story, handle in likes(seen, seed=seed):
        await social.like(payments[story], people[handle], now=clock.now())
    for n, word in enumerate(comments(seen, drawn, seed=seed)):
        author, payment = people[word.author], payments[word.story]
        name = f"demo:{seed}:comment:{n}".encode()
        key = Key(author, "demo.comment", digest16(name), digest16(word.text.encode()))
        comment_id = ids.new(ids.bucket(payment), clock.now())
        written = NewComment(comment_id, payment, author, word.text, key)
        await social.comment(written, now=clock.now())

"""Demo people have paid, and may still pay; their feeds are worth reading."""

from collections import Counter

import pytest

from quid.entrypoints.cli import demo, demo_feed
from quid.entrypoints.cli.demo_feed import Friends, Story


def drawn_by(seed: int) -> tuple[list[Story], Friends]:
    personas = demo.everybody(seed)
    friends = Friends(demo.ties(personas))
    return demo.plan(personas, friends, seed=seed), friends


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_stands_at_the_limit_of_payments_an_hour(seed: int) -> None:
    drawn, _ = drawn_by(seed)
    sent = Counter(story.payer for story in drawn)
    assert len(drawn) >= demo.PAYMENTS
    assert max(sent.values()) <= 6
    assert max(sent["ana"], sent["ben"]) <= 3
    assert "shop" not in sent
    paid = Counter(story.payee for story in drawn)
    assert paid.most_common(1)[0][0] == "shop"
    assert all(story.payer != story.payee for story in drawn)
    assert sum(sent.values()) + sum(paid.values()) >= 600


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_friends_pay_each_other_and_talk_about_it(seed: int) -> None:
    drawn, friends = drawn_by(seed)
    assert (len(friends.of("ana")), len(friends.of("ben"))) == (24, 11)
    for handle, least in (("ana", 15), ("ben", 10)):
        assert sum(handle in (s.payer, s.payee) for s in drawn) >= least
    seen = demo_feed.crowds(drawn, friends, range(len(drawn)))
    liked = demo_feed.likes(seen, seed=seed)
    said = demo_feed.comments(seen, drawn, seed=seed)
    assert (len(set(liked)), len(set(said))) == (demo_feed.LIKES, demo_feed.COMMENTS)
    for n, who in [*liked, *((w.story, w.author) for w in said)]:
        story = drawn[n]
        assert story.visibility != "private"
        assert who in {story.payer, story.payee, *friends.of(story.payer), *friends.of(story.payee)}

"""What goes wrong on purpose: rules that are asked for every request and every hook."""

import fnmatch
import json
import random
from typing import Any, Final, Literal

import msgspec

from quid_sandbox.core.calls import Reply

UNKNOWN_VALUE: Final = "something_new"


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which requests or hooks; what is left out matches all.

    `path` is a pattern such as `/transfer/*`; for hooks it is compared with their kind. `nth`
    counts the matching ones from 1.
    """

    face: str = "*"
    path: str = "*"
    account: str = "*"
    key: str = "*"
    nth: int | None = None


class Deed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens.

    Units: `seconds` for latency and delay. `effect` says whether the request is carried out all
    the same. `field` is a way through the answer, `transfer_events.*.event_type`.
    """

    kind: Literal[
        "latency", "hang", "status", "reset", "truncated", "html", "field",
        "lost", "copies", "reordered", "delayed", "bad_signature", "stale", "future", "other_kid",
        "reserialised",
    ]  # fmt: skip
    seconds: float = 0.0
    status: int = 500
    retry_after: int = 1
    effect: bool = False
    field: str = ""
    to: Literal["missing", "null", "unknown"] = "missing"
    copies: int = 2


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule: it holds `times` times, for a share of what matches."""

    do: Deed
    match: Match = Match()
    times: int = 1
    share: float = 1.0
    seed: int = 0


HOOK_DEEDS: Final = frozenset(
    {"lost", "copies", "reordered", "delayed", "bad_signature", "stale", "future", "other_kid",
     "reserialised"}
)  # fmt: skip


class _Live:
    def __init__(self, fault: Fault) -> None:
        self.fault, self.left, self.seen = fault, fault.times, 0
        self.dice = random.Random(fault.seed)  # noqa: S311 - repeatable on purpose


class Faults:
    """The rules that stand; the first that matches happens."""

    def __init__(self) -> None:
        self._live: list[_Live] = []

    def add(self, fault: Fault) -> None:
        """One more rule, after those that stand."""
        self._live.append(_Live(fault))

    def clear(self) -> None:
        """All is well again."""
        self._live.clear()

    def listed(self) -> list[dict[str, Any]]:
        """The rules with what is left of them."""
        return [
            {**msgspec.to_builtins(live.fault), "left": live.left, "seen": live.seen}
            for live in self._live
        ]

    def draw(self, face: str, path: str, key: str, account: str, *, hook: bool) -> Deed | None:
        """What happens to this one, if anything."""
        for live in self._live:
            match = live.fault.match
            wanted = ((match.face, face), (match.path, path), (match.key, key))
            if (
                live.left > 0
                and (live.fault.do.kind in HOOK_DEEDS) is hook
                and all(fnmatch.fnmatchcase(text, pattern) for pattern, text in wanted)
                and fnmatch.fnmatchcase(account, match.account)
            ):
                live.seen += 1
                if match.nth not in {None, live.seen} or live.dice.random() >= live.fault.share:
                    continue
                live.left -= 1
                return live.fault.do
        return None


def spoil(reply: Reply, deed: Deed) -> Reply:
    """The answer with one field of its JSON missing, null or of an unknown value."""
    body = json.loads(reply.body)
    _change(body, deed.field.split("."), deed.to)
    return Reply(reply.status, json.dumps(body).encode(), reply.headers)


def _change(node: object, way: list[str], to: str) -> None:
    if isinstance(node, list):
        for item in node:
            _change(item, way[1:] if way[0] == "*" else way, to)
    elif isinstance(node, dict) and way[0] in node:
        if len(way) > 1:
            _change(node[way[0]], way[1:], to)
        elif to == "missing":
            del node[way[0]]
        else:
            node[way[0]] = None if to == "null" else UNKNOWN_VALUE

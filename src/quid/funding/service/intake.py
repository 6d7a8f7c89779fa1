"""Webhooks come in: verified, stored once, and nothing else. They move nothing.

What comes at the same moment is stored in one statement on one connection, and what was stored
before is known without asking: a storm of them takes nothing from payments.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final, Literal
from uuid import UUID

from quid.funding.errors import HookNotChecked, ProviderError
from quid.funding.ports import Doorbell, Rails
from quid.funding.store.intake import plain
from quid.funding.store.sealed import INBOX, seal_raw
from quid.funding.types import Provider
from quid.kit import db, failpoints, ids, telemetry

HOOK_MAX: Final = 256 * 1024
_SQL: Final = db.sql("quid.funding", "intake")
_STORE: Final = _SQL.values("store", UUID)
_BATCH: Final = 200
_KNOWN: Final = 10_000
_NO_BUCKET: Final = 0
# What a signature stands in; the same bytes with the same signature are the same webhook.
_SIGNED_BY: Final = ("plaid-verification", "stripe-signature")
_TAKEN: Final = telemetry.counter(
    "quid_funding_webhooks_total", "webhooks that came", "provider", "result"
)
_STRANGE: Final = "of another environment than ours"

Taken = Literal["stored", "duplicate"]


@dataclass(slots=True, eq=False)
class _Waiting:
    provider: Provider
    bell: Doorbell
    raw: bytes
    at: datetime
    is_strange: bool
    stored: "asyncio.Future[bool]"


class Intake:
    """Takes webhooks (a part of the runtime). `is_live`: ours is the real environment."""

    def __init__(self, database: db.Database, rails: Rails, *, is_live: bool) -> None:
        self._database = database
        self._events = rails.events
        self._is_live = is_live
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    def knows(self, provider: Provider) -> bool:
        """Whether this installation has that provider."""
        return provider in self._events

    async def take(
        self, provider: Provider, headers: Mapping[str, str], raw: bytes, *, now: datetime
    ) -> Taken:
        """Verify a webhook and store it, once; the puller sees it within a second.

        `headers` by lower-case name. Command. Raises: WebhookForged, ValidationFailed,
        HookNotChecked, DatabaseUnavailable. Idempotent: the provider's own key.
        """
        mark = _mark(provider, headers, raw)
        if mark in self._known:
            return self._counted(provider, "duplicate")
        try:
            bell = await self._events[provider].verify_webhook(headers, raw, now)
        except ProviderError as e:
            telemetry.log.warning("webhook.not_checked", provider=provider.name, error=e.code)
            self._count(provider, "not_checked")
            raise HookNotChecked(retry_after=5) from e
        except Exception:
            self._count(provider, "refused")
            raise
        is_strange = bell.is_live is not self._is_live
        if is_strange:
            telemetry.log.error("webhook.strange", provider=provider.name, kind=bell.kind)
            self._count(provider, "strange")
        is_new = await self._store(provider, bell, raw, now, is_strange=is_strange)
        self._remember(mark)
        return self._counted(provider, "stored" if is_new else "duplicate")

    async def close(self) -> None:
        """Store what waits."""
        if self._storing is not None:
            await asyncio.wait({self._storing})

    def _remember(self, mark: bytes) -> None:
        self._known[mark] = None
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)

    def _counted(self, provider: Provider, result: Taken) -> Taken:
        self._count(provider, result)
        return result

    @staticmethod
    def _count(provider: Provider, result: str) -> None:
        _TAKEN.labels(provider.name.lower(), result).inc()

    async def _store(
        self, provider: Provider, bell: Doorbell, raw: bytes, now: datetime, *, is_strange: bool
    ) -> bool:
        loop = asyncio.get_running_loop()
        one = _Waiting(provider, bell, raw, now, is_strange, loop.create_future())
        self._waiting.append(one)
        if self._storing is None or self._storing.done():
            self._storing = loop.create_task(self._store_all(), name="webhooks")
        return await one.stored

    async def _store_all(self) -> None:
        # The task ends only with nothing waiting; both facts change without an await between.
        while self._waiting:
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            try:
                stored = await self._insert(batch)
            except asyncio.CancelledError:
                for one in (*batch, *self._waiting):
                    one.stored.cancel()
                raise
            except Exception as e:  # noqa: BLE001 - each of them hears what has happened to all
                for one in batch:
                    if not one.stored.done():
                        one.stored.set_exception(e)
            else:
                for one, is_new in zip(batch, stored, strict=True):
                    if not one.stored.done():
                        one.stored.set_result(is_new)

    async def _insert(self, batch: list[_Waiting]) -> list[bool]:
        numbered = [ids.new(_NO_BUCKET, w.at) for w in batch]
        async with self._database.transaction() as tx:
            new = set(
                await _STORE.all(
                    tx,
                    numbered,
                    [int(w.provider) for w in batch],
                    [plain(w.bell.dedupe_key) for w in batch],
                    [plain(w.bell.kind) for w in batch],
                    [w.bell.topic for w in batch],
                    [plain(w.bell.object_ref) if w.bell.object_ref else None for w in batch],
                    [w.bell.is_live for w in batch],
                    [seal_raw(INBOX, i, w.raw) for i, w in zip(numbered, batch, strict=True)],
                    [w.at for w in batch],
                    [w.at if w.is_strange else None for w in batch],
                    [_STRANGE if w.is_strange else None for w in batch],
                )
            )
            failpoints.reach("webhooks.stored")
        return [number in new for number in numbered]


def _mark(provider: Provider, headers: Mapping[str, str], raw: bytes) -> bytes:
    signed = "\n".join(headers.get(name, "") for name in _SIGNED_BY)
    digest = blake2b(raw, digest_size=16, person=bytes([provider]))
    digest.update(b"\n" + signed.encode())
    return digest.digest()

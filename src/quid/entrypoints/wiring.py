"""The one place that builds parts and adapters and puts them into a runtime."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from quid.collect.service import CollectRequests
from quid.funding import jobs as funding_jobs
from quid.funding.adapters.connect import completed, connect
from quid.funding.ports import Rails
from quid.funding.service.driving import Drives
from quid.funding.service.intake import Intake
from quid.funding.service.operating import ACTS as RAILS_ACTS
from quid.funding.service.refunding import ACTS as REFUND_ACTS
from quid.funding.settings import FundingSettings
from quid.funding.store.sealed import SEALED as FUNDING_SEALED
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.adapters.pager import MailPager
from quid.identity.adapters.passkeys import WebauthnPasskeys
from quid.identity.adapters.vault import FolderVault
from quid.identity.adapters.verifier import DocumentsOnly, SandboxVerifier
from quid.identity.ports import DocumentVault, Letterbox, Passkeys, Verifier
from quid.identity.service import ACTS as IDENTITY_ACTS
from quid.identity.service import (
    Notices,
    OperatorDesk,
    Passwords,
    SessionAuthenticator,
    Tokens,
    seed_of,
)
from quid.identity.settings import IdentitySettings
from quid.identity.store.sealed import SEALED as IDENTITY_SEALED
from quid.kit import clock, config, db, fields, runtime
from quid.kit.approvals import Acts
from quid.kit.batching import Limits
from quid.kit.breaker import Board
from quid.kit.cache import Cache
from quid.kit.config import Core, KekSettings, Secrets
from quid.kit.crypto import CursorKey, Signer
from quid.kit.errors import DatabaseUnavailable
from quid.kit.keks import keyring
from quid.kit.mail import Mailer
from quid.kit.operators import Desk
from quid.kit.pager import LogPager, Pager, Pagers, WebhookPager
from quid.kit.resealing import SealedThings
from quid.kit.runtime import Runtime
from quid.kit.web import Authenticator
from quid.ledger.adapters.folder import SealFolder
from quid.ledger.ports import SealVault
from quid.ledger.service import ACTS as LEDGER_ACTS
from quid.notifications.adapters import connect as channels
from quid.notifications.service.hub import Hub
from quid.notifications.settings import ChannelSettings
from quid.notifications.store.sealed import SEALED as NOTIFICATIONS_SEALED
from quid.payments.ports import Requests
from quid.payments.service import ACTS as PAYMENTS_ACTS
from quid.payments.service import SendDesk, SendQueue, WalletSettings
from quid.risk.queries import LimitBook, RuleBook
from quid.social.adapters.postgres import PostgresTimelines
from quid.social.ports import TimelineStore
from quid.social.settings import SocialSettings

DEMO_GIFT_MINOR: Final = 10_000


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of process it is. `lanes` of payments; `pool_max` connections beside them.

    Units: `patience` in seconds. A server waits so long for a database that is starting: after a
    power cut both start together, and one that ends at once uses up its restarts meanwhile.
    """

    name: str
    lanes: int
    pool_max: int
    patience: float = 0


API_POOL_MAX: Final = 10
PATIENCE: Final = 30.0
_PAUSE: Final = 0.1
WORKER: Final = Shape("worker", lanes=0, pool_max=6, patience=PATIENCE)
COMMAND: Final = Shape("cli", lanes=1, pool_max=4)


def adopt_running_system(environ: MutableMapping[str, str] = os.environ) -> None:
    """Let a command find the local system: what `run.json` of QUID_HOME says, where unset."""
    home = Path(environ.get("QUID_HOME") or ".local")
    try:
        found = json.loads((home / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    environ.setdefault("QUID_HOME", str(home))
    environ.setdefault("QUID_DATABASE_URL", found["database_url"])
    environ.setdefault("QUID_VALKEY_URL", found["valkey_url"])
    is_own = not (environ.get("QUID_PLAID_URL") or environ.get("QUID_STRIPE_URL"))
    if is_own and found.get("sandbox"):
        reached = (home / "sandbox" / "environment.json").read_text(encoding="utf-8")
        environ.update(json.loads(reached))


@asynccontextmanager
async def opened(shape: Shape, rt: Runtime | None = None) -> AsyncIterator[Runtime]:
    """Read the settings, build every part, and take all down again at the end.

    Raises: BadSettings, DatabaseUnavailable.
    """
    core, secrets = config.load()
    made = rt or Runtime()
    async with AsyncExitStack() as stack:
        with runtime.use(made):
            await _fill(made, shape, core, secrets, stack)
            yield made


async def _fill(
    rt: Runtime, shape: Shape, core: Core, secrets: Secrets, stack: AsyncExitStack
) -> None:
    database = db.Database(
        db.Options(core.database_url, name=f"quid-{shape.name}", pool_max=shape.pool_max)
    )
    await _connect(database, patience=shape.patience)
    stack.push_async_callback(database.close)
    if not core.allow_unsafe_database:
        await database.require_durable()
    cache = Cache(core.valkey_url)
    stack.push_async_callback(cache.close)
    own = IdentitySettings()
    passwords = Passwords(memory_kib=own.argon2_memory_kib, time_cost=own.argon2_time_cost)
    stack.callback(passwords.close)
    mailer = _open_channels(rt, core, secrets, stack)
    rt.put(core)
    rt.put(secrets)
    rt.put(database)
    rt.put(cache)
    rt.put(passwords)
    await _open_fields(rt, database, secrets, stack)
    rt.put(CursorKey(_key("cursor_key", secrets.cursor_key)))
    rt.put(Signer(_key("seal_seed", secrets.seal_seed)))
    rt.put(SealFolder(core.home / "seals"), kind=SealVault)
    rt.put(_pagers(core, mailer), kind=Pager)
    rt.put(Tokens(_key("token_seed", secrets.token_seed)))
    rt.put(SessionAuthenticator(), kind=Authenticator)
    notices = Notices()
    stack.push_async_callback(notices.close)
    rt.put(notices)
    is_local = core.profile == "local"
    rt.put(SandboxVerifier() if is_local else DocumentsOnly(), kind=Verifier)
    rt.put(FolderVault(core.home / "documents"), kind=DocumentVault)
    rt.put(WebauthnPasskeys(core.origin), kind=Passkeys)
    rt.put(LimitBook())
    rt.put(RuleBook())
    rt.put(SocialSettings())
    rt.put(PostgresTimelines(database), kind=TimelineStore)
    _open_rails(rt, shape, core, secrets, stack)
    rt.put(OperatorDesk(), kind=Desk)
    rt.put(Acts((*IDENTITY_ACTS, *LEDGER_ACTS, *PAYMENTS_ACTS, *RAILS_ACTS, *REFUND_ACTS)))
    rt.put(CollectRequests(), kind=Requests)
    rt.put(WalletSettings(gift_minor=DEMO_GIFT_MINOR if core.demo else 0))
    if shape.lanes:
        limits = Limits(lanes=shape.lanes, batch_max=core.batch_max, queue_max=core.queue_max)
        queue = SendQueue("pay", SendDesk(), open_lane=lambda: database.lane("pay"), limits=limits)
        await queue.start()
        stack.push_async_callback(queue.close)
        rt.put(queue)
    if shape.name == "api":
        hub = Hub()
        hub.start()
        stack.push_async_callback(hub.close)
        rt.put(hub)


def _open_rails(
    rt: Runtime, shape: Shape, core: Core, secrets: Secrets, stack: AsyncExitStack
) -> None:
    """Build what speaks to banks and cards; without their addresses balances alone pay."""
    settings, board = completed(FundingSettings(), secrets.providers), Board()
    drives = Drives()
    rt.put(settings)
    rt.put(board)
    rt.put(drives)
    connected = connect(settings, board, is_production=core.profile == "production")
    if connected is None:
        return
    stack.push_async_callback(connected.close)
    rt.put(connected.rails, kind=Rails)
    stack.push_async_callback(drives.close)  # before what it calls is closed
    if shape.name == "api":  # the worker looks after the switches itself
        intake = Intake(rt.part(db.Database), connected.rails, is_live=not settings.is_sandbox)
        stack.push_async_callback(intake.close)
        rt.put(intake)
        stop = asyncio.Event()
        following = asyncio.create_task(funding_jobs.follow_switches(stop, is_shown=False))
        stack.callback(following.cancel)


async def _connect(database: db.Database, *, patience: float) -> None:
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            await database.open()
        except DatabaseUnavailable:
            if loop.time() > give_up:
                raise
            await asyncio.sleep(_PAUSE)
        else:
            return


def _open_channels(rt: Runtime, core: Core, secrets: Secrets, stack: AsyncExitStack) -> Mailer:
    """Build what mails and pushes; give the mailer, of this machine alone where none is set.

    Raises: BadSettings for production without one: codes would reach nobody.
    """
    settings = channels.completed(ChannelSettings(), secrets.channels)
    is_production = core.profile == "production"
    mailbox = Mailbox(core.home / "mailbox")
    mailer: Mailer | None = channels.mailer_of(settings)
    if mailer is None and is_production:
        raise config.BadSettings(
            "QUID_SMTP_URL: nobody would get a code; name a mail server, as "
            "smtps://user@mail.example.org"
        )
    seed = _key("vapid_key", secrets.vapid_key) if secrets.vapid_key else None
    connected = channels.connect(settings, mailer or mailbox, seed, is_production=is_production)
    stack.push_async_callback(connected.close)
    rt.put(mailer or mailbox, kind=Mailer)
    rt.put(mailbox, kind=Letterbox)
    rt.put(settings)
    rt.put(connected.channels)
    rt.put(connected.browsers)
    return mailer or mailbox


def _pagers(core: Core, mailer: Mailer) -> Pagers:
    webhooks = [WebhookPager(str(core.page_webhook))] if core.page_webhook else []
    return Pagers((LogPager(), MailPager(mailer, core.page_mail), *webhooks))


async def _open_fields(
    rt: Runtime, database: db.Database, secrets: Secrets, stack: AsyncExitStack
) -> None:
    """Unwrap the data keys, and keep learning of new ones as long as the process lives."""
    keks = keyring(
        KekSettings(),
        local=_key("field_kek", secrets.field_kek) if secrets.field_kek else None,
        old=_key("field_kek_old", secrets.field_kek_old) if secrets.field_kek_old else None,
    )
    opened_fields = await fields.load(database, keks, now=clock.now())
    keeper = asyncio.create_task(fields.keep(opened_fields, database, keks), name="fields.keep")
    stack.callback(keeper.cancel)
    rt.put(keks)
    rt.put(opened_fields)
    rt.put(SealedThings((*IDENTITY_SEALED, *FUNDING_SEALED, *NOTIFICATIONS_SEALED)))


def _key(name: str, secret: SecretStr) -> bytes:
    try:
        return seed_of(secret.get_secret_value())
    except ValueError:
        # Not from the first error: it may show the secret.
        raise config.BadSettings(
            f"{name} in the secrets file: write 64 hex digits, `dev_` before them in development"
        ) from None

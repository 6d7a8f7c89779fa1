"""What the web app must know of this house before anybody has signed in."""

from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from quid.identity.ports import Letterbox
from quid.kit import runtime
from quid.kit.config import Core
from quid.kit.mail import Mailer
from quid.notifications.types.push import BrowserPush
from quid.payments.rules import AMOUNT_MINOR_MAX
from quid.payments.service import CURRENCY
from quid.social.settings import SocialSettings

router = APIRouter(prefix="/v1", tags=["app"])
LANGUAGES: Final = ("en", "es", "de", "fr", "ar")
_KEPT: Final = "public, max-age=300"


class Amounts(BaseModel):
    """What one payment may be. Minor units of the currency."""

    currency: str
    min: int
    max: int


class About(BaseModel):
    """What this house is, and has."""

    name: str
    demo: bool = Field(description="test money, and people whom one can be: GET /demo/people")
    amounts: Amounts
    languages: list[str] = Field(description="in which the web app speaks, the usual one first")
    passkeys: bool = Field(description="browsers hand them out here: by HTTPS, or at localhost")
    push: bool = Field(description="browsers are pushed to: GET /v1/notifications/push-key")
    public_feed: bool = Field(description="there is a feed of what everybody may see")
    mailbox: str | None = Field(description="page of the mails that were not sent; in a demo")


@router.get("/app")
async def about(response: Response) -> About:
    """Tell what this house is, and has. The same for everybody, and good for five minutes."""
    response.headers["cache-control"] = _KEPT
    core = runtime.part(Core)
    return About(
        name="Quid",
        demo=core.demo,
        amounts=Amounts(currency=CURRENCY, min=1, max=AMOUNT_MINOR_MAX),
        languages=list(LANGUAGES),
        passkeys=_has_passkeys(core.origin),
        push=bool(runtime.part(BrowserPush).public_key),
        public_feed=runtime.part(SocialSettings).public_feed,
        mailbox="/mailbox" if core.demo and _are_mails_kept() else None,
    )


def _are_mails_kept() -> bool:
    """Tell whether mails go into the mailbox of this machine, and nowhere else."""
    mailbox: object = runtime.part(Letterbox)  # type: ignore[type-abstract]  # a port
    return runtime.part(Mailer) is mailbox  # type: ignore[type-abstract]  # a port


def _has_passkeys(origin: str) -> bool:
    """Tell whether browsers hand out passkeys at this origin."""
    parts = urlsplit(origin)
    return parts.scheme == "https" or (parts.hostname or "").rpartition(".")[2] == "localhost"

"""The wire of devices."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from pydantic import BaseModel, Field, field_validator

from quid.kit import ids, text
from quid.kit.errors import ValidationFailed
from quid.kit.web import Strict
from quid.notifications.queries.devices import Device, Kind
from quid.notifications.rules import push as rules
from quid.notifications.service.devices import Registration
from quid.notifications.types import push


class SubscriptionKeysBody(Strict):
    """The keys of a browser, base64url."""

    p256dh: Annotated[str, Field(min_length=87, max_length=88)]
    auth: Annotated[str, Field(min_length=22, max_length=24)]

    @field_validator("p256dh")
    @classmethod
    def _is_point(cls, value: str) -> str:
        rules.unpacked(value, rules.PUBLIC_KEY_BYTES)
        return value

    @field_validator("auth")
    @classmethod
    def _is_secret(cls, value: str) -> str:
        rules.unpacked(value, rules.AUTH_BYTES)
        return value


class SubscriptionBody(Strict):
    """What `PushSubscription.toJSON()` of a browser gives."""

    endpoint: Annotated[str, Field(min_length=10, max_length=2048)]
    keys: SubscriptionKeysBody
    expiration_time: Annotated[float | None, Field(alias="expirationTime")] = None


class DeviceRequest(Strict):
    """A device to be told on: of kind `web` its subscription, else its token."""

    kind: Kind
    token: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9:_-]{20,4096}$")] = None
    subscription: SubscriptionBody | None = None
    label: Annotated[str, Field(max_length=60)] = ""

    def registration(self, session_id: UUID, address: str) -> Registration:
        """Read it, as given by a session from an address. Raises: ValidationFailed."""
        label = text.clean(self.label, field="label", low=0, high=60)
        if self.kind == "web":
            if self.subscription is None or self.token is not None:
                raise ValidationFailed("A browser gives its subscription.", field="subscription")
            keys = push.SubscriptionKeys(self.subscription.keys.p256dh, self.subscription.keys.auth)
            made = push.Subscription(self.subscription.endpoint, keys)
            stored = msgspec.json.encode(made).decode()
            return Registration(
                "web", self.subscription.endpoint, stored, label, session_id, address
            )
        if self.token is None or self.subscription is not None:
            raise ValidationFailed("A phone gives its token.", field="token")
        if self.kind == "apns" and not rules.is_apns_token(self.token):
            raise ValidationFailed("A token of Apple's is hexadecimal.", field="token")
        token = self.token.lower() if self.kind == "apns" else self.token
        return Registration(self.kind, token, token, label, session_id, address)


class DeviceView(BaseModel):
    """A device; `last_ok_at`: when its push service last took something for it."""

    id: str
    kind: Kind
    label: str
    created_at: datetime
    last_ok_at: datetime | None

    @classmethod
    def of(cls, row: Device) -> "DeviceView":
        """Show it: never its token."""
        return cls(
            id=ids.show("dev", row.id),
            kind=row.kind,
            label=row.label,
            created_at=row.created_at,
            last_ok_at=row.last_ok_at,
        )


class Devices(BaseModel):
    """The devices of the caller, the newest first."""

    items: list[DeviceView]


class PushKey(BaseModel):
    """The applicationServerKey with which a page subscribes."""

    key: str

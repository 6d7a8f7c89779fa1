"""HTTP of devices: where a person is pushed to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from quid.kit import clock, db, ratelimit, runtime
from quid.kit.errors import Forbidden, NotFound, RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, client_address, id_from_path, signed_in
from quid.notifications.errors import TooManyDevices
from quid.notifications.queries import devices as queries
from quid.notifications.schemas.devices import DeviceRequest, Devices, DeviceView, PushKey
from quid.notifications.service import devices as service
from quid.notifications.types.push import BrowserPush

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get(
    "/notifications/push-key",
    responses=answers(SignInRequired, NotFound, Forbidden, RateLimited),
)
async def push_key(_: SignedInCaller) -> PushKey:
    """Give the key with which a browser subscribes; not there where browsers are not pushed to."""
    key = runtime.part(BrowserPush).public_key
    if not key:
        raise NotFound("Browsers are not pushed to here.")
    return PushKey(key=key)


@router.post(
    "/notifications/devices",
    status_code=201,
    responses=answers(SignInRequired, ValidationFailed, TooManyDevices, Forbidden, RateLimited),
)
async def register(body: DeviceRequest, request: Request, caller: SignedInCaller) -> DeviceView:
    """Push to a browser or phone while this session stands; one that was another person's is the
    caller's.
    """
    # Each new one is a mail to its person.
    await ratelimit.take(f"devices:{caller.user_id}", per_minute=1, burst=30)
    asked = body.registration(caller.session_id, client_address(request))
    made = await service.register(caller.user_id, asked, now=clock.now())
    return DeviceView.of(made)


@router.get("/notifications/devices", responses=answers(SignInRequired, Forbidden, RateLimited))
async def devices(caller: SignedInCaller) -> Devices:
    """List the devices that the caller is pushed to, the newest first."""
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.of_people(conn, [caller.user_id])
    return Devices(items=[DeviceView.of(row) for row in rows])


@router.delete(
    "/notifications/devices/{device_id}",
    status_code=204,
    responses=answers(SignInRequired, NotFound, Forbidden, RateLimited),
)
async def forget(device_id: str, caller: SignedInCaller) -> None:
    """Push to a device no more."""
    await service.forget(caller.user_id, id_from_path("dev", device_id), now=clock.now())

"""Being somebody without proving it: how a demo lets a stranger look around."""

from datetime import datetime

from quid.identity import queries
from quid.identity.errors import PersonNotFound
from quid.identity.service import arrivals, notices
from quid.identity.service.arrivals import Way
from quid.identity.types import SignedIn, Visit
from quid.kit import db, runtime


async def become(handle: str, *, is_remembered: bool, now: datetime, visit: Visit) -> SignedIn:
    """Open a browser session of a person whom nobody had to be. Whoever calls this makes sure that
    it is a demo, and who of it.

    As after a proof by e-mail: no second factor is asked for, and for 10 minutes no step-up, since
    the visitor has none of what it takes.
    Raises: PersonNotFound, AccountLocked. Emits: identity.security_noted.v1.
    Locks: identity.person.
    """
    way = Way("demo", "cookie", is_remembered=is_remembered, proven_by="email_code")
    async with runtime.part(db.Database).transaction() as tx:
        person = await queries.by_handle(tx, handle)
        if person is None:
            raise PersonNotFound
        session, notice = await arrivals.enter(tx, person, way, visit, now=now)
    notices.tell(notice)
    assert isinstance(session, SignedIn)  # noqa: S101 - the way says which
    return session

"""People for the tests of this folder."""

from datetime import datetime

from quid.identity.types import ApiTokens, NewPerson, SignedIn
from quid.kit import ids

PASSWORD = "correct horse battery"
ORIGIN = "https://pay.example.org"


def new_person(handle: str, password_hash: str, now: datetime) -> NewPerson:
    """Somebody with this handle."""
    return NewPerson(
        id=ids.new(ids.random_bucket(), now),
        handle=handle,
        display_name=handle.title(),
        email=f"{handle}@example.org",
        password_hash=password_hash,
    )


def signed_in(done: object) -> SignedIn:
    """Take a sign-in that was let in at once."""
    assert isinstance(done, SignedIn)
    return done


def tokens(done: object) -> ApiTokens:
    """Take the tokens of a sign-in that was let in at once."""
    assert isinstance(done, ApiTokens)
    return done

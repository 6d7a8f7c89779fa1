"""The faces of the process."""

from collections.abc import Sequence

from quid_sandbox.core.face import Face
from quid_sandbox.plaid.face import PlaidFace
from quid_sandbox.stripe.face import StripeFace


def make_faces() -> Sequence[Face]:
    """One of each."""
    return (PlaidFace(), StripeFace())

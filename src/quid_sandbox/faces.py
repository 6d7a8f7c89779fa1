"""The faces of the process."""

from collections.abc import Sequence

from quid_sandbox.core.face import Face


def make_faces() -> Sequence[Face]:
    """One of each."""
    return ()

"""Everything in this slice that changes something."""

from quid.funding.service.driving import Drives, drive, sweep
from quid.funding.service.operations import abandon, apply, observe, release, start
from quid.funding.service.plan import drawable, plan

__all__ = [
    "Drives",
    "abandon",
    "apply",
    "drawable",
    "drive",
    "observe",
    "plan",
    "release",
    "start",
    "sweep",
]

"""Everything in this slice that changes something."""

from quid.funding.service.operations import abandon, apply, drive, observe, release, start
from quid.funding.service.plan import drawable, plan

__all__ = ["abandon", "apply", "drawable", "drive", "observe", "plan", "release", "start"]

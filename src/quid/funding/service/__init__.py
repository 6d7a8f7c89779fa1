"""Everything in this slice that changes something."""

from quid.funding.service.operations import abandon, apply, drive, observe, release, start

__all__ = ["abandon", "apply", "drive", "observe", "release", "start"]

"""A provider's books against ours: object by object, line by line, and what must add up."""

from quid.funding.service.reconcile.run import Report, is_due, reconcile, reconcile_due

__all__ = ["Report", "is_due", "reconcile", "reconcile_due"]

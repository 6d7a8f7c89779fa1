"""Reconciliation: what the counters say against what every row says. It repairs nothing."""

from quid.ledger.service.reconcile.course import Controls, reconcile, reconcile_night
from quid.ledger.service.reconcile.report import Report, Scope, render

__all__ = ["Controls", "Report", "Scope", "reconcile", "reconcile_night", "render"]

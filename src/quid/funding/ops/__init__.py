"""Operators and banks: what they see of providers, and what they may do. One file for each use."""

from quid.funding.ops import rails, refunds, sources

__all__ = ["routers"]

routers = (sources.router, rails.router, refunds.router)

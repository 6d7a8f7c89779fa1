"""Operators and people. Thin: read, one domain call, answer. One file for each use."""

from quid.identity.ops import operators, people, verifications

__all__ = ["routers"]

routers = (operators.router, people.router, verifications.router)

"""A whole process, and people to act with."""

from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]

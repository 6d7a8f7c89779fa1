"""The API in the test's process, clients and people."""

from tests.support.world import app, app_runtime, client, people

__all__ = ["app", "app_runtime", "client", "people"]

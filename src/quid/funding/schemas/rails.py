"""The wire of webhooks, and of what operators see of providers."""

from typing import Literal

from pydantic import BaseModel


class Received(BaseModel):
    """A webhook was taken."""

    received: Literal[True] = True

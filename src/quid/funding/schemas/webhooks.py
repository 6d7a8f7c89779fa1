"""The wire of webhooks."""

from typing import Literal

from pydantic import BaseModel


class Received(BaseModel):
    """A webhook was taken."""

    received: Literal[True] = True

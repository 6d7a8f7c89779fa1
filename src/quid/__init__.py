"""Quid: a peer-to-peer payments platform that anyone can run."""

from typing import Final

VERSION: Final = "0.1.0"

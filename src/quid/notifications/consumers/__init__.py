"""What notices do with events. One file for each use."""

from typing import Final

from quid.notifications.consumers.inbox import INBOX
from quid.notifications.consumers.socket import SOCKET

__all__ = ["CONSUMERS"]

CONSUMERS: Final = (INBOX, SOCKET)

"""From a payment to the screen of its payee, with sockets open and payments under way."""

from bench.socket.run import main

__all__ = ["main"]

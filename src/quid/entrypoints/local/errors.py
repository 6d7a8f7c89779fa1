"""What can go wrong with the local stack, in words for the person at the terminal."""


class LocalError(Exception):
    """The local stack cannot do what was asked; the text says why and what would help."""

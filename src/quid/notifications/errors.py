"""The refusals of this slice."""

from quid.kit.errors import Refusal


class TooManyDevices(Refusal):
    """As many devices as there can be; one must go first."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Too many devices"
    text = "You are told on 20 devices, the most there can be. Remove one you no longer use."

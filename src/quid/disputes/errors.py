"""The refusals of disputes, with the titles and texts people read."""

from quid.kit.errors import Refusal


class NotDisputable(Refusal):
    """Nothing can be said of this payment or hold; the detail says why."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Not possible here"


class AlreadyOpen(Refusal):
    """The same person has said so already; `dispute_id` is what they opened."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"


class StateConflict(Refusal):
    """The dispute is not where this act begins; `state` says where it is."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"

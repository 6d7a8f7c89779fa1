"""Named places where the engine of `tests/crash/failpoints` ends the process, or raises.

They stand before and after each commit, each call to Valkey, each mail, each answer, and at the
steps of the outbox, of keys and of postings. Here `reach` does nothing (some 30 ns), and no setting
and no variable changes that: the engine puts a function of its own in its place, in processes of
its own.
"""


def reach(_point: str) -> None:
    """Pass a named place. Callers write `failpoints.reach("...")`: each call looks it up."""

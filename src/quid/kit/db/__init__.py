"""PostgreSQL: the one module that speaks to the driver, and the only one that commits.

`db.transaction()` and `db.read()` take a connection of the pool; a `Lane` owns one for its
life and carries the hot batches. SQL stands in files (`sql()`), every name schema-qualified.
"""

from quid.kit.db.faults import Outcome, outcome_of
from quid.kit.db.pool import LANE_LOCK_CLASS, LANE_MAX, Database, Lane, Options
from quid.kit.db.session import SHARED_LANE, Argument, Conn, Record, Tx
from quid.kit.db.statements import (
    REGISTRY,
    Command,
    Query,
    SqlFile,
    Statement,
    Value,
    sql,
)

__all__ = [
    "LANE_LOCK_CLASS",
    "LANE_MAX",
    "REGISTRY",
    "SHARED_LANE",
    "Argument",
    "Command",
    "Conn",
    "Database",
    "Lane",
    "Options",
    "Outcome",
    "Query",
    "Record",
    "SqlFile",
    "Statement",
    "Tx",
    "Value",
    "outcome_of",
    "sql",
]

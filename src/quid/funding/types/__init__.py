"""Words of funding: sources, operations, and what a caller may ask for."""

from quid.funding.types.operations import (
    OPEN_STATES,
    Call,
    Driven,
    EventRow,
    NewOperation,
    Operation,
    OpKind,
    OpState,
    Purpose,
)
from quid.funding.types.plans import Line, LineKind, Plan, Want
from quid.funding.types.sources import (
    AccountType,
    Provider,
    Source,
    SourceKind,
    SourceState,
    VerifyMethod,
)

__all__ = [
    "OPEN_STATES",
    "AccountType",
    "Call",
    "Driven",
    "EventRow",
    "Line",
    "LineKind",
    "NewOperation",
    "OpKind",
    "OpState",
    "Operation",
    "Plan",
    "Provider",
    "Purpose",
    "Source",
    "SourceKind",
    "SourceState",
    "VerifyMethod",
    "Want",
]

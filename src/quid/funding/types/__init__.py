"""Words of funding: sources, operations, and what a caller may ask for."""

from quid.funding.types.intake import (
    BreakerRow,
    BreakKind,
    BreakRow,
    EventState,
    InboxRow,
    RailEventRow,
    ReconRunRow,
)
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
    "BreakKind",
    "BreakRow",
    "BreakerRow",
    "Call",
    "Driven",
    "EventRow",
    "EventState",
    "InboxRow",
    "Line",
    "LineKind",
    "NewOperation",
    "OpKind",
    "OpState",
    "Operation",
    "Plan",
    "Provider",
    "Purpose",
    "RailEventRow",
    "ReconRunRow",
    "Source",
    "SourceKind",
    "SourceState",
    "VerifyMethod",
    "Want",
]

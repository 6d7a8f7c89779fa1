"""The roles of operators, as values: what each may do stands at the acts."""

from typing import Final, Literal, get_args

Role = Literal["support", "analyst", "finance", "compliance", "auditor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

"""What anybody sees before a sign-in: the house itself, whose pay link it is; no demo here."""

from tests.api.matrix.model import CALLERS, Area, Case

_ALL = dict.fromkeys(CALLERS, 200)
_AWAY = dict.fromkeys(CALLERS, 404)

AREA = Area(
    cases=(
        Case("GET /v1/app", _ALL),
        Case("GET /v1/public/users/{handle}", _ALL, path={"handle": "ana"}),
        Case("GET /v1/public/users/{handle}", _AWAY, "of nobody", path={"handle": "nobody_here"}),
        Case("GET /v1/public/users/{handle}", _AWAY, "of an operator", path={"handle": "op_admin"}),
        Case("GET /demo/people", _AWAY),
        Case("POST /demo/sign-in", _AWAY, body={"handle": "ana"}),
    )
)

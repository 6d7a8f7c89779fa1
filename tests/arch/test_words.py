"""One word, one meaning (docs/glossary.md): names that would bring a second one are refused.

Only names we give are looked at, so error codes, wire words and the libraries' names are free.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BANNED = {
    "sender": "payer",
    "receiver": "payee",
    "recipient": "payee",
    "payout": "withdrawal",
    "cashout": "withdrawal",
    "topup": "deposit",
    "payment_method": "funding source",
    "user_account": "person, user or account",
    "booking": "posting",
    "suspend": "freeze",
    "suspended": "frozen",
    "negative_balance": "receivable",
    "transaction": "tx, payment, transfer or activity",
    "utils": "the name of what it does",
    "helper": "the name of what it does",
    "helpers": "the name of what it does",
    "manager": "the name of what it does",
}
# The database's own word where the database is meant, a ledger account, a door called as its path,
# a provider's own words where its answers are read.
FREE = {
    "quid/ledger/types.py": {"PAYOUTS"},
    "quid/funding/adapters/stripe/models.py": {
        *("payment_method", "balance_transaction", "balance_transactions"),
    },
    "quid/payments/routes/activity.py": {"transactions"},
    "quid/kit/db/pool.py": {"transaction"},
    "quid/kit/guards.py": {"transaction", "forbid_in_transaction"},
}


def names(tree: ast.AST) -> Iterator[str]:
    """Give every name that the code makes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name, body=body):
                is_refusal = any(
                    isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "code" for s in body
                )
                yield from [] if is_refusal else [name]
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name


def faults(source: str, free: set[str]) -> list[str]:
    """Name the banned words and what stands for them."""
    found = []
    for name in set(names(ast.parse(source))) - free:
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        found += [
            f"{name}: say {better}"
            for word, better in BANNED.items()
            if re.search(rf"(?:^|_){word}s?(?:_|$)", snake)
        ]
    return found


def test_no_banned_word_is_a_name() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in (ROOT / "src/quid").rglob("*.py")
        for fault in faults(
            path.read_text(encoding="utf-8"),
            FREE.get(str(path.relative_to(ROOT / "src")), set()),
        )
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "def send(sender_id): ...",
        "class RecipientCard: ...",
        "transaction_id = 1",
        "for transactions in x: ...",
        "def topup(): ...",
        "class PaymentMethod:\n    x: int",
    ],
)
def test_a_planted_word_is_found(source: str) -> None:
    assert faults(source, set())


def test_a_refusal_is_called_like_its_code() -> None:
    assert (
        faults('class RecipientNotFound(Refusal):\n    code = "RECIPIENT_NOT_FOUND"', set()) == []
    )

"""The banks, their customers and accounts: published logins and some of our own.

Numbers here belong to nobody: routing numbers and accounts of the provider's own documentation.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from quid_sandbox.core.store import Doc, Tx
from quid_sandbox.plaid.wire import refuse


class Bank(NamedTuple):
    """An institution."""

    id: str
    name: str
    routing: str


BANKS: Final = (
    Bank("ins_109508", "First Platypus Bank", "011401533"),
    Bank("ins_109509", "First Gingham Credit Union", "021000021"),
    Bank("ins_109511", "Tartan Bank", "011401533"),
    Bank("ins_109512", "Houndstooth Bank", "021000021"),
    Bank("ins_135858", "Windowpane Bank", "333333334"),
)
MIGRATED: Final = Bank("ins_0", "", "")
HOLDER: Final = "Alberta Bobbeth Charleson"
PASSWORD: Final = "pass_good"  # noqa: S105 - the published one
SAME_DAY: Final = "110000000"
CODE: Final = "ABC"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A routing number and an account at it."""

    routing: str
    account: str


INSTANT_MATCH: Final = Numbers("021000021", "1111222233331111")
AUTOMATED: Final = Numbers("021000021", "1111222233330000")
INSTANT_CODE: Final = Numbers("333333334", "1111222233330000")
SAME_DAY_CODE: Final = Numbers(SAME_DAY, "1111222233330000")


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a bank. Units: cents. `verification` is None where the bank itself tells."""

    name: str
    numbers: Numbers
    subtype: str
    available: int | None
    current: int
    holder: str
    verification: str | None = None
    has_rtp: bool = True
    is_migrated: bool = False

    def document(self, ident: str, item_id: str) -> Doc:
        """As it is stored."""
        own = hashlib.sha256(f"{self.numbers.routing}:{self.numbers.account}".encode()).hexdigest()
        return {
            "id": ident,
            "item_id": item_id,
            "mask": self.numbers.account[-4:],
            "persistent": own,
            "tries": 0,
            **asdict(self),
        }


def bank(ident: str) -> Bank:
    """The bank of an id. Raises: RefusedError."""
    for one in BANKS:
        if one.id == ident:
            return one
    raise refuse("INVALID_INSTITUTION")


def log_in(of: Bank, username: str, password: str, holder: str = "") -> list[Account]:
    """The accounts of a customer.

    `user_good` has the published ones and some with magic; `user_custom` has what its JSON says;
    any other `user_...` has accounts of its own, so that two people do not share one.
    Raises: RefusedError with the bank's answer to wrong credentials.
    """
    if password.startswith("error_"):
        raise refuse(password.removeprefix("error_"))
    if username == "user_custom":
        return _custom(of, password)
    if not username.startswith("user_") or password != PASSWORD:
        raise refuse("INVALID_CREDENTIALS")
    name = holder or (HOLDER if username == "user_good" else _holder(username))
    own = "" if (username, holder) == ("user_good", "") else f"{username}:{holder}"
    return _accounts(of, own, name)


def _holder(username: str) -> str:
    """`user_ana_lopez` is Ana Lopez."""
    return " ".join(part.capitalize() for part in username.split("_")[1:])


def _accounts(of: Bank, own: str, holder: str) -> list[Account]:
    middle = str(int(hashlib.sha256(own.encode()).hexdigest()[:12], 16))[:8] if own else "22223333"

    def account(name: str, tail: str, cents: tuple[int, int], *, rtp: bool = True) -> Account:
        subtype = "savings" if "Saving" in name else "checking"
        numbers = Numbers(of.routing, f"1111{middle:0>8}{tail}")
        return Account(name, numbers, subtype, *cents, holder=holder, has_rtp=rtp)

    plenty = (2_500_000, 2_500_000)
    published = (10_000, 11_000) if not own else plenty
    return [
        account("Plaid Checking", "0000", published),
        account("Plaid Saving", "1111", (20_000, 21_000), rtp=False),
        account("Returns Checking", "0070", plenty),
        account("Empty Checking", "0051", (0, 0)),
        account("RTP Rejected Checking", "0404", plenty),
        account("RTP Pending Checking", "0408", plenty),
        account("RTP Timeout Checking", "0409", plenty),
    ]


def _custom(of: Bank, password: str) -> list[Account]:
    """The published form, {override_accounts: [{subtype, starting_balance, numbers, ...}]}."""
    try:
        given = json.loads(password)["override_accounts"]
        return [_override(of, index, one) for index, one in enumerate(given)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise refuse("INVALID_CREDENTIALS", "the custom user's JSON is malformed") from None


def _override(of: Bank, index: int, given: dict[str, Any]) -> Account:
    numbers, meta = given.get("numbers", {}), given.get("meta", {})
    names = given.get("identity", {}).get("names") or [HOLDER]
    cents = round(float(given.get("starting_balance", 1000)) * 100)
    seed = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    account = str(numbers.get("account") or f"1111{int(seed[:10], 16) % 10**8:08}{index:04}")
    subtype = str(given.get("subtype", "checking"))
    return Account(
        str(meta.get("name") or f"Plaid {subtype.capitalize()}"),
        Numbers(str(numbers.get("ach_routing") or of.routing), account),
        subtype,
        cents,
        cents,
        str(names[0]),
    )


def typed(numbers: Numbers, subtype: str, holder: str) -> Account | None:
    """An account by numbers that a person typed on the provider's page; None for strange ones."""
    how = {
        INSTANT_MATCH: None,
        AUTOMATED: "pending_automatic_verification",
        INSTANT_CODE: "pending_manual_verification",
        SAME_DAY_CODE: "pending_manual_verification",
    }
    if numbers not in how:
        return None
    return Account(
        "Checking" if subtype == "checking" else "Savings",
        numbers,
        subtype,
        None if how[numbers] else 100_000,
        100_000,
        holder or HOLDER,
        verification=how[numbers],
    )


def migrated(numbers: Numbers, subtype: str) -> Account:
    """An account by numbers that a client handed over: nobody asked the bank."""
    name = "Checking" if subtype == "checking" else "Savings"
    return Account(name, numbers, subtype, None, 0, HOLDER, is_migrated=True)


def is_routing(text: str) -> bool:
    """Whether the digits are a routing number."""
    if not (text.isascii() and text.isdigit() and len(text) == 9):
        return False
    return sum(int(d) * w for d, w in zip(text, (3, 7, 1) * 3, strict=True)) % 10 == 0


class Wanted(NamedTuple):
    """An item to make."""

    bank: Bank
    accounts: list[Account]
    products: list[str]
    webhook: str
    auth_method: str = "INSTANT_AUTH"


def make_item(tx: Tx, wanted: Wanted, created: str) -> Doc:
    """Store a link to a bank with the accounts chosen."""
    item = tx.put(
        "item",
        {
            "id": tx.new_id("", 37),
            "access_token": "",
            "institution_id": wanted.bank.id,
            "institution_name": wanted.bank.name,
            "products": wanted.products or ["auth", "transfer"],
            "webhook": wanted.webhook,
            "error": None,
            "removed": False,
            "auth_method": wanted.auth_method,
            "created_at": created,
        },
    )
    for account in wanted.accounts:
        tx.put("account", account.document(tx.new_id("", 37), item["id"]), owner=item["id"])
    tx.effect("item.created", item["id"])
    return item

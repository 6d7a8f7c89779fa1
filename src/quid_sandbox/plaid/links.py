"""Link tokens and sessions: what a client asks for, and what became of it."""

from datetime import datetime, timedelta
from typing import Any, Final

from quid_sandbox.core.store import Doc, Timer, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid import banks
from quid_sandbox.plaid.items import new_public_token
from quid_sandbox.plaid.notices import FACE, notify
from quid_sandbox.plaid.wire import Ask, item_of, parse, refuse, stamp

TOKEN_LIFE: Final = timedelta(hours=4)
AUTOMATED_AFTER: Final = timedelta(hours=24)
EXPIRES_AFTER: Final = timedelta(days=7)
CODE_AFTER: Final = timedelta(days=1)


def create(ask: Ask) -> Doc:
    """A link token, with a hosted page when asked for."""
    for name in ("client_name", "language", "country_codes"):
        ask.need(name)
    user = ask.need("user")
    authorization = (ask.body.get("transfer") or {}).get("authorization_id")
    item_id = ""
    if authorization:
        found = ask.tx.get("authorization", authorization)
        if found is None:
            raise refuse("INVALID_FIELD", "transfer.authorization_id is unknown")
        item_id = found["item_id"]
    elif ask.body.get("access_token"):
        item_id = item_of(ask)["id"]
    elif not ask.body.get("products"):
        raise refuse("MISSING_FIELDS", "products are needed without an access_token")
    hosted = ask.body.get("hosted_link")
    life = TOKEN_LIFE
    if hosted and hosted.get("url_lifetime_seconds"):
        life = timedelta(seconds=int(hosted["url_lifetime_seconds"]))
    page = ask.tx.new_id("", 20)
    token = ask.tx.put(
        "link_token",
        {
            "id": ask.tx.new_id("link-sandbox-", 32),
            "page": page,
            "user": user,
            "client_name": ask.body["client_name"],
            "language": ask.body["language"],
            "country_codes": ask.body["country_codes"],
            "products": ask.body.get("products") or [],
            "webhook": ask.body.get("webhook") or "",
            "redirect_uri": ask.body.get("redirect_uri"),
            "completion": (hosted or {}).get("completion_redirect_uri") or "",
            "auth": ask.body.get("auth") or {},
            "filters": ask.body.get("account_filters") or {},
            "item_id": item_id,
            "created_at": stamp(ask.now),
            "expiration": stamp(ask.now + life),
            "sessions": [],
        },
        key=page,
    )
    answer = {"link_token": token["id"], "expiration": token["expiration"]}
    if hosted is not None:
        answer["hosted_link_url"] = f"{ask.world.urls[FACE]}/link/{page}"
    return answer


def get(ask: Ask) -> Doc:
    """The token with its sessions."""
    token = ask.tx.get("link_token", ask.text("link_token"))
    if token is None:
        raise refuse("INVALID_LINK_TOKEN")
    metadata = {
        "initial_products": token["products"],
        "webhook": token["webhook"] or None,
        "country_codes": token["country_codes"],
        "language": token["language"],
        "redirect_uri": token["redirect_uri"],
        "client_name": token["client_name"],
    }
    return {
        "link_token": token["id"],
        "created_at": token["created_at"],
        "expiration": token["expiration"],
        "metadata": metadata,
        "link_sessions": token["sessions"],
    }


def is_live(token: Doc, now: datetime) -> bool:
    """Whether its page still opens."""
    return parse(token["expiration"]) > now


def is_wanted(token: Doc, subtype: str) -> bool:
    """Whether the client takes accounts of this kind."""
    if not token["filters"]:
        return True
    subtypes = (token["filters"].get("depository") or {}).get("account_subtypes") or []
    return subtype in subtypes or "all" in subtypes


def begin(tx: Tx, token: Doc, now: datetime) -> Doc:
    """A person opened the page and did something."""
    session = {"link_session_id": tx.new_id("", 36), "started_at": stamp(now)}
    token["sessions"].append(session)
    tx.put("link_token", token)
    return session


def session_of(token: Doc, ident: str) -> Doc | None:
    """An open session of the token."""
    for session in token["sessions"]:
        if session["link_session_id"] == ident and "finished_at" not in session:
            return dict(session)
    return None


def finish(ask: Ask, token: Doc, session: Doc, item: Doc | None) -> None:
    """The person is done: with a new item, or with the repair of an old one."""
    added: list[Doc] = []
    if item is not None:
        bank = {"name": item["institution_name"], "institution_id": item["institution_id"]}
        accounts = [_chosen(a) for a in ask.tx.all("account", owner=item["id"])]
        public = new_public_token(ask, item["id"])
        added.append({"public_token": public, "accounts": accounts, "institution": bank})
    results: dict[str, Any] = {"item_add_results": added, "cra_item_add_results": []}
    for name in ("cra_update_results", "bank_income_results", "payroll_income_results"):
        results[name] = []
    results["document_income_results"] = None
    session |= {"finished_at": stamp(ask.now), "results": results}
    _close(ask, token, session, "success", [one["public_token"] for one in added])


def leave(ask: Ask, token: Doc, session: Doc) -> None:
    """The person went away."""
    session |= {
        "finished_at": stamp(ask.now),
        "exit": {
            "error": None,
            "metadata": {
                "institution": None,
                "status": "institution_not_found",
                "link_session_id": session["link_session_id"],
                "request_id": "",
            },
        },
    }
    _close(ask, token, session, "exited", [])


def _close(ask: Ask, token: Doc, session: Doc, status: str, public_tokens: list[str]) -> None:
    token["sessions"] = [
        session if old["link_session_id"] == session["link_session_id"] else old
        for old in token["sessions"]
    ]
    ask.tx.put("link_token", token)
    told = {
        "status": status,
        "link_session_id": session["link_session_id"],
        "link_token": token["id"],
        "public_tokens": public_tokens,
    }
    notify(ask.tx, token["webhook"], "LINK", "SESSION_FINISHED", told)


def _chosen(account: Doc) -> Doc:
    return {
        "id": account["id"],
        "name": account["name"],
        "mask": account["mask"],
        "type": "depository",
        "subtype": account["subtype"],
        "verification_status": account["verification"],
        "class_type": None,
    }


def watch(tx: Tx, world: World, item: Doc, now: datetime) -> None:
    """What will become of micro-deposits: verified by themselves, or a code, or too late."""
    for account in tx.all("account", owner=item["id"]):
        if account["verification"] == "pending_automatic_verification":
            at = world.step(now, now + AUTOMATED_AFTER)
            tx.later(at, FACE, "verified", account["id"])
        elif account["verification"] == "pending_manual_verification":
            is_slow = account["numbers"]["routing"] == banks.SAME_DAY
            code_at = world.step(now, now + CODE_AFTER) if is_slow else now
            tx.put("account", account | {"code_at": code_at.isoformat()})
            tx.later(now + EXPIRES_AFTER, FACE, "expired", account["id"])


def on_timer(tx: Tx, timer: Timer) -> None:
    """A micro-deposit arrived, or its time is over."""
    account = tx.get("account", timer.ref)
    waits_for = "automatic" if timer.kind == "verified" else "manual"
    if account is None or account["verification"] != f"pending_{waits_for}_verification":
        return
    if timer.kind == "verified":
        set_status(tx, account, "automatically_verified", "AUTOMATICALLY_VERIFIED")
    else:
        set_status(tx, account, "verification_expired", "VERIFICATION_EXPIRED")


def set_status(tx: Tx, account: Doc, status: str, code: str = "") -> None:
    """Change how far an account is verified, and tell."""
    account["verification"] = status
    if status.endswith("_verified") and account["available"] is None:
        account["available"] = account["current"]
    tx.put("account", account)
    tx.effect(f"account.{status}", account["id"])
    item = tx.get("item", account["item_id"])
    if code and item:
        told = {"item_id": item["id"], "account_id": account["id"]}
        notify(tx, item["webhook"], "AUTH", code, told)

"""The hosted pages of Link: institution, login, accounts; or numbers, and a code."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from html import escape
from urllib.parse import parse_qs

from quid_sandbox.core.calls import Call, RefusedError, Reply
from quid_sandbox.core.pages import field, form, page
from quid_sandbox.core.store import Doc
from quid_sandbox.plaid import banks, links
from quid_sandbox.plaid.notices import notify
from quid_sandbox.plaid.wire import Ask, stamp

TRIES: int = 3
Fields = Mapping[str, str]


class _Visit:
    """One request to a page: who looks at which token."""

    def __init__(self, call: Call) -> None:
        self.ask = Ask({}, call.tx, call.now, call.world)
        found = call.tx.find("link_token", call.params["page"])
        if found is None or not links.is_live(found, call.now):
            raise RefusedError(
                Reply.html(page("This link is over", "<p>Ask for a new one.</p>"), 410)
            )
        self.token = found
        self.action = call.path
        self.form = {k: v[0] for k, v in parse_qs(call.body.decode(errors="replace")).items()}
        self.item = call.tx.get("item", found["item_id"]) if found["item_id"] else None

    def session(self) -> Doc:
        """The session of the form, else a new one."""
        known = links.session_of(self.token, self.form.get("session", ""))
        return known or links.begin(self.ask.tx, self.token, self.ask.now)

    def leave(self) -> Reply:
        """Back to the client, without any secret in the address."""
        if self.token["completion"]:
            return Reply.redirect(self.token["completion"])
        return Reply.html(page("Done", "<p>You can close this page.</p>"))


def show(call: Call) -> Reply:
    """The first page."""
    visit = _Visit(call)
    if visit.item is None:
        return Reply.html(_institutions(visit))
    if _pending(visit) is not None:
        return Reply.html(_code(visit, ""))
    return Reply.html(_login(visit, visit.item["institution_id"], ""))


def take(call: Call) -> Reply:
    """What was sent from a page."""
    visit = _Visit(call)
    steps = {
        "institution": _take_institution,
        "login": _take_login,
        "accounts": _take_accounts,
        "numbers": _take_numbers,
        "code": _take_code,
        "exit": _take_exit,
    }
    step = steps.get(visit.form.get("step", ""))
    return Reply.html(_institutions(visit)) if step is None else step(visit)


def _institutions(visit: _Visit) -> str:
    choices = "".join(
        form(
            visit.action, "", button=bank.name,
            hidden={"step": "institution", "institution": bank.id},
        )
        for bank in banks.BANKS
    )  # fmt: skip
    if visit.token["auth"]:
        typed = {"step": "institution", "institution": ""}
        choices += form(visit.action, "", button="Type the numbers instead", hidden=typed)
    leave = form(visit.action, "", button="Leave", hidden={"step": "exit"})
    return page("Choose your bank", f"{choices}{leave}")


def _take_institution(visit: _Visit) -> Reply:
    session = visit.session()
    institution = visit.form.get("institution", "")
    if institution:
        return Reply.html(_login(visit, institution, session["link_session_id"]))
    return Reply.html(_numbers(visit, session["link_session_id"]))


def _login(visit: _Visit, institution: str, session: str, wrong: str = "") -> str:
    bank = banks.bank(institution)
    fields = (
        field("User name", "username", value="user_good")
        + field("Password", "password", kind="password")
        + field("Name on the account, if it is not the published one", "holder")
    )
    hidden = {"step": "login", "institution": institution, "session": session}
    hint = (
        "<p>For tests: <b>user_good</b> with the password <b>pass_good</b> is Alberta Bobbeth "
        "Charleson; <b>user_ana_lindt</b> is Ana Lindt, and so with any name. A password such as "
        "error_INSTITUTION_DOWN fails so.</p>"
    )
    return page(
        bank.name, hint + form(visit.action, fields, button="Log in", hidden=hidden), wrong=wrong
    )


def _take_login(visit: _Visit) -> Reply:
    session, given = visit.session(), visit.form
    ident = session["link_session_id"]
    institution = given.get("institution", "")
    if visit.item is not None:
        institution = visit.item["institution_id"]
    try:
        bank = banks.bank(institution)
        accounts = banks.log_in(
            bank, given.get("username", ""), given.get("password", ""), given.get("holder", "")
        )
    except RefusedError:
        wrong = "The bank does not know this user name and password."
        return Reply.html(_login(visit, institution, ident, wrong))
    if visit.item is not None:
        return _repaired(visit, session, visit.item)
    accounts = [one for one in accounts if links.is_wanted(visit.token, one.subtype)]
    draft = {
        "id": ident,
        "institution": institution,
        "accounts": [asdict(one) for one in accounts],
    }
    visit.ask.tx.put("draft", draft)
    return Reply.html(_choices(visit, draft))


def _choices(visit: _Visit, draft: Doc, wrong: str = "") -> str:
    """The accounts of a login; the only one is chosen already."""
    ticked = " checked" if len(draft["accounts"]) == 1 else ""
    rows = "".join(
        f'<label><input type="checkbox" name="account{index}" value="1"{ticked}>'
        f" {escape(one['name'])} ··{one['numbers']['account'][-4:]}</label>"
        for index, one in enumerate(draft["accounts"])
    )
    hidden = {"step": "accounts", "session": draft["id"]}
    body = form(visit.action, rows, button="Continue", hidden=hidden)
    return page("Choose accounts", body, wrong=wrong)


def _repaired(visit: _Visit, session: Doc, item: Doc) -> Reply:
    item["error"] = None
    visit.ask.tx.put("item", item)
    visit.ask.tx.effect("item.repaired", item["id"])
    notify(visit.ask.tx, item["webhook"], "ITEM", "LOGIN_REPAIRED", {"item_id": item["id"]})
    links.finish(visit.ask, visit.token, session, None)
    return visit.leave()


def _take_accounts(visit: _Visit) -> Reply:
    session = visit.session()
    draft = visit.ask.tx.get("draft", session["link_session_id"])
    if draft is None:
        return Reply.html(_institutions(visit))
    chosen = [
        banks.Account(**one | {"numbers": banks.Numbers(**one["numbers"])})
        for index, one in enumerate(draft["accounts"])
        if f"account{index}" in visit.form
    ]
    if not chosen:
        return Reply.html(_choices(visit, draft, "Choose an account."))
    _link(visit, session, banks.bank(draft["institution"]), chosen, "INSTANT_AUTH")
    return visit.leave()


def _link(
    visit: _Visit, session: Doc, bank: banks.Bank, accounts: list[banks.Account], method: str
) -> Doc:
    """Make the item and end the session, unless a code is still to be typed now."""
    wanted = banks.Wanted(bank, accounts, visit.token["products"], visit.token["webhook"], method)
    item = banks.make_item(visit.ask.tx, wanted, stamp(visit.ask.now))
    links.watch(visit.ask.tx, visit.ask.world, item, visit.ask.now)
    if method != "INSTANT_MICRODEPOSIT":
        links.finish(visit.ask, visit.token, session, item)
    return item


def _numbers(visit: _Visit, session: str, wrong: str = "") -> str:
    fields = (
        field("Routing number", "routing")
        + field("Account number", "account")
        + field("Name on the account", "holder")
        + '<label>Kind<select name="kind"><option>checking<option>savings</select></label>'
    )
    hidden = {"step": "numbers", "session": session}
    return page(
        "Type the numbers",
        form(visit.action, fields, button="Continue", hidden=hidden),
        wrong=wrong,
    )


def _take_numbers(visit: _Visit) -> Reply:
    session, given = visit.session(), visit.form
    numbers = banks.Numbers(given.get("routing", ""), given.get("account", ""))
    account = banks.typed(numbers, given.get("kind", "checking"), given.get("holder", ""))
    if account is None:
        wrong = "Only the published test numbers are taken here."
        return Reply.html(_numbers(visit, session["link_session_id"], wrong))
    bank = next((b for b in banks.BANKS if b.routing == numbers.routing), banks.BANKS[0])
    methods = {
        banks.INSTANT_MATCH: "INSTANT_MATCH",
        banks.AUTOMATED: "AUTOMATED_MICRODEPOSITS",
        banks.INSTANT_CODE: "INSTANT_MICRODEPOSIT",
        banks.SAME_DAY_CODE: "SAME_DAY_MICRODEPOSITS",
    }
    item = _link(visit, session, bank, [account], methods[numbers])
    if numbers != banks.INSTANT_CODE:
        return visit.leave()
    visit.token["item_id"] = item["id"]
    visit.ask.tx.put("link_token", visit.token | {"fresh": True})
    visit.item = item
    return Reply.html(_code(visit, session["link_session_id"]))


def _pending(visit: _Visit) -> Doc | None:
    accounts = visit.ask.tx.all("account", owner=visit.token["item_id"])
    waiting = [a for a in accounts if a["verification"] == "pending_manual_verification"]
    return waiting[0] if waiting else None


def _code(visit: _Visit, session: str, wrong: str = "") -> str:
    hidden = {"step": "code", "session": session}
    fields = field("The three letters beside the deposit (published: ABC)", "code")
    return page(
        "Type the code", form(visit.action, fields, button="Verify", hidden=hidden), wrong=wrong
    )


def _take_code(visit: _Visit) -> Reply:
    session, account = visit.session(), _pending(visit)
    ident = session["link_session_id"]
    if account is None:
        return visit.leave()
    if datetime.fromisoformat(account["code_at"]) > visit.ask.now:
        return Reply.html(_code(visit, ident, "The deposit has not arrived yet."))
    if visit.form.get("code", "").strip().upper() == banks.CODE:
        links.set_status(visit.ask.tx, account, "manually_verified")
        _tell_code(visit, account, "MANUALLY_VERIFIED")
    else:
        account["tries"] += 1
        visit.ask.tx.put("account", account)
        if account["tries"] < TRIES:
            return Reply.html(_code(visit, ident, "That is not the code."))
        links.set_status(visit.ask.tx, account, "verification_failed")
        _tell_code(visit, account, "VERIFICATION_FAILED")
    fresh = visit.item if visit.token.get("fresh") else None
    links.finish(visit.ask, visit.token, session, fresh)
    return visit.leave()


def _tell_code(visit: _Visit, account: Doc, status: str) -> None:
    told = {"item_id": account["item_id"], "account_id": account["id"], "status": status}
    notify(visit.ask.tx, visit.token["webhook"], "AUTH", "SMS_MICRODEPOSITS_VERIFICATION", told)


def _take_exit(visit: _Visit) -> Reply:
    links.leave(visit.ask, visit.token, visit.session())
    return visit.leave()

"""Linking a bank account: tokens, the hosted pages, verification, the owner."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from quid_sandbox.plaid.items import score
from tests.support.bank import link
from tests.support.sandbox import Sandbox, running

AUTH = {"automated_microdeposits_enabled": True}
DONE = "http://localhost/return"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox") / "home") as box:
        yield box


@pytest.fixture
def box(process: Sandbox) -> Sandbox:
    process.reset()
    return process


@dataclass
class Person:
    """Somebody at the hosted pages."""

    box: Sandbox
    url: str
    token: str
    session: str = ""

    def send(self, step: str, **fields: str) -> httpx2.Response:
        """Fill in a page."""
        form = {"step": step, "session": self.session, **fields}
        answer = self.box.web.post(self.url, data=form)
        if found := re.search(r'name="session" value="([^"]+)"', answer.text):
            self.session = found.group(1)
        return answer

    def log_in(
        self, username: str = "user_good", password: str = "", **more: str
    ) -> httpx2.Response:
        """As far as the choice of accounts."""
        self.send("institution", institution="ins_109508")
        known = {"username": username, "password": password or "pass_good", **more}
        return self.send("login", institution="ins_109508", **known)

    def result(self) -> Any:
        """The one session, as the client sees it."""
        found = self.box.get("/link/token/get", link_token=self.token)["link_sessions"]
        assert len(found) == 1, found
        return found[0]

    def item(self) -> Any:
        """What the client gets for the public token."""
        added = self.result()["results"]["item_add_results"][0]
        return self.box.get("/item/public_token/exchange", public_token=added["public_token"])

    def account(self, token: str) -> Any:
        """The item's first account."""
        return self.box.get("/accounts/get", access_token=token)["accounts"][0]


def opened(box: Sandbox, **how: object) -> Person:
    asked: dict[str, object] = {
        "client_name": "Quid",
        "language": "en",
        "country_codes": ["US"],
        "user": {"client_user_id": "usr_1"},
        "products": ["auth", "transfer"],
        "webhook": "http://127.0.0.1:9/hooks",
        "hosted_link": {"completion_redirect_uri": DONE, "url_lifetime_seconds": 1800},
    }
    made = box.get("/link/token/create", **(asked | how))
    return Person(box, made["hosted_link_url"], made["link_token"])


def told(box: Sandbox) -> list[dict[str, Any]]:
    return [json.loads(hook["body"]) for hook in box.hooks()]


# ---------------------------------------------------------------------- by a login


def test_continue_without_an_account_keeps_the_list(box: Sandbox) -> None:
    person = opened(box)
    listed = person.log_in()
    assert "checked" not in listed.text
    again = person.send("accounts")
    assert "Choose an account." in again.text
    assert again.text.count('type="checkbox"') == listed.text.count('type="checkbox"')
    assert person.send("accounts", account0="1").headers["location"] == DONE


def test_the_only_account_is_chosen_already(box: Sandbox) -> None:
    person = opened(box)
    only = {"override_accounts": [{"subtype": "checking", "starting_balance": 10}]}
    listed = person.log_in("user_custom", json.dumps(only))
    assert listed.text.count('value="1" checked') == 1


def test_a_person_links_accounts_at_the_pages(box: Sandbox) -> None:
    person = opened(box)
    first = box.web.get(person.url)
    assert "Sandbox: no real bank" in first.text
    assert "<script" not in first.text
    assert "Choose accounts" in person.log_in().text
    left = person.send("accounts", account0="1", account1="1")
    assert (left.status_code, left.headers["location"]) == (303, DONE)
    session = person.result()
    added = session["results"]["item_add_results"][0]
    assert [account["mask"] for account in added["accounts"]] == ["0000", "1111"]
    assert added["institution"] == {"name": "First Platypus Bank", "institution_id": "ins_109508"}
    item = person.item()
    numbers = box.get("/auth/get", access_token=item["access_token"])["numbers"]["ach"]
    assert [row["account"] for row in numbers] == ["1111222233330000", "1111222233331111"]
    (hook,) = told(box)
    assert (hook["webhook_code"], hook["status"]) == ("SESSION_FINISHED", "success")
    assert hook["public_tokens"] == [added["public_token"]]


def test_wrong_credentials_stay_at_the_page(box: Sandbox) -> None:
    person = opened(box)
    assert 'role="alert"' in person.log_in(password="wrong").text
    assert 'role="alert"' in person.log_in(password="error_INSTITUTION_DOWN").text
    assert person.box.get("/link/token/get", link_token=person.token)["link_sessions"]
    assert box.effects("item.created") == []


def test_a_person_may_leave(box: Sandbox) -> None:
    person = opened(box)
    assert person.send("exit").headers["location"] == DONE
    session = person.result()
    assert session["exit"]["error"] is None
    assert "results" not in session
    assert told(box)[0]["status"] == "exited"


def test_sending_the_accounts_twice_links_once(box: Sandbox) -> None:
    person = opened(box)
    person.log_in()
    for _ in range(2):
        person.send("accounts", account0="1")
    assert len(box.effects("item.created")) == 1


def test_a_link_is_over_after_its_life(box: Sandbox) -> None:
    person = opened(box)
    box.advance(minutes=31)
    assert box.web.get(person.url).status_code == 410
    assert box.web.get(person.url[:-4] + "AAAA").status_code == 410


def test_every_person_has_accounts_of_their_own_but_the_published_one(box: Sandbox) -> None:
    def account(username: str) -> Any:
        linked = link(box, username)
        found = box.get("/auth/get", access_token=linked.token)["numbers"]["ach"]
        return found[0]["account"]

    ana, ben = account("user_ana_lopez"), account("user_ben")
    assert ana != ben
    assert ana == account("user_ana_lopez")
    assert account("user_good") == "1111222233330000"


def test_a_custom_person_has_what_the_json_says(box: Sandbox) -> None:
    custom = {
        "subtype": "savings",
        "starting_balance": 12.34,
        "numbers": {"account": "9900001234", "ach_routing": "021000021"},
        "identity": {"names": ["Cleo Park"]},
        "meta": {"name": "Returns Checking"},
    }
    person = opened(box)
    person.log_in("user_custom", json.dumps({"override_accounts": [custom]}))
    person.send("accounts", account0="1")
    item = person.item()
    account = person.account(item["access_token"])
    assert (account["mask"], account["name"]) == ("1234", "Returns Checking")
    assert account["balances"]["available"] == 12.34
    match = box.get(
        "/identity/match", access_token=item["access_token"], user={"legal_name": "Cleo Park"}
    )
    assert match["accounts"][0]["legal_name"]["score"] == 100
    assert 'role="alert"' in opened(box).log_in("user_custom", "{}").text


def test_only_accounts_of_the_wanted_kinds_are_shown(box: Sandbox) -> None:
    person = opened(box, account_filters={"depository": {"account_subtypes": ["savings"]}})
    shown = person.log_in().text
    assert "Plaid Saving" in shown
    assert "Plaid Checking" not in shown


# ---------------------------------------------------------------------- by numbers


def by_numbers(box: Sandbox, routing: str, account: str) -> tuple[Person, httpx2.Response]:
    person = opened(box, auth=AUTH)
    person.send("institution", institution="")
    return person, person.send("numbers", routing=routing, account=account, holder="Ana Lopez")


def test_numbers_can_match_at_once(box: Sandbox) -> None:
    person, answer = by_numbers(box, "021000021", "1111222233331111")
    assert answer.status_code == 303
    account = person.account(person.item()["access_token"])
    assert "verification_status" not in account


def test_numbers_verify_themselves_after_a_day(box: Sandbox) -> None:
    person, answer = by_numbers(box, "021000021", "1111222233330000")
    assert answer.status_code == 303
    token = person.item()["access_token"]
    assert person.account(token)["verification_status"] == "pending_automatic_verification"
    early = box.ask("/auth/get", access_token=token)
    assert early.json()["error_code"] == "PRODUCT_NOT_READY"
    box.advance(hours=24)
    assert person.account(token)["verification_status"] == "automatically_verified"
    assert box.get("/auth/get", access_token=token)["numbers"]["ach"]
    assert told(box)[-1]["webhook_code"] == "AUTOMATICALLY_VERIFIED"


def test_a_code_verifies_at_once(box: Sandbox) -> None:
    person, answer = by_numbers(box, "333333334", "1111222233330000")
    assert "Type the code" in answer.text
    assert 'role="alert"' in person.send("code", code="XYZ").text
    assert person.send("code", code="abc").status_code == 303
    account = person.account(person.item()["access_token"])
    assert account["verification_status"] == "manually_verified"


def test_a_code_of_the_next_day_is_typed_in_a_second_session(box: Sandbox) -> None:
    first, answer = by_numbers(box, "110000000", "1111222233330000")
    assert answer.status_code == 303
    token = first.item()["access_token"]
    assert first.account(token)["verification_status"] == "pending_manual_verification"
    again = opened(box, access_token=token, products=None)
    assert "not arrived" in again.send("code", code="ABC").text
    box.advance(days=1)
    again = opened(box, access_token=token, products=None)
    assert "Type the code" in box.web.get(again.url).text
    assert again.send("code", code="ABC").status_code == 303
    assert first.account(token)["verification_status"] == "manually_verified"
    hook = told(box)[-2]
    assert (hook["webhook_code"], hook["status"]) == (
        "SMS_MICRODEPOSITS_VERIFICATION",
        "MANUALLY_VERIFIED",
    )


def test_three_wrong_codes_are_the_end(box: Sandbox) -> None:
    person, _ = by_numbers(box, "333333334", "1111222233330000")
    answers = [person.send("code", code="NOT").status_code for _ in range(3)]
    assert answers == [200, 200, 303]
    account = person.account(person.item()["access_token"])
    assert account["verification_status"] == "verification_failed"


def test_a_code_nobody_types_expires(box: Sandbox) -> None:
    person, _ = by_numbers(box, "110000000", "1111222233330000")
    token = person.item()["access_token"]
    box.advance(days=7)
    assert person.account(token)["verification_status"] == "verification_expired"
    assert told(box)[-1]["webhook_code"] == "VERIFICATION_EXPIRED"


def test_only_published_numbers_are_taken_at_the_page(box: Sandbox) -> None:
    _, answer = by_numbers(box, "021000021", "1234567890")
    assert 'role="alert"' in answer.text
    assert box.effects("item.created") == []


# ---------------------------------------------------------------------- later


def test_a_broken_login_is_repaired_at_the_pages(box: Sandbox) -> None:
    linked = link(box)
    box.get("/sandbox/item/reset_login", access_token=linked.token)
    refused = box.ask("/auth/get", access_token=linked.token)
    assert refused.json()["error_code"] == "ITEM_LOGIN_REQUIRED"
    assert box.get("/accounts/get", access_token=linked.token)["item"]["error"]
    person = opened(box, access_token=linked.token, products=None)
    assert person.send("login", username="user_ana_lopez", password="pass_good").status_code == 303
    assert box.get("/auth/get", access_token=linked.token)["item"]["error"] is None
    assert person.result()["results"]["item_add_results"] == []


def test_a_decision_that_needs_the_person_leads_to_the_pages(box: Sandbox) -> None:
    linked = link(box)
    box.get("/sandbox/item/reset_login", access_token=linked.token)
    decided = linked.authorize("5.00")
    person = opened(box, products=None, transfer={"authorization_id": decided["id"]})
    assert person.send("login", username="user_ana_lopez", password="pass_good").status_code == 303
    assert linked.authorize("5.00")["decision"] == "approved"


def test_a_new_access_token_ends_the_old_one(box: Sandbox) -> None:
    linked = link(box)
    fresh = box.get("/item/access_token/invalidate", access_token=linked.token)
    old = box.ask("/accounts/get", access_token=linked.token)
    assert old.json()["error_code"] == "INVALID_ACCESS_TOKEN"
    assert box.get("/accounts/get", access_token=fresh["new_access_token"])["accounts"]


def test_a_removed_item_is_gone(box: Sandbox) -> None:
    linked = link(box)
    box.get("/item/remove", access_token=linked.token)
    for path in ("/accounts/get", "/item/remove", "/item/get"):
        assert box.ask(path, access_token=linked.token).json()["error_code"] == "ITEM_NOT_FOUND"


def test_a_public_token_lives_half_an_hour_and_gives_one_item(box: Sandbox) -> None:
    made = box.get(
        "/sandbox/public_token/create", institution_id="ins_109508", initial_products=["auth"]
    )
    first = box.get("/item/public_token/exchange", public_token=made["public_token"])
    again = box.get("/item/public_token/exchange", public_token=made["public_token"])
    assert first["access_token"] == again["access_token"]
    box.advance(minutes=31)
    late = box.ask("/item/public_token/exchange", public_token=made["public_token"])
    assert late.json()["error_code"] == "INVALID_PUBLIC_TOKEN"


def test_an_account_of_another_item_is_not_found(box: Sandbox) -> None:
    ana, ben = link(box), link(box, "user_ben")
    answer = box.ask(
        "/transfer/capabilities/get",
        access_token=ana.token,
        account_id=ben.accounts["Plaid Checking"],
    )
    assert answer.json()["error_code"] == "INVALID_ACCOUNT_ID"


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("Ana Lopez", "ana  LÓPEZ", 100, 100),
        ("Ana Lopez", "Ana Maria Lopez", 70, 99),
        ("Ana Lopez", "Ana Smith", 1, 49),
        ("Ana Lopez", "Bo Berg", 0, 0),
        ("", "Bo Berg", 0, 0),
    ],
)
def test_names_are_compared_by_their_words(one: str, other: str, low: int, high: int) -> None:
    assert low <= score(one, other) <= high
    assert score(one, other) == score(other, one)

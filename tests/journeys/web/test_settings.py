"""Settings: what one is called, who sees what, how one proves who one is, and the brake."""

import re
from collections.abc import Callable

import httpx2
import pyotp
import pytest
from playwright.sync_api import Page, expect

from quid.kit import clock
from tests.journeys.web.conftest import App
from tests.support.system import System
from tests.support.visitors import PASSWORD, Visitor, eventually
from tests.support.watched import WatchedBooks

Sign = Callable[[str], Visitor]
KEYS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def _codes(system: System, email: str) -> list[str]:
    mails = httpx2.get(f"{system.record().address}/mailbox.json", timeout=10).json()["items"]
    said = (re.match(r"\d{6}\b", mail["subject"]) for mail in mails if mail["to"] == email)
    return [code[0] for code in said if code]


def _prove(page: Page, system: System, who: Visitor, used: list[str]) -> None:
    """Answer the sheet that asks who holds the session."""
    email = f"{who.handle}@example.org"
    sheet = page.get_by_role("dialog", name="Confirm it is you")
    expect(sheet).to_be_visible()
    fresh = eventually(lambda: [c for c in _codes(system, email) if c not in used])
    sheet.get_by_label("Password", exact=True).fill(PASSWORD)
    sheet.get_by_label("6-digit code").fill(fresh[0])
    confirm = sheet.get_by_role("button", name="Confirm", exact=True)
    if confirm.is_visible() and confirm.is_enabled():
        confirm.click()
    expect(sheet).not_to_be_visible()


def test_47_settings_show_what_holds(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    nora.do("PATCH", "me", {"display_name": "Nora Núñez", "timezone": "Europe/Vienna"})
    nora.do("PATCH", "me/privacy", {"default_visibility": "private", "who_may_request": "friends"})
    page = app(nora)
    page.goto("/settings/profile")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Nora Núñez")
    expect(page.get_by_label("Handle", exact=True)).to_have_value(nora.handle)
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Vienna")
    expect(page.get_by_text(f"{nora.handle}@example.org")).to_be_visible()
    page.goto("/settings/privacy")
    expect(page.get_by_role("radio", name="Private")).to_be_checked()
    expect(page.get_by_role("radio", name="Friends only")).to_be_checked()
    expect(page.get_by_role("switch", name="By your e-mail")).to_be_checked()
    page.goto("/settings/limits")
    expect(page.get_by_role("meter", name="In a day")).to_be_attached()
    page.goto("/settings/verification")
    expect(page.get_by_text("Not verified yet")).to_be_visible()


def test_48_what_is_wrong_stands_at_its_field(app: App, stranger: Sign) -> None:
    page = app(stranger("nora"))
    page.goto("/settings/profile")
    name, handle = page.get_by_label("Name", exact=True), page.get_by_label("Handle", exact=True)
    save = page.get_by_role("button", name="Save", exact=True)
    for field, bad, said in (
        (name, "", "Enter a name."),
        (name, "a@example.org", "not an address"),
        (handle, "", "at least 3 characters"),
        (handle, "no-ra", "Use only a"),
    ):
        good = field.input_value()
        field.fill(bad)
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(save).to_be_disabled()
        field.fill(good)
        expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Change e-mail").click()
    send = page.get_by_role("button", name="Send me a code")
    expect(send).to_be_disabled()
    page.get_by_label("New e-mail").fill("nora@")
    page.get_by_label("New e-mail").blur()
    expect(page.get_by_role("alert")).to_contain_text("Enter an e-mail")
    expect(send).to_be_disabled()


def test_49_a_saved_name_shows_in_navigation_at_once(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/settings/profile")
    page.get_by_label("Name", exact=True).fill("Eleonora")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    shown = page.get_by_role("link", name="Signed in as Eleonora").filter(visible=True)
    expect(shown).to_be_visible()
    assert nora.get("me")["display_name"] == "Eleonora"


def test_50_past_payments_become_private_in_one_act(
    app: App, stranger: Sign, books: WatchedBooks
) -> None:
    nora, omar, pia = stranger("nora"), stranger("omar"), stranger("pia")
    omar.do("PATCH", "me/privacy", {"default_visibility": "public"})
    body = {"payee_id": omar.id, "amount": 1_00, "currency": "USD", "visibility": "public"}
    with books.moved({nora.handle: -2_00, omar.handle: 2_00}, payments=2):
        for note in ("tea", "cake"):
            nora.do("POST", "payments", {**body, "note": note})
    assert len(eventually(lambda: pia.get(f"users/{nora.handle}")["items"][1:])) == 1
    page = app(nora)
    page.goto("/settings/privacy")
    page.get_by_role("button", name="Make past payments private").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Make past payments private").click()
    expect(page.get_by_text("2 payments are private now.")).to_be_visible()
    assert pia.get(f"users/{nora.handle}")["items"] == []
    assert len(omar.get(f"users/{nora.handle}")["items"]) == 2


def test_a_refused_setting_is_taken_back(app: App, stranger: Sign) -> None:
    page = app(stranger("nora"))
    page.goto("/settings/privacy")
    switch = page.get_by_role("switch", name="Reminders")
    expect(switch).to_be_checked()
    no = {"code": "STATE_CONFLICT", "detail": "Not now."}
    page.route("**/v1/me/privacy", lambda route: route.fulfill(status=409, json=no))
    switch.click()
    expect(page.get_by_role("alert")).to_contain_text("Not now.")
    expect(switch).to_be_checked()


def test_a_choice_of_notices_holds(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/settings/notifications")
    box = page.get_by_role("checkbox", name="Likes: Push")
    expect(box).not_to_be_checked()
    box.click()
    expect(box).to_be_checked()
    expect(page.get_by_role("checkbox", name="Security: E-mail")).to_have_count(0)

    def is_on() -> bool:
        items = nora.get("notifications/preferences")["items"]
        return any((i["topic"], i["way"], i["is_on"]) == ("likes", "push", True) for i in items)

    eventually(is_on)
    page.reload()
    expect(page.get_by_role("checkbox", name="Likes: Push")).to_be_checked()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_a_passkey_an_app_and_their_codes(app: App, stranger: Sign, system: System) -> None:
    nora = stranger("nora")
    used = _codes(system, f"{nora.handle}@example.org")
    page = app(nora)
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KEYS})
    page.goto("/settings/security")
    page.get_by_role("button", name="Add a passkey").click()
    _prove(page, system, nora, used)
    codes = page.get_by_test_id("recovery-codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    first = codes.first.inner_text()
    page.get_by_role("button", name="I kept them").click()
    page.get_by_role("button", name="Rename Passkey").click()
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Rename My phone")).to_be_visible()

    page.get_by_role("button", name="Set up the app").click()
    secret = page.get_by_test_id("totp-secret").inner_text()
    totp = pyotp.TOTP(secret)
    code = totp.at(int(clock.now().timestamp()) - 30)
    page.get_by_label("Code from your authenticator app").fill(code)
    expect(codes).to_have_count(10)
    assert codes.first.inner_text() != first
    page.get_by_role("button", name="I kept them").click()
    expect(page.get_by_role("button", name="Set up another app")).to_be_visible()
    page.get_by_role("button", name="Remove My phone").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Rename My phone")).to_have_count(0)
    assert nora.get("me")["has_totp"]
    assert not nora.get("me")["has_passkey"]


def test_8_a_session_is_ended_from_the_list(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    lost, page = app(nora), app(nora)
    lost.goto("/settings")
    page.goto("/settings/security")
    expect(page.get_by_text("This session")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_test_id("sessions").get_by_role("listitem")).to_have_count(1)
    expect(lost).to_have_url(re.compile("/sign-in"))


def test_a_locked_account_lets_nobody_in(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/settings/security")
    page.get_by_role("button", name="Lock now").click()
    page.get_by_role("dialog").get_by_role("button", name="Lock now").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?why=locked"))
    body = {"identifier": nora.handle, "password": PASSWORD}
    refused = page.request.post("/v1/auth/sign-in", data=body)
    assert refused.json()["code"] == "ACCOUNT_FROZEN"

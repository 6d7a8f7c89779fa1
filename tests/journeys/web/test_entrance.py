"""The entrance: the ways in and out, and what a closed door shows."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from quid.kit import clock
from tests.journeys.web.conftest import App
from tests.journeys.web.entering import at_home, at_the_door, code_for, type_password
from tests.support.chrome import axe
from tests.support.system import System
from tests.support.visitors import PASSWORD, Visitor

DAY: Final = 24 * 3600
Stranger = Callable[[str], Visitor]


# --- the door ----------------------------------------------------------------------------------


def test_1_a_private_page_leads_to_sign_in_and_back(app: App) -> None:
    page = app()
    page.goto("/settings?from=mail")
    at_the_door(page)
    assert axe(page) == []
    page.get_by_test_id("persona-ana").click()
    expect(page).to_have_url(re.compile(r"/settings\?from=mail$"))
    expect(page.get_by_role("complementary", name="Demo: test money")).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_1_nothing_foreign_is_led_to(app: App) -> None:
    for foreign in ("https://example.org/x", "//example.org/x", "/\\example.org", "javascript:1"):
        page = app()
        page.goto(f"/sign-in?next={quote(foreign, safe='')}")
        page.get_by_test_id("persona-ben").click()
        at_home(page)


def test_2_sign_in_lands_on_home(app: App, stranger: Stranger) -> None:
    nora = stranger("nora")
    page = app()
    page.goto("/")
    type_password(page, nora.handle)
    at_home(page)
    page.goto("/sign-in")  # who is in already is led on
    at_home(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_3_who_is_remembered_stays_30_days(app: App, stranger: Stranger) -> None:
    nora = stranger("nora")
    for remembered, seconds in ((False, -1.0), (True, 30 * DAY)):
        page = app()
        page.goto("/sign-in")
        page.get_by_label("Remember me").set_checked(remembered)
        type_password(page, nora.handle)
        at_home(page)
        [expires] = [c["expires"] for c in page.context.cookies() if c["name"] == "quid_session"]
        assert expires == pytest.approx(
            clock.now().timestamp() + seconds if remembered else -1, abs=DAY
        )


def test_3_after_sign_out_no_tab_and_no_back_shows_anything(app: App, stranger: Stranger) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/")
    other = page.context.new_page()
    other.goto("/settings")
    page.goto("/settings")
    name = page.get_by_text(f"@{nora.handle}")
    expect(name).to_be_visible()
    page.evaluate("localStorage.setItem('quid.draft.x', '1')")
    page.get_by_role("button", name="Sign out").click()

    at_the_door(page)
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    at_the_door(other)
    assert page.evaluate("localStorage.getItem('quid.draft.x')") is None
    page.go_back()
    at_the_door(page)
    expect(name).to_be_hidden()
    page.reload()
    at_the_door(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_3_an_idle_session_is_warned_of_and_ends(app: App, stranger: Stranger) -> None:
    page = app(stranger("nora"))
    page.clock.install()
    page.goto("/settings")
    with page.expect_response("**/v1/me/sessions"):
        page.clock.run_for(6_000)
    warning = page.get_by_role("dialog", name="Still there?")
    page.clock.fast_forward("26:30")
    page.clock.run_for(2_000)
    expect(warning).to_be_hidden()
    page.clock.fast_forward("00:40")
    page.clock.run_for(2_000)
    expect(warning).to_be_visible()
    expect(warning.get_by_role("timer")).to_contain_text(re.compile(r"1:\d\d"))
    assert axe(page) == []
    with page.expect_response("**/v1/me"):
        warning.get_by_role("button", name="Stay signed in").click()
    page.clock.run_for(2_000)
    expect(warning).to_be_hidden()
    page.clock.fast_forward("29:30")
    page.clock.run_for(2_000)
    at_the_door(page)
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"next=%2Fsettings"))


# --- forms -------------------------------------------------------------------------------------


def test_5_sign_in_says_what_is_wrong_with_each_field(app: App, stranger: Stranger) -> None:
    nora = stranger("nora")
    page = app()
    page.goto("/sign-in")
    field, go_on = (
        page.get_by_label("E-mail or handle"),
        page.get_by_role("button", name="Continue"),
    )
    expect(go_on).to_be_disabled()
    field.fill("no ra@")
    field.blur()
    expect(page.get_by_text("Enter an e-mail like")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(go_on).to_be_disabled()
    assert axe(page) == []
    field.fill(nora.handle)
    go_on.click()

    password = page.get_by_label("Password", exact=True)
    expect(password).to_be_focused()
    sign_in = page.get_by_role("button", name="Sign in", exact=True)
    expect(sign_in).to_be_disabled()
    password.blur()
    expect(page.get_by_text("Enter your password.")).to_be_visible()
    password.fill("wrong password 1")
    page.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    sign_in.click()
    expect(page.get_by_role("alert")).to_contain_text("Those details don")
    expect(password).to_have_value("wrong password 1")
    assert axe(page) == []
    password.fill(PASSWORD)
    sign_in.click()
    at_home(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_5_who_fails_too_often_is_told_how_long_to_wait(app: App) -> None:
    page = app()
    page.goto("/sign-in")
    type_password(page, f"nobody_{uuid.uuid4().hex[:8]}", "wrong password 1")
    submit = page.get_by_role("button", name="Sign in", exact=True)
    for _ in range(5):
        expect(submit).to_be_enabled()
        submit.click()
        expect(submit).not_to_have_attribute("aria-busy", "true")
        if page.get_by_text("Too many tries").is_visible():
            break
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"Try again in \d+ second"))
    expect(submit).to_be_disabled()
    expect(submit).to_be_enabled(timeout=5_000)


def test_6_sign_up_says_what_is_wrong_with_each_field(
    app: App, stranger: Stranger, system: System
) -> None:
    taken = stranger("nora").handle
    email = f"zoe_{uuid.uuid4().hex[:6]}@example.org"
    page = app()
    page.goto("/sign-in")
    page.get_by_label("E-mail or handle").fill(email)
    page.get_by_role("button", name="Continue").click()
    code = page.get_by_label("6-digit code")
    expect(code).to_be_focused()
    right = code_for(system, email)
    code.fill("000000" if right != "000000" else "000001")
    expect(page.get_by_role("alert")).to_contain_text("4 tries left")
    code.fill(right)

    submit = page.get_by_role("button", name="Create account")
    name, handle = page.get_by_label("Name", exact=True), page.get_by_label("Handle", exact=True)
    password = page.get_by_label("Password", exact=True)
    expect(name).to_be_focused()
    expect(submit).to_be_disabled()
    for field, typed, said in (
        (name, "www.example.org", "Enter a name, not an address."),
        (handle, "no way", "Use only a"),
        (handle, "ab", "Use at least 3 characters."),
        (password, "too short", "Use at least 12 characters."),
    ):
        field.fill(typed)
        field.blur()
        expect(page.get_by_text(said)).to_be_visible()
        expect(submit).to_be_disabled()
    assert axe(page) == []

    name.fill("Zoë Lane")
    handle.fill(taken)
    password.fill(PASSWORD)
    submit.click()
    expect(page.get_by_text("This handle is taken")).to_be_visible()
    expect(submit).to_be_disabled()
    handle.fill(email.removesuffix("@example.org"))
    submit.click()
    expect(page.get_by_role("heading", name="Welcome, Zoë Lane")).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_7_unknown_person_and_wrong_password_look_the_same(app: App, stranger: Stranger) -> None:
    known = stranger("nora").handle
    unknown = f"nora_{uuid.uuid4().hex[:6]}"
    seen = []
    for who in (known, unknown):
        page = app()
        page.goto("/sign-in")
        type_password(page, who, "wrong password 1")
        expect(page.get_by_role("alert")).to_contain_text("Those details don")
        seen.append(page.locator("main").inner_text().replace(who, "…"))
    assert seen[0] == seen[1]


# --- a whole life ------------------------------------------------------------------------------


def test_4_a_visitor_signs_up_and_comes_back(app: App, system: System) -> None:
    began = time.monotonic()
    handle = f"nell_{uuid.uuid4().hex[:6]}"
    email = f"{handle}@example.org"
    page = app()
    page.goto("/")
    page.get_by_label("E-mail or handle").fill(email)
    page.get_by_role("button", name="Continue").click()
    first = code_for(system, email)
    page.get_by_label("6-digit code").fill(first)
    page.get_by_label("Name", exact=True).fill("Nell")
    page.get_by_label("Handle", exact=True).fill(handle)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("radio", name="Private").check(force=True)
    expect(page.get_by_text("Only you and Ben see it")).to_be_visible()
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_role("heading", name="Welcome, Nell")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name=re.compile("^Notifications")).first.click()
    expect(page).to_have_url(re.compile("/notifications"))
    page.go_back()
    for what in ("Find friends", "Make it safer"):
        page.get_by_role("button", name=f"Skip: {what}").click()
    expect(page.get_by_role("listitem").filter(has_text="Find friends")).to_have_count(0)
    page.get_by_role("button", name="Go to Home").click()
    at_home(page)
    assert time.monotonic() - began < 60
    expect(page.get_by_role("heading", name="What people paid")).to_be_visible()

    page.goto("/welcome")
    page.get_by_role("link", name="Link a bank").click()
    expect(page).to_have_url(re.compile("/wallet/add"))
    page.goto("/wallet/add?view=numbers")
    page.get_by_label("Name of the bank").fill("Tartan Bank")
    page.get_by_label("Routing number").fill("011401533")
    page.get_by_label("Account number").fill(str(uuid.uuid4().int % 10**12 + 10**12))
    page.get_by_role("button", name="Add this account").click()
    # Whoever has just signed up has just proven who they are: nothing more is asked.
    expect(page.get_by_role("heading", name="Enter the two amounts")).to_be_visible()
    page.goto("/wallet")
    expect(page.get_by_role("link", name="Tartan Bank")).to_be_visible()

    page.goto("/settings")
    page.get_by_role("button", name="Sign out").click()
    at_the_door(page)
    type_password(page, handle)
    at_home(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_4_who_forgot_the_password_begins_anew(
    app: App, stranger: Stranger, system: System
) -> None:
    nora = stranger("nora")
    email = f"{nora.handle}@example.org"
    used = code_for(system, email)
    page = app()
    page.goto("/recover")
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("button", name="Send me a code").click()
    code, wait = page.get_by_label("6-digit code"), page.get_by_text("Several codes went")
    expect(code.or_(wait)).to_be_visible()
    if wait.is_visible():  # the code of the sign-up is younger than 30 seconds
        again = page.get_by_role("button", name="Send another code")
        expect(again).to_be_enabled(timeout=32_000)
        again.click()
    code.fill(code_for(system, email, but=used))
    page.get_by_label("New password").fill("another horse, another battery")
    page.get_by_role("button", name="Set password and sign in").click()
    at_home(page)
    assert axe(page) == []


def test_8_a_revoked_session_is_led_to_the_door(app: App, stranger: Stranger) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/settings")
    expect(page.get_by_text(f"@{nora.handle}")).to_be_visible()
    nora.do("DELETE", "me/sessions")
    at_the_door(page)  # the socket says so, without a press
    expect(page.get_by_role("status").first).to_contain_text(re.compile("ended|signed out"))
    assert page.request.get("/v1/me").status == 401

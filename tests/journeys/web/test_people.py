"""People: who is a friend, who is out of sight, and the code by which one is found."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Response, expect

from tests.journeys.web.conftest import App
from tests.support.visitors import Visitor, eventually

Sign = Callable[[str], Visitor]
# The modules of a drawn code, row by row, as a camera would find them.
DARK = """(svg) => svg.querySelector("path").getAttribute("d").match(/M\\d+ \\d+/g).length"""


def test_57_nobody_befriends_themselves(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto(f"/people/{nora.handle}")
    expect(page.get_by_role("link", name="This is you")).to_be_visible()
    expect(page.get_by_role("button", name="Add friend")).to_have_count(0)
    refused = nora.send("PUT", f"friends/{nora.id}")
    assert refused.json()["code"] == "VALIDATION_ERROR", refused.text
    assert nora.get("friends", state="pending")["items"] == []


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
def test_54_no_page_and_no_answer_holds_what_is_others(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    for one, other in ((nora, omar), (omar, nora)):
        one.do("PUT", f"friends/{other.id}")
    page = app(nora)
    answers: list[Response] = []

    def hear(answer: Response) -> None:
        answers.append(answer)

    page.on("response", hear)
    said = ""
    for path in ("/people", f"/people/{omar.handle}", "/settings/security", "/settings/profile"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        said += page.content() + "".join(a.text() for a in answers if "/v1/" in a.url and a.ok)
        answers.clear()
    assert f"@{omar.handle}" in said
    assert f"{nora.handle}@example.org" in said, "one's own is there"
    assert f"{omar.handle}@example.org" not in said
    secrets = [cookie.get("value", "") for cookie in page.context.cookies()]
    assert [s for s in (*secrets, "argon2", "public_key", '"secret"') if s and s in said] == []


def test_an_ask_is_accepted_and_a_friend_is_listed(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    asks = app(nora)
    asks.goto(f"/people/{omar.handle}")
    asks.get_by_role("button", name="Add friend").click()
    expect(asks.get_by_role("button", name="Take the ask back")).to_be_visible()
    page = app(omar)
    page.goto("/people?tab=pending")
    page.get_by_role("button", name="Accept").click()
    eventually(lambda: nora.get("friends", state="accepted")["items"])
    page.goto("/people")
    expect(page.get_by_text(f"@{nora.handle}")).to_be_visible()


def test_who_is_blocked_is_not_there_until_unblocked(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    page = app(nora)
    page.goto(f"/people/{omar.handle}")
    page.get_by_role("button", name="More about this person").click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    sheet = page.get_by_role("dialog", name="Block")
    sheet.get_by_role("button", name="Block", exact=True).click()
    eventually(lambda: nora.get("friends", state="blocked")["items"])
    assert omar.http.get(f"/v1/users/{nora.handle}").status_code == 404
    page.goto("/people?tab=blocked")
    page.get_by_role("button", name="Unblock").click()
    eventually(lambda: not nora.get("friends", state="blocked")["items"])
    assert omar.get(f"users/{nora.handle}")["handle"] == nora.handle


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_the_code_leads_to_paying_them(app: App, stranger: Sign) -> None:
    nora = stranger("nora")
    page = app(nora)
    page.goto("/qr")
    code = page.get_by_test_id("qr")
    link = str(code.get_attribute("aria-label")).removeprefix("QR code of ")
    assert link.endswith(f"/u/{nora.handle}")
    assert code.evaluate(DARK) > 200
    payer = app(stranger("omar"))
    payer.goto(link)
    expect(payer).to_have_url(f"{link.split('/u/')[0]}/pay?to={nora.handle}")

"""What one does at the door, in the words of the screen."""

import re
from typing import Final

import httpx2
from playwright.sync_api import Locator, Page, expect

from tests.support.system import System
from tests.support.visitors import PASSWORD, Json, eventually

POST: Final = """async ([path, body]) => {
  const answer = await fetch(`/v1/auth/${path}`, {method: "POST",
    headers: {"content-type": "application/json"}, body: JSON.stringify(body)});
  return answer.status === 204 ? null : await answer.json();
}"""


def post(page: Page, path: str, body: Json) -> Json:
    """Send to a route of access from the page itself, with its cookie."""
    answer: Json = page.evaluate(POST, [path, body])
    return answer


def code_for(system: System, email: str, *, but: str = "") -> str:
    """Wait for a mailed code that is another than the last."""

    def newest() -> str | None:
        mails = httpx2.get(f"{system.record().address}/mailbox.json", timeout=10).json()["items"]
        said = (re.match(r"\d{6}\b", m["subject"]) for m in mails if m["to"] == email)
        found = next((code[0] for code in said if code), None)
        return found if found != but else None

    return eventually(newest)


def type_password(page: Page, who: str, password: str = PASSWORD) -> None:
    """Say who one is, and the password."""
    page.get_by_label("E-mail or handle").fill(who)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def at_home(page: Page) -> None:
    """Require that one is in."""
    expect(page).to_have_url(re.compile(r"^http://[^/]+/$"))
    expect(page.get_by_role("link", name="Notifications").first).to_be_visible()


def at_the_door(page: Page) -> Locator:
    """Require that one is at the door; give its field."""
    expect(page).to_have_url(re.compile(r"/sign-in"))
    field = page.get_by_label("E-mail or handle")
    expect(field).to_be_visible()
    return field

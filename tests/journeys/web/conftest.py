"""The app in a browser, on a real system, as each person has it: on a phone and on a desk.

A test asks for `app` and names who holds the window; what Chromium complains of fails it, and a
picture of each window that failed lies in `.local/journeys`.
"""

import json
import re
import secrets
import string
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Protocol

import httpx2
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.web.banking import Customer
from tests.support.chrome import Chrome, Window, keep
from tests.support.sandbox import Sandbox
from tests.support.system import System
from tests.support.visitors import PASSWORD, Visitor, knock, sign_up
from tests.support.watched import WatchedBooks
from tools.look import Theme
from tools.web.node import LOCAL, NoNodeError
from tools.web.trouble import Trouble

PICTURES = LOCAL / "journeys"
FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=15_000)  # what stands at once on an idle machine


class App(Protocol):
    """Opens windows."""

    def __call__(self, who: Visitor | str | None = None, theme: Theme = "light") -> Page:
        """Open a window of somebody who is signed in, by demo handle or visitor, or of nobody."""


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chrome]:
    """One Chromium for all tests of this process."""
    try:
        made = Chrome()
    except Trouble as e:
        pytest.skip(f"browser: {e}")
    yield made
    made.stop()


@pytest.fixture(params=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    """The size of the test's windows. Where it cannot matter: `parametrize("size", ["phone"])`."""
    found: str = request.param
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test has failed, for its pictures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def windows(
    request: pytest.FixtureRequest, chrome: Chrome, without_web: Trouble | None
) -> Iterator[list[Window]]:
    """The windows of this test, closed after it; none of them may have complained."""
    if isinstance(without_web, NoNodeError):
        pytest.skip(f"node: {without_web}")
    if without_web:
        raise without_web
    opened: list[Window] = []
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    with chrome.awake():
        yield opened
        faults = [fault for window in opened for fault in window.faults]
        for number, window in enumerate(opened):
            if not window.page.is_closed() and (faults or request.node.stash.get(FAILED, False)):
                keep(window, PICTURES / f"{name}-{number}.png")
            window.context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def app(system: System, chrome: Chrome, windows: list[Window], size: str) -> App:
    """Opens a window of somebody: signed in by their cookie, on an empty page."""
    base = system.record().address

    def open_window(who: Visitor | str | None = None, theme: Theme = "light") -> Page:
        window = chrome.window(base, size, theme)
        windows.append(window)
        if who is not None:
            window.context.add_cookies(
                [{"name": n, "value": v, "url": base} for n, v in session(base, who).items()]
            )
        return window.page

    return open_window


def session(base: str, who: Visitor | str) -> dict[str, str]:
    """Sign somebody in; give the cookies."""
    path, body = "/demo/sign-in", {"handle": who}
    if isinstance(who, Visitor):
        path, body = "/v1/auth/sign-in", {"identifier": who.handle, "password": PASSWORD}
    with httpx2.Client(base_url=base, headers={"origin": base}, timeout=20) as http:
        return dict(knock(http, path, body).cookies)


@pytest.fixture
def stranger(system: System) -> Iterator[Callable[[str], Visitor]]:
    """Signs people up: `stranger("nora")` has the gift, knows nobody, and a handle of her own."""
    with ExitStack() as stack:

        def sign(name: str) -> Visitor:
            http = httpx2.Client(base_url=system.record().address, timeout=20)
            stack.enter_context(http)
            return sign_up(http, f"{name}_{uuid.uuid4().hex[:6]}")

        yield sign


@pytest.fixture
def books(system: System) -> Iterator[WatchedBooks]:
    """The books of the system; what the last act left must stand at the end."""
    watched = WatchedBooks(system.record().database_url)
    yield watched
    watched.stand()


@pytest.fixture
def banks(system: System) -> Iterator[Sandbox]:
    """The bank network of the system."""
    home = system.path / "sandbox"
    found = json.loads((home / "sandbox.json").read_text(encoding="utf-8"))
    with httpx2.Client(timeout=30, follow_redirects=False) as web:
        yield Sandbox(home=home, web=web, **found)


@pytest.fixture
def nora(stranger: Callable[[str], Visitor]) -> Customer:
    """A stranger who has shown who she is."""
    person = stranger("nora")
    name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
    address = {"line1": "1 Main St", "city": "Springfield", "postal_code": "97475", "country": "US"}
    person.do(
        "POST",
        "me/verification",
        {
            "legal_name": f"Nora {name.title()}",
            "birth_date": "1990-05-01",
            "address": address,
            "tax_id_last4": "1234",
        },
    )
    return Customer(person, f"user_nora_{name}")

"""Every screen of the app opens, in the light and in the dark, and nobody complains.

Neither the browser (its policy, errors, warnings), nor axe (WCAG 2.2 AA), nor the width.
"""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.web.conftest import App
from tests.support.chrome import axe
from tools import look
from tools.web.build import WEB

ROUTER = WEB / "src" / "app" / "router.tsx"
VISITOR = ("/sign-in", "/recover", "/u/ben")
NO_WAY = "/nothing/stands/here"
# What a path with an id stands for: where to ask for one, and its member.
IDS = {
    "/requests/$id": "/v1/requests?box=to_pay",
    "/activity/$id": "/v1/payments",
    "/wallet/methods/$id": "/v1/funding-sources",
    "/wallet/transfers/$id": "/v1/deposits",
    "/reports/$id": "/v1/disputes",
}
FIRST = """async (path) => ((await (await fetch(path)).json()).items ?? [])[0]?.id"""


def routes() -> list[str]:
    """Read the paths of the router."""
    text = ROUTER.read_text(encoding="utf-8")
    return re.findall(r"(?:open|inside)\(\s*\"([^\"]+)\"", text)


def found(page: Page, ids: Mapping[str, str]) -> dict[str, str]:
    """Give each path with an id as ana may open it."""
    return {p: p.replace("$id", page.evaluate(FIRST, where) or "") for p, where in ids.items()}


def check(page: Page, path: str) -> list[str]:
    """Open a path; say what is wrong with what it shows."""
    page.goto(path)
    look.settle(page)
    faults = [] if page.get_by_role("heading").count() else ["no heading"]
    faults += axe(page)
    page.emulate_media(color_scheme="dark")  # the same page, in other colours
    look.rest(page)
    faults += [f"dark: {fault}" for fault in axe(page, rule="color-contrast")]
    page.emulate_media(color_scheme="light")
    is_wide = "document.scrollingElement.scrollWidth > innerWidth"
    faults += ["wider than the window"] if page.evaluate(is_wide) else []
    return [f"{path}: {fault}" for fault in faults]


def test_what_a_visitor_may_open(app: App) -> None:
    page = app()
    assert [fault for path in VISITOR for fault in check(page, path)] == []


@pytest.mark.timeout(300)
def test_what_a_person_may_open(app: App) -> None:
    page = app("ana")
    page.goto("/")
    with_ids = found(page, IDS) | {"/people/$handle": "/people/ben"}
    mine = [path for path in routes() if path.replace("$handle", "ben") not in VISITOR]
    faults = [f for path in [*mine, NO_WAY] for f in check(page, with_ids.get(path, path))]
    assert "\n".join(faults) == ""


@pytest.mark.parametrize("size", look.OTHER_SIZES, indirect=True)
def test_other_sizes_are_wide_enough(app: App) -> None:
    page = app("ana")
    for path in ("/", "/pay", "/activity", "/wallet", "/settings"):
        page.goto(path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert not page.evaluate("document.scrollingElement.scrollWidth > innerWidth"), path

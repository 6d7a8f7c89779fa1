"""How soon Home and Pay stand on a phone with a processor four times slower, and how still.

The median of three, of the best of a few tries, in time that the machine had for us: it is a gate,
which others at work on the machine must not close.
"""

import time
from statistics import median

import pytest
from playwright.sync_api import Page

from tests.journeys.web.conftest import App
from tools import look

SLOWDOWN = 4
LCP_MS = 2_000
CLS = 0.05
ROUNDS = 3
SAMPLE_SECONDS = 0.1
TRIES = 3
OBSERVE = """window.feel = {lcp: 0, cls: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) feel.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) feel.cls += entry.value;
}).observe({type: "layout-shift", buffered: true});"""


def share() -> float:
    """Measure how much of a processor is ours at this moment: 1 when nobody else works."""
    began, worked = time.perf_counter(), time.process_time()
    while time.process_time() - worked < SAMPLE_SECONDS:
        pass
    return SAMPLE_SECONDS / (time.perf_counter() - began)


def feel(page: Page, path: str) -> tuple[float, float]:
    """Open a path as a first visit does; give milliseconds to the largest paint, and the shift."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.add_init_script(OBSERVE)
    ours = share()
    page.goto(path)
    page.wait_for_function("() => feel.lcp > 0")
    look.settle(page)
    found = page.evaluate("feel")
    page.context.close()
    return found["lcp"] * min(1.0, ours, share()), found["cls"]


def is_good(rounds: list[tuple[float, float]]) -> bool:
    """Hold three openings to the bounds."""
    return median(lcp for lcp, _ in rounds) < LCP_MS and median(cls for _, cls in rounds) < CLS


@pytest.mark.alone
@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", ["/", "/pay"])
@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_a_screen_stands_soon_and_still(app: App, path: str) -> None:
    tries: list[list[tuple[float, float]]] = []
    while not tries or (not is_good(tries[-1]) and len(tries) < TRIES):
        tries.append([feel(app("ana"), path) for _ in range(ROUNDS)])
    assert is_good(tries[-1]), tries

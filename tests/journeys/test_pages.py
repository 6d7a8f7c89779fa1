"""The pages in a browser, under the policy of the door: they draw themselves, without a word."""

import json
import re
import urllib.request
from pathlib import Path

from tests.journeys.browser import draw
from tests.support.system import System


def test_live_page_shows_the_books(system: System, tmp_path: Path) -> None:
    page = draw(f"{system.record().address}/about/live", tmp_path)

    assert '<dd id="difference">$0.00</dd>' in page
    assert 'data-state="live"' in page
    assert len(re.findall(r"<span data-payer[^>]*>\w+", page)) == 10
    assert len(re.findall(r"<b data-block[^>]*>[\d,]+", page)) >= 1


def test_docs_show_every_operation(system: System, tmp_path: Path) -> None:
    address = system.record().address
    page = draw(f"{address}/docs#post-/v1/payments", tmp_path)

    with urllib.request.urlopen(f"{address}/openapi.json", timeout=10) as answer:  # noqa: S310 - ours
        paths = json.load(answer)["paths"]
    listed = {f"{method}-{path}" for path, methods in paths.items() for method in methods}
    assert set(re.findall(r'<details class="card operation" id="([^"]+)"', page)) == listed
    assert "INSUFFICIENT_FUNDS" in page
    assert "integer, 1 to 500,000" in page


def test_mailbox_shows_the_code(system: System, tmp_path: Path) -> None:
    address = system.record().address
    body = json.dumps({"identifier": "nora@example.org"}).encode()
    request = urllib.request.Request(  # noqa: S310 - ours
        f"{address}/v1/auth/start", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - ours
    page = draw(f"{address}/mailbox", tmp_path)

    assert "To nora@example.org" in page
    assert re.search(r'<p class="code"[^>]*>\d{6}</p>', page)

"""The web app at the door: its files, its shell, and what is never either."""

from pathlib import Path

import httpx2
import pytest

from quid.entrypoints.api import shell
from quid.kit.config import BadSettings, Core
from quid.kit.runtime import Runtime
from quid.kit.web import files
from quid.kit.web.files import WebApp
from tests.support.payers import Payer, problem

PAGE = {"accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A web app as it is built."""
    made = tmp_path / "dist"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_text("<!doctype html><title>Quid</title><div id=root></div>")
    (made / "manifest.webmanifest").write_text("{}")
    (made / "assets" / "app-1f.js").write_text("console.log(1)")
    return made


@pytest.fixture
def built(app_runtime: Runtime, dist: Path) -> None:
    """The application with it."""
    app_runtime.put(WebApp(files.read(dist)))


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", ["/", "/pay", "/u/ana", "/activity/pay_1", "/sign-in?next=%2Fpay"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_addresses_of_the_app_are_its_shell(
    client: httpx2.AsyncClient, path: str, method: str
) -> None:
    answer = await client.request(method, path, headers=PAGE)
    assert answer.status_code == 200
    assert ("id=root" in answer.text) == (method == "GET")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["etag"]
    assert answer.headers["content-security-policy"] == (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["permissions-policy"] == "camera=(self)"


@pytest.mark.usefixtures("built")
async def test_files_of_the_app_are_sent(client: httpx2.AsyncClient) -> None:
    script = await client.get("/assets/app-1f.js")
    assert (script.status_code, script.text) == (200, "console.log(1)")
    assert "immutable" in script.headers["cache-control"]
    manifest = await client.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert manifest.headers["cache-control"] == "no-cache"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    [
        "/v1/nothing",
        "/v1",
        "/assets/missing.js",
        "/pages/missing.js",
        "/demo/nothing",
        "/healthz/x",
        "/.well-known/nothing",
        "/u/..%2f..%2fpyproject.toml",
        "/u/%00",
    ],
)
async def test_what_is_not_the_apps_is_a_problem_even_for_a_browser(
    client: httpx2.AsyncClient, path: str
) -> None:
    answer = await client.get(httpx2.URL(f"http://quid.test{path}"), headers=PAGE)
    problem(answer, 404, "NOT_FOUND")


@pytest.mark.usefixtures("built")
async def test_another_method_is_no_page(client: httpx2.AsyncClient) -> None:
    problem(await client.post("/pay", headers=PAGE), 404, "NOT_FOUND")
    problem(await client.get("/v1/auth/sign-out", headers=PAGE), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.usefixtures("built")
async def test_our_own_pages_stand_beside_the_app(client: httpx2.AsyncClient) -> None:
    docs = await client.get("/docs", headers=PAGE)
    assert "id=root" not in docs.text
    assert "/pages/docs.js" in docs.text


async def test_an_app_that_was_not_built_leaves_a_page_that_says_so(
    client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    app_runtime.put(WebApp({}))
    answer = await client.get("/", headers=PAGE)
    assert answer.status_code == 200
    assert "./dev run" in answer.text
    assert (await client.get("/healthz")).status_code == 200
    problem(await client.get("/pay", headers=PAGE), 404, "NOT_FOUND")


def test_the_folder_that_is_named_is_the_one(app_runtime: Runtime, dist: Path) -> None:
    core = app_runtime.part(Core).model_copy(update={"web_dist": dist})
    assert set(shell.read(core).files) == {
        "index.html",
        "manifest.webmanifest",
        "assets/app-1f.js",
    }
    (dist / "index.html").unlink()
    with pytest.raises(BadSettings, match="QUID_WEB_DIST"):
        shell.read(core)


async def test_what_is_somebodys_is_kept_nowhere(ana: Payer) -> None:
    for path in ("/v1/me", "/v1/balance", "/v1/transactions", "/v1/me/sessions", "/v1/feed"):
        answer = await ana.http.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), path
    missing = await ana.http.get("/v1/payments/none")
    assert missing.headers["cache-control"] == "no-store"

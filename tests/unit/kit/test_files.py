"""Files of a folder: what is found, in which form it is sent, and that nothing leads out of it."""

import gzip
from pathlib import Path

import pytest
from fastapi import Request, Response

from quid.kit.web import files
from quid.kit.web.files import WebApp

PAGE = "text/html,application/xhtml+xml,*/*;q=0.8"


def asked(path: str, *, method: str = "GET", raw: str = "", **headers: str) -> Request:
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": (raw or path).encode(),
        "query_string": b"",
        "headers": named,
    }
    return Request(scope)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built app, with what is no part of it around and inside."""
    made = tmp_path / "dist"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_text("<!doctype html><title>Quid</title>")
    (made / "sw.js").write_text("// the worker")
    (made / "assets" / "app-1f.js").write_text("console.log(1)")
    (made / "assets" / "app-1f.js.gz").write_bytes(gzip.compress(b"console.log(1)"))
    (made / "assets" / "app-1f.js.br").write_bytes(b"brotli of it")
    (made / ".vite").mkdir()
    (made / ".vite" / "manifest.json").write_text("{}")
    (made / "notes.pem").write_text("nothing that a browser knows")
    (tmp_path / "secret.txt").write_text("outside")
    return made


def found(folder: Path, request: Request) -> str | None:
    """The body of what is found."""
    file = WebApp(files.read(folder)).find(request, reserved={"v1", "assets"})
    return file.bodies[""].decode() if file else None


def sent(folder: Path, name: str, **headers: str) -> Response:
    return files.send(asked("/" + name, **headers), files.read(folder)[name])


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/", "<!doctype"),
        ("/index.html", "<!doctype"),
        ("/sw.js", "// the worker"),
        ("/assets/app-1f.js", "console"),
    ],
)
def test_a_file_is_found_by_its_name_whatever_is_wanted(
    folder: Path, path: str, start: str
) -> None:
    assert (found(folder, asked(path)) or "").startswith(start)


@pytest.mark.parametrize("path", ["/pay", "/u/ana", "/activity/pay_1?x=1", "/u/", "/v1x", "/%2525"])
def test_every_address_of_the_app_is_its_shell_for_who_wants_a_page(
    folder: Path, path: str
) -> None:
    assert (found(folder, asked(path, accept=PAGE)) or "").startswith("<!doctype")
    assert found(folder, asked(path, accept="*/*")) is None
    assert found(folder, asked(path)) is None


@pytest.mark.parametrize(
    "path",
    [
        "/v1/payments",
        "/v1",
        "/v1/",
        "/assets/missing.js",
        "/assets/",
        "/assets/app-1f.js.gz",
        "/assets/app-1f.js/",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/assets/../sw.js",
        "/./sw.js",
        "/u/..",
        "//elsewhere.example/",
        "/u//ana",
        "/u\\..\\secret.txt",
        "/u/ana\0.js",
    ],
)
def test_what_is_none_of_the_apps_addresses_is_not_there(folder: Path, path: str) -> None:
    assert found(folder, asked(path, accept=PAGE)) is None


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/../secret.txt", "/..%2fsecret.txt"),
        ("/u/ana", "/u%2Fana"),
        ("/sw.js", "/%2fsw.js"),
        ("/u\\a", "/u%5Ca"),
        ("/u/\0", "/u/%00"),
    ],
)
def test_an_encoded_slash_or_end_is_not_there(folder: Path, path: str, raw: str) -> None:
    assert found(folder, asked(path, raw=raw, accept=PAGE)) is None


def test_what_browsers_do_not_know_and_what_is_hidden_is_not_read(folder: Path) -> None:
    assert set(files.read(folder)) == {"index.html", "sw.js", "assets/app-1f.js"}


@pytest.mark.parametrize(
    ("accepted", "how"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, br;q=0", "gzip"),
        ("br; q=0.000, gzip; q=0", ""),
        ("brotli", ""),
        ("", ""),
        (";;,,=", ""),
    ],
)
def test_the_smallest_form_is_sent_that_is_taken(folder: Path, accepted: str, how: str) -> None:
    answer = sent(folder, "assets/app-1f.js", accept_encoding=accepted)
    assert answer.headers.get("content-encoding", "") == how
    assert answer.headers["vary"] == "accept-encoding"
    bodies = {"br": b"brotli of it", "gzip": gzip.compress(b"console.log(1)")}
    assert answer.body == bodies.get(how, b"console.log(1)")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_what_is_named_by_its_content_is_kept_and_all_else_asked_for(folder: Path) -> None:
    assert sent(folder, "assets/app-1f.js").headers["cache-control"] == (
        "public, max-age=31536000, immutable"
    )
    for name in ("index.html", "sw.js"):
        assert sent(folder, name).headers["cache-control"] == "no-cache"


def test_what_is_known_is_not_sent_again_in_that_form(folder: Path) -> None:
    small = sent(folder, "assets/app-1f.js", accept_encoding="br").headers["etag"]
    plain = sent(folder, "assets/app-1f.js").headers["etag"]
    assert small != plain

    known = {"if_none_match": f'"other", W/{small}'}
    again = sent(folder, "assets/app-1f.js", accept_encoding="br", **known)
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", small)
    assert sent(folder, "assets/app-1f.js", **known).status_code == 200


def test_another_content_has_another_tag(folder: Path) -> None:
    before = sent(folder, "index.html").headers["etag"]
    (folder / "index.html").write_text("<!doctype html><title>Quid, newer</title>")
    assert sent(folder, "index.html").headers["etag"] != before


def test_head_tells_of_the_body_and_leaves_it_out(folder: Path) -> None:
    file = files.read(folder)["sw.js"]
    answer = files.send(asked("/sw.js", method="HEAD"), file)
    assert (answer.body, answer.headers["content-length"]) == (b"", "13")


def test_an_app_that_was_not_built_has_nothing(tmp_path: Path) -> None:
    assert files.read(tmp_path / "nowhere") == {}
    assert WebApp({}).find(asked("/", accept=PAGE), reserved=()) is None

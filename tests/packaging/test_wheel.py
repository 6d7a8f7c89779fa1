"""The package as somebody installs it: what is in it, what it is not made without, that it serves.

The app in it is a small one made here: what is built of the sources is the journeys' business.
"""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support import server
from tools.wheel import WebApp

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "console.log('as built')"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a wheel is made of, with a web app as built, and things beside it."""
    made = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "LICENSE", "tools/wheel.py"):
        (made / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, made / name)
    shutil.copytree(ROOT / "src", made / "src", ignore=shutil.ignore_patterns("__pycache__"))
    dist = made / "web" / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / ".vite").mkdir()
    (dist / ".vite" / "manifest.json").write_text("{}")
    (dist / "index.html").write_text("<!doctype html><title>Quid</title>")
    (dist / "assets" / "app-1f.js").write_text(SCRIPT)
    (dist / "assets" / "app-1f.js.br").write_bytes(b"smaller")
    (made / "web" / "package.json").write_text("{}")
    return made


def build(sources: Path, to: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Build without a network: the builder is one of our own packages."""
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(to), *words],
        cwd=sources,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    to = tmp_path_factory.mktemp("wheel")
    done = build(sources, to, "-t", "wheel")
    assert done.returncode == 0, done.stderr
    [made] = to.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing of ours but the wheel; what we depend on is borrowed."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    installed = place / "lib" / version / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    # A folder that a path file names has none of its own path files read: no checkout of ours.
    (installed / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return place / "bin" / "python"


def test_a_wheel_carries_the_app_as_built_and_just_that(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if "web" in name.lower() and ".py" not in name}
    ours = {f"quid/_web/{n}" for n in ("index.html", "assets/app-1f.js", "assets/app-1f.js.br")}
    assert names == ours


def test_no_wheel_is_made_without_the_app(sources: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(sources, bare, ignore=shutil.ignore_patterns("dist", "quid_sandbox"))
    done = build(bare, tmp_path / "out", "-t", "wheel")
    assert done.returncode != 0
    assert "tools.web build" in done.stderr


def test_a_checkout_is_installed_as_it_stands(tmp_path: Path) -> None:
    data: dict[str, Any] = {"force_include": {}}
    hook = WebApp(str(tmp_path), {}, None, None, str(tmp_path), "wheel")  # type: ignore[arg-type]  # unused
    hook.initialize("editable", data)
    assert data == {"force_include": {}}
    with pytest.raises(FileNotFoundError):
        hook.initialize("standard", data)


def test_a_package_of_the_sources_makes_the_same_wheel(
    sources: Path, wheel: Path, tmp_path: Path
) -> None:
    done = build(sources, tmp_path, "-t", "sdist")
    assert done.returncode == 0, done.stderr
    [archive] = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(archive, tmp_path, filter="data")
    [unpacked] = (path for path in tmp_path.iterdir() if path.is_dir())
    done = build(unpacked, tmp_path, "-t", "wheel")
    assert done.returncode == 0, done.stderr
    [again] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(wheel) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_the_environment_has_nothing_of_ours_but_the_wheel(python: Path) -> None:
    done = subprocess.run(
        [python, "-c", "import quid; print(quid.__file__)"],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(python.parents[1])


async def test_an_installed_package_serves_the_app(
    python: Path, db_url: str, valkey_url: str, tmp_path: Path
) -> None:
    page = {"accept": "text/html"}
    settings = {"database_url": db_url, "valkey_url": valkey_url, "PYTHONPATH": ""}
    with server.serving(tmp_path, python=python, **settings) as (address, _):
        async with httpx2.AsyncClient(base_url=address, headers=page) as client:
            for path in ("/", "/u/ana"):
                shell = await client.get(path)
                assert (shell.status_code, "<title>Quid" in shell.text) == (200, True)
            script = await client.get("/assets/app-1f.js", headers={"accept-encoding": "gzip"})
            assert (script.text, "immutable" in script.headers["cache-control"]) == (SCRIPT, True)
            head = await client.head("/", headers={"accept-encoding": "identity"})
            assert (head.content, head.headers["content-length"]) == (b"", "34")
            for path in ("/assets/missing.js", "/v1/missing", "/.vite/manifest.json"):
                missing = await client.get(path, headers={"accept": "*/*"})
                assert missing.status_code == 404
                assert missing.json()["code"] == "NOT_FOUND"
            assert (await client.get("/docs")).status_code == 200

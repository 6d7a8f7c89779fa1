"""How the web app is built: what makes a build old, what a lock must hold, what no Node means."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.web import build, lock, node
from tools.web.trouble import Trouble, run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of `web`."""
    folder = tmp_path / "web"
    for name in ("src/app.tsx", "src/app.test.tsx", "node_modules/x.js", "dist/index.html"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "WEB", folder)
    monkeypatch.setattr(build, "STAMP", folder / "dist" / ".source")
    return folder


def test_a_build_is_old_when_a_source_is_changed_added_or_gone(web: Path) -> None:
    app = web / "src" / "app.tsx"
    assert not build.is_built()
    build.STAMP.write_text(build.digest(build.sources()))
    assert build.is_built()

    app.write_text("changed")
    assert not build.is_built()
    app.write_text("src/app.tsx")
    assert build.is_built()
    (web / "src" / "new.ts").touch()
    assert not build.is_built()
    (web / "src" / "new.ts").unlink()
    app.unlink()
    assert not build.is_built()


def test_what_is_not_built_makes_no_build_old(web: Path) -> None:
    build.STAMP.write_text(build.digest(build.sources()))
    (web / "src" / "app.test.tsx").write_text("changed")
    (web / "node_modules" / "x.js").write_text("changed")
    assert build.is_built()


def test_a_lock_is_completed_by_what_this_registry_does_not_carry() -> None:
    asked = {"@x/cli-darwin-arm64": "1.2.3", "@x/cli-linux-x64-musl": "1.2.3", "@x/plain": "1"}
    wasm = {"@x/oxide-wasm32-wasi": "4"}
    there = {"version": "1.2.3", "integrity": "sha512-x"}
    packages: dict[str, dict[str, Any]] = {
        "node_modules/@x/cli": {"optionalDependencies": asked | wasm, "dev": True},
        "node_modules/@x/cli-linux-x64-gnu": there,
    }
    every = {"dev": True, "optional": True}
    assert dict(lock.absent(packages)) == {
        "@x/cli-darwin-arm64": {"version": "1.2.3", "os": ["darwin"], "cpu": ["arm64"]} | every,
        "@x/cli-linux-x64-musl": {"version": "1.2.3", "os": ["linux"], "cpu": ["x64"]}
        | {"libc": ["musl"]}
        | every,
        "@x/oxide-wasm32-wasi": {"version": "4", "cpu": ["wasm32"]} | every,
    }


@pytest.mark.parametrize("name", ["web", "web/tools/api-types", "web/tools/chromium"])
def test_a_lock_has_hashes_no_host_and_every_platform(name: str) -> None:
    packages = lock.read(ROOT / name)
    assert list(lock.absent(packages)) == []
    bare = [n for n, entry in packages.items() if n and "integrity" not in entry]
    assert [n for n in bare if not lock.PLATFORM.search(n)] == []
    assert [n for n, entry in packages.items() if "resolved" in entry] == []


def test_what_fails_shows_how_it_began_and_ended() -> None:
    script = "for n in range(99): print('line', n)\nraise SystemExit(1)"
    with pytest.raises(Trouble) as caught:
        run("it broke", sys.executable, "-c", script)
    said = str(caught.value).splitlines()
    assert (said[0], said[1], said[-1]) == ("it broke:", "  line 0", "  line 98")
    assert len(said) == 32


def test_without_node_the_rest_starts_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FOLDER", "SHIMS"):
        monkeypatch.setattr(node, name, tmp_path / name)
    monkeypatch.setattr(node, "PINNED", tmp_path / "nothing.txt")
    for name, value in {"PATH": os.defpath, "UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "nothing.txt").write_text("no-such-package==1 --hash=sha256:00\n")
    with pytest.raises(node.NoNodeError, match="Node could not be had"):
        node.environ()

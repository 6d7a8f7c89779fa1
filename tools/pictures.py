"""Take the pictures of `docs/pictures.md` anew, of the demo as it runs: `./dev pictures`.

Each screen on a phone and on a desk, in the light and in the dark, as a WebP of Chromium's own:
small enough to be committed.
"""

import base64
import os
import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from quid.entrypoints.local import homes
from tools import look

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
PAGE = ROOT / "docs" / "pictures.md"
FILE_MAX = 60_000
ALL_MAX = 3_000_000
QUALITIES = (82, 70, 55, 40)
HEAD = """# What it looks like

The demo as it runs after `./dev run`: on a phone and on a desk, in the light and in the dark.
`./dev pictures` takes them anew.
"""


class Screen(NamedTuple):
    """A screen, what it is called, and which demo person sees it; nobody: a visitor."""

    path: str
    title: str
    who: str | None = "ana"


SCREENS = (
    Screen("/sign-in", "Sign in", None),
    Screen("/", "Home"),
    Screen("/pay", "Pay or request"),
    Screen("/activity", "Activity"),
    Screen("/requests", "Requests"),
    Screen("/wallet", "Wallet"),
    Screen("/notifications", "Notifications"),
    Screen("/people", "People"),
    Screen("/people/ben", "A person"),
    Screen("/pay?to=ben&amount=15&note=pizza", "What and how much"),
    Screen("/wallet/add", "Add a bank or card"),
    Screen("/qr", "My QR"),
    Screen("/settings", "Settings"),
    Screen("/settings/security", "Security"),
    Screen("/settings/privacy", "Privacy"),
    Screen("/on-hold", "An account on hold", "finn"),
    Screen("/wallet", "Who owes", "hal"),
)


def main() -> None:
    """Take them all, and write the page that shows them."""
    record = homes.find(os.environ).read_run()
    if record is None:
        sys.exit("nothing runs: ./dev run first")
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    with look.browser() as opened:
        for size in look.SIZES:
            for who in dict.fromkeys(screen.who for screen in SCREENS):
                page = look.context(opened, record.address, size, "light", is_calm=True).new_page()
                if who:
                    look.sign_in(page, record.address, who)
                for screen in (screen for screen in SCREENS if screen.who == who):
                    _take(page, screen, size)
    if (whole := sum(file.stat().st_size for file in FOLDER.iterdir())) > ALL_MAX:
        sys.exit(f"{whole} bytes of pictures: more than {ALL_MAX}")
    PAGE.write_text(document(), encoding="utf-8")


def _take(page: Page, screen: Screen, size: str) -> None:
    page.goto(screen.path, wait_until="load")
    for theme in look.THEMES:
        page.emulate_media(color_scheme=theme)
        look.settle(page)
        file = FOLDER / name(screen, size, theme)
        file.write_bytes(picture(page))
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1000} kB", flush=True)


def picture(page: Page) -> bytes:
    """Give the window as WebP, as good as its size allows."""
    session = page.context.new_cdp_session(page)
    taken = b""
    for quality in QUALITIES:
        shot = {"format": "webp", "quality": quality}
        taken = base64.b64decode(session.send("Page.captureScreenshot", shot)["data"])
        if len(taken) <= FILE_MAX:
            break
    session.detach()
    return taken


def name(screen: Screen, size: str, theme: look.Theme) -> str:
    """Name the file of a picture."""
    who = "" if screen.who in (None, "ana") else f"{screen.who}-"
    return f"{who}{look.name_of(screen.path)}-{size}-{theme}.webp"


def document() -> str:
    """Write the page that shows them."""
    parts = [HEAD]
    for screen in SCREENS:
        shown = "\n".join(
            f"![{screen.title}, {size}, {theme}](pictures/{name(screen, size, theme)})"
            for size in look.SIZES
            for theme in look.THEMES
        )
        parts.append(f"## {screen.title}\n\n{shown}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()

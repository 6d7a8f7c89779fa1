"""Hosted pages: plain HTML, a red banner, no script."""

from collections.abc import Mapping
from html import escape
from typing import Final

BANNER: Final = "Sandbox: no real bank"
STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui;max-width:30rem;margin:0 auto;padding:1rem}"
    "header{background:#b00020;color:#fff;padding:.5rem 1rem;margin:-1rem -1rem 1rem}"
    "label{display:block;margin:.75rem 0}input,select,button{font:inherit;padding:.4rem;width:100%;"
    "box-sizing:border-box}input[type=radio],input[type=checkbox]{width:auto}"
    ".wrong{color:light-dark(#b00020,#ff8a80)}"
)


def page(title: str, content: str, *, wrong: str = "") -> str:
    """A whole page; `content` is HTML already escaped."""
    problem = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<header>{BANNER}</header><h1>{escape(title)}</h1>{problem}{content}</html>"
    )


def form(action: str, fields: str, *, button: str, hidden: Mapping[str, str] | None = None) -> str:
    """A form that posts to `action`."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in (hidden or {}).items()
    )
    return (
        f'<form method="post" action="{escape(action)}">{kept}{fields}'
        f"<button>{escape(button)}</button></form>"
    )


def field(label: str, name: str, *, kind: str = "text", value: str = "") -> str:
    """A labelled input."""
    return (
        f'<label>{escape(label)}<input name="{escape(name)}" type="{kind}"'
        f' value="{escape(value)}" autocomplete="off"></label>'
    )

"""Links of the documents lead somewhere: to a file, a line of it, or a heading."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "AGENTS.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:src|tests|docs|tools|bench|requirements|deploy)/[\w./-]+)(?::(\d+))?`")
_PROOF = re.compile(r"\[`(test_\w+)`\]\(([^)#]+\.py)\)")
_LINES = re.compile(r"L(\d+)(?:-L(\d+))?")


def slugs(text: str) -> set[str]:
    """Give the anchors of a page's headings, as the usual viewers make them."""
    headings = re.findall(r"^#+ +(.*)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


def fault(page: Path, link: str) -> str | None:
    """Say what is wrong with a link, or nothing."""
    if re.match(r"[a-z]+:", link):
        return None
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists():
        return f"{link}: no such file"
    if not anchor:
        return None
    if target.is_dir():
        return f"{link}: a folder has no anchors"
    text = target.read_text(encoding="utf-8")
    if lines := _LINES.fullmatch(anchor):
        first, last = int(lines[1]), int(lines[2] or lines[1])
        has_lines = 1 <= first <= last <= len(text.splitlines())
        return None if has_lines else f"{link}: no such lines"
    return None if anchor in slugs(text) else f"{link}: no such heading"


def lost_paths(text: str) -> list[str]:
    """Give the paths of the checkout named in a page that lead nowhere."""
    found = []
    for name, line in _PATH.findall(_FENCE.sub("", text)):
        path = ROOT / name
        if not path.exists():
            found.append(name)
        elif line and int(line) > len(path.read_text(encoding="utf-8").splitlines()):
            found.append(f"{name}:{line}")
    return found


def links(text: str) -> list[str]:
    """Give the links of a page, those in code blocks aside."""
    return [first or second for first, second in _LINK.findall(_FENCE.sub("", text))]


def test_every_link_leads_somewhere() -> None:
    found = [
        f"{page.relative_to(ROOT)}: {wrong}"
        for page in PAGES
        if page.exists()
        for link in links(page.read_text(encoding="utf-8"))
        if (wrong := fault(page, link))
    ]
    assert not found, "\n".join(found)


def test_every_path_named_in_a_page_exists() -> None:
    found = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in PAGES
        if page.exists()
        for path in lost_paths(page.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def unproven(page: Path, text: str) -> list[str]:
    """Give the tests that a page names as proof and that the file it leads to does not have."""
    return [
        f"{name} in {link}"
        for name, link in _PROOF.findall(text)
        if name != Path(link).stem
        and f"def {name}(" not in (page.parent / link).read_text(encoding="utf-8")
    ]


def test_every_test_named_as_proof_exists_and_no_row_of_failures_is_left_out() -> None:
    page = ROOT / "docs" / "PROOF.md"
    text = page.read_text(encoding="utf-8")
    assert unproven(page, text) == []
    rows = re.findall(r"^\| (\d+) \|.*\.py\)", text, re.MULTILINE)
    assert [int(n) for n in rows] == list(range(1, 27))


def test_a_planted_proof_that_is_none_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_one() -> None:\n")
    text = "[`test_one`](test_it.py) [`test_two`](test_it.py) [`test_it`](test_it.py)"
    assert unproven(tmp_path / "PROOF.md", text) == ["test_two in test_it.py"]


def test_a_planted_lost_path_is_found() -> None:
    text = "`src/quid/nowhere.py` `src/quid/kit/ids.py:99999` `src/quid/kit/ids.py:1` `tests/arch`"
    assert lost_paths(text) == ["src/quid/nowhere.py", "src/quid/kit/ids.py:99999"]


@pytest.mark.parametrize(
    "link", ["nowhere.md", "page.md#L4", "page.md#L3-L2", "page.md#other", "#nothing", ".#L1"]
)
def test_a_planted_dead_link_is_found(link: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# The title, again\n\n[a link](somewhere)\n")
    assert fault(page, link)


@pytest.mark.parametrize(
    "link", ["page.md", "page.md#L3", "page.md#L1-L3", "#the-title-again", "https://example.org/x"]
)
def test_a_good_link_passes(link: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# The title, again\n\n[a link](somewhere)\n")
    assert fault(page, link) is None


def test_links_in_code_are_not_links() -> None:
    assert links("[a](b)\n```\n[c](d)\n```\n![e](f.svg)\n") == ["b", "f.svg"]

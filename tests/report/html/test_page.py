"""The file: what it may load, what may run, and that nothing foreign is outside of its data."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from json import loads
from pathlib import Path

import pytest

from tests.report.html.pages import FOUNDING, story_of
from whywire.report.html.page import SCRIPTS, embedded, render, script, style
from whywire.story.words.page import NO_SCRIPT, PAGE

HERE = Path(script.__code__.co_filename).parent


class Parts(HTMLParser):
    """Elements with their attributes, and the text inside script and style."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.inside.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and self.cdata_elem:
            self.inside[-1] += data


@pytest.fixture(scope="module")
def page() -> str:
    return render(story_of(FOUNDING / "a-v2.pcapng"))


@pytest.fixture(scope="module")
def parts(page: str) -> Parts:
    found = Parts()
    found.feed(page)
    return found


def test_only_this_script_and_this_style_are_allowed(parts: Parts) -> None:
    policy = next(attrs["content"] for tag, attrs in parts.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    drawn, _, made = parts.inside
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (made, drawn)]
    assert policy.split("; ") == ["default-src 'none'", f"script-src 'sha256-{hashes[0]}'",
                                  f"style-src 'sha256-{hashes[1]}'", "base-uri 'none'", "form-action 'none'"]
    order = [tag for tag, attrs in parts.tags if tag in ("script", "style") or "http-equiv" in attrs]
    assert order[0] == "meta"


def test_it_names_nothing_outside_itself(parts: Parts) -> None:
    names = {name for _, attrs in parts.tags for name in attrs}
    assert not names & {"src", "href", "action", "style"}
    assert not any(name.startswith("on") for name in names)
    tags = {"html", "head", "meta", "title", "style", "body", "noscript", "p", "script"}
    assert {tag for tag, _ in parts.tags} == tags


def test_the_script_makes_no_markup_of_text_and_asks_for_nothing() -> None:
    made = script()
    for banned in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "fetch(",
                   "XMLHttpRequest", "WebSocket", "importScripts", "localStorage", "DOMParser", "srcdoc"):
        assert banned not in made
    assert set(re.findall(r"https?://[^\"]*", made)) == {"http://www.w3.org/2000/svg"}


def test_the_script_says_what_the_catalogue_has_and_nothing_else() -> None:
    made = script()
    assert set(re.findall(r"WORDS\.(\w+)", made)) == set(PAGE)
    literals = re.findall(r'"[^"\n]*"|`[^`\n]*`', re.sub(r"(?m)^\s*//.*$|  // .*$", "", made))
    prose = [one for one in literals if re.search(r"\b[A-Z][a-z]+ [a-z]|[a-z]{2,} (of|in|is|the|not|to)\b", one)]
    assert prose == []


def test_without_a_script_it_says_so(page: str) -> None:
    assert f"<noscript><p>{NO_SCRIPT}</p></noscript>" in page


def test_the_style_loads_nothing() -> None:
    assert "url(" not in style()
    assert "@import" not in style()


def test_every_part_of_the_script_is_used() -> None:
    assert {path.stem for path in HERE.glob("*.js")} == set(SCRIPTS)


@pytest.mark.parametrize("hostile", [
    "</script><script>x()</script>", "<!--", "<img src=x onerror=x()>", "\u2028", "]]>", "&lt;"])
def test_data_stays_data(hostile: str) -> None:
    text = embedded({"a": hostile})
    assert loads(text) == {"a": hostile}
    assert text.isascii()
    assert not set("<>&") & set(text)


def test_the_data_is_what_was_put_in(parts: Parts) -> None:
    assert loads(parts.inside[1])["counts"]["packets"] == 12


def test_small_captures_make_small_pages() -> None:
    for name in ("a-v1.pcapng", "a-v2.pcapng", "a-v3.pcapng", "a-v4.pcapng"):
        assert len(render(story_of(FOUNDING / name)).encode()) <= 400_000


def test_the_same_story_makes_the_same_page(page: str) -> None:
    assert render(story_of(FOUNDING / "a-v2.pcapng")) == page

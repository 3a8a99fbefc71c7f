"""The file itself: one style, one script, each allowed by its hash, and the data as JSON that nothing executes."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from json import JSONEncoder

from whywire.report.html.data import data
from whywire.story.document import Story
from whywire.story.words.language import template
from whywire.story.words.page import NO_SCRIPT

SCRIPTS = ("tools", "ticks", "state", "picture", "source", "packet", "plots", "waterfall", "overview", "findings",
           "prose", "main")
"""The parts of the script, in their order."""

SKELETON = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="whywire">
<title>whywire</title>
<style>{style}</style>
</head>
<body>
<noscript><p>{noscript}</p></noscript>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def render(story: Story) -> str:
    """Return the page. ``story`` must have its details (`whywire.story.detail.detailed`).

    What a capture or a program wrote stands in the JSON only, from where the script takes it as text.
    """
    made, drawn = script(), style()
    return SKELETON.format(policy=policy(made, drawn), style=drawn, noscript=escape(template(NO_SCRIPT)),
                           data=embedded(data(story)), script=made)


def script() -> str:
    """Return the script: its parts in one function, so that nothing of it is global."""
    parts = "\n".join(_read(f"{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def style() -> str:
    """Return the style sheet."""
    return _read("page.css")


def policy(made: str, drawn: str) -> str:
    """Return the content security policy (CSP level 3): this script, this style, and nothing from anywhere."""
    return (f"default-src 'none'; script-src 'sha256-{_hash(made)}'; style-src 'sha256-{_hash(drawn)}'; "
            "base-uri 'none'; form-action 'none'")


def embedded(value: object) -> str:
    """Return a value as JSON that can stand in a script element: ASCII, without what ends an element or begins one."""
    text = JSONEncoder(separators=(",", ":")).encode(value)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _read(name: str) -> str:
    return files("whywire.report.html").joinpath(name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()

"""An entry as a page, the list of all, and the reference made of them."""

from __future__ import annotations

from functools import partial
from textwrap import wrap as plain_wrap

from whywire.glossary.terms import TOPICS, every, key, term_of, topic

wrap = partial(plain_wrap, break_on_hyphens=False)
"""SYN-ACK stays on one line."""


def page(word: str, width: int = 80) -> str:
    """Return the entry for a word as text. Raises WhywireError, with near names, where there is none."""
    term = term_of(word)
    lines = [*wrap(f"{term.name}: {term.half}", width), "",
             *wrap(term.text, width, initial_indent="  ", subsequent_indent="  "), ""]
    facts = (("Source", term.spec), ("Also", ", ".join(term.also)), ("See", ", ".join(term.see)))
    for name, text in facts:
        lines += wrap(f"{name + ':':8}{text}", width, subsequent_indent=" " * 8) if text else []
    return "\n".join(lines) + "\n"


def listing(width: int = 100) -> str:
    """Return all entries, a line (or two) each, by topic."""
    lines: list[str] = []
    column = 2 + max(len(name) for name in every()) + 2
    for name, heading in TOPICS.items():
        lines += ["", heading, ""]
        for term in topic(name):
            lines += wrap(f"  {term.name:<{column - 2}}{term.half}", width, subsequent_indent=" " * column)
    return "\n".join(lines[1:]) + "\n"


def reference() -> str:
    """Return the glossary as Markdown."""
    lines = ["# Glossary", "", f"{len(every())} terms. `whywire term NAME` prints one."]
    for name, heading in TOPICS.items():
        lines += ["", f"## {heading}"]
        for term in topic(name):
            also = f" (also: {', '.join(term.also)})" if term.also else ""
            see = f" See {', '.join(f'[{other}](#{anchor(other)})' for other in term.see)}." if term.see else ""
            lines += ["", f'<a id="{anchor(term.name)}"></a>', "", f"**{term.name}**{also}: {term.half}.", "",
                      f"{term.text} *{term.spec}.*{see}"]
    return "\n".join(lines) + "\n"


def anchor(name: str) -> str:
    """Return a term's place in the reference."""
    return f"term-{key(name)}"

"""The page of a rule, the list of all rules, and the reference made of them. Text for a terminal, or Markdown."""

from __future__ import annotations

from functools import partial
from textwrap import wrap as plain_wrap

from whywire.base.errors import WhywireError
from whywire.findings.registry import FOLDERS, folder, rules
from whywire.findings.retired import RETIRED
from whywire.findings.rule import Level, Rule

wrap = partial(plain_wrap, break_on_hyphens=False)
"""SYN-ACK stays on one line."""

ABOUT = {
    "tcp": "What TCP shows: opening (TCP0xx), data and windows (TCP1xx), closing (TCP2xx)",
    "call": "What a program asked of its socket (needs a call trace)",
    "http": "Requests and responses",
    "cap": "The capture itself",
}
"""Folder -> the heading of its rules."""


def rule_of(word: str) -> Rule:
    """Return a rule by its code or name. Raises WhywireError, with near ones, for one that does not exist."""
    found = next((rule for rule in rules() if word.upper() == rule.code or word.lower() == rule.name), None)
    if found is not None:
        return found
    from difflib import get_close_matches

    known = {key: rule for rule in rules() for key in (rule.code.lower(), rule.name)}
    near = [f"{known[key].code} ({known[key].name})" for key in get_close_matches(word.lower(), known, 3, 0.5)]
    raise WhywireError(f"there is no rule {word!r}",
                       f"near it: {', '.join(dict.fromkeys(near))}" if near else "`whywire rules` lists all of them")


def page(word: str, width: int = 80) -> str:
    """Return the page of a rule, by its code or name. Raises WhywireError where there is none."""
    code = word.upper()
    if code in RETIRED:
        return f"{code}  (retired)\n\n" + "\n".join(wrap(RETIRED[code], width)) + "\n"
    rule = rule_of(word)
    lines = [f"{rule.code}  {rule.name}",
             f"{rule.level.word}; {rule.certainty.value}, unless a finding says otherwise", "",
             *wrap(rule.title, width)]
    for heading, text in (("What it means", rule.means), ("Why it matters", rule.matters), ("What to do", rule.do)):
        lines += ["", heading, *wrap(text, width, initial_indent="  ", subsequent_indent="  ")]
    facts = (("Rests on", rule.spec), ("Looks at", f"{rule.looks_at.value}; speaks {rule.repeat.value}"),
             ("Since", rule.since))
    lines.append("")
    for name, text in facts:
        lines += wrap(f"{name + ':':10} {text}", width, subsequent_indent=" " * 11)
    return "\n".join(lines) + "\n"


def listing(least: Level = Level.INFO) -> str:
    """Return all rules of at least a level, a line each."""
    lines: list[str] = []
    for name in FOLDERS:
        chosen = [entry.rule for entry in folder(name) if entry.rule.level >= least]
        if chosen:
            lines += ["", f"{ABOUT[name]}", ""]
            lines += [f"  {rule.code:<8} {rule.level.word:<8} {rule.title}" for rule in chosen]
    return "\n".join(lines[1:]) + "\n"


def reference() -> str:
    """Return the reference of all rules as Markdown, generated from their declarations."""
    lines = ["# Rules", "", "What whywire points out beside the story. A finding has a level (info and note are "
             "ordinary; a warning says that something was lost or stood still; an error that a program could not go "
             f"on) and a certainty. There are {len(rules())} rules; `whywire rule CODE` prints the page of one.", ""]
    for name in FOLDERS:
        chosen = [entry.rule for entry in folder(name)]
        if chosen:
            lines += [f"- {ABOUT[name]}: " + ", ".join(f"[{rule.code}](#{rule.code.lower()})" for rule in chosen)]
    for rule in rules():
        lines += _section(rule)
    for code, text in sorted(RETIRED.items()):
        lines += ["", f"## {code} (retired)", "", text]
    return "\n".join(lines) + "\n"


def _section(rule: Rule) -> list[str]:
    return ["", f'<a id="{rule.code.lower()}"></a>', "", f"## {rule.code} {rule.name}", "",
            f"*{rule.title}.* Level {rule.level.word}; {rule.certainty.value}; {rule.looks_at.value}, "
            f"{rule.repeat.value}.", "", f"> {rule.says}", "", f"**What it means.** {rule.means}", "",
            f"**Why it matters.** {rule.matters}", "", f"**What to do.** {rule.do}", "",
            f"Rests on: {rule.spec}. Since {rule.since}."]

"""The contract of a rule, written once for all: its page, a capture it fires on, one it is silent on, its tone."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from tests.findings.cases import (
    OWN,
    SHARED,
    Case,
    case,
    file_bytes,
    fired,
    firing,
    of_bytes,
    prefixes,
    silent,
)
from whywire.base.errors import WhywireError
from whywire.connections.model import Certainty
from whywire.findings import pages
from whywire.findings.registry import entries, rules
from whywire.findings.retired import RETIRED
from whywire.findings.rule import Rule
from whywire.findings.say import names

ROOM = Path(pages.__file__).resolve().parent
MATRIX = Path(__file__).with_name("matrix.txt")
LARGE = 400
"""Captures of more packets are cut in other tests (capture, connections); here at a few places only."""

each_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)


def problems(of: Case) -> list[str]:
    """Return what is wrong with the findings of a capture, whatever it holds: where they point to, their tone."""
    known = of.account.connections
    calls = {call.number for c in known for call in c.calls} | {call.number for call in of.account.other_calls}
    found = []
    for finding in of.findings:
        packets = [ref.number for ref in finding.because if ref.kind == "p"]
        packets += [finding.packet] if finding.packet is not None else []
        wrong = [f"no packet {number}" for number in packets if not 1 <= number <= of.packets]
        wrong += [f"no call k{ref.number}" for ref in finding.because if ref.kind == "k" and ref.number not in calls]
        wrong += [f"no connection {ref}" for ref in finding.because if ref.kind == "c" and ref.number > len(known)]
        wrong += ["no such connection"] if finding.connection and finding.connection > len(known) else []
        wrong += tone(finding.text)
        if finding.certainty is Certainty.LIKELY and not re.search(r"\b(likely|reading|may|same)\b", finding.text):
            wrong.append("likely, and no other reading in sight")
        found += [f"{finding.code}: {what}: {finding.text}" for what in wrong]
    return found


BLAME = re.compile(r"\b(wrongly|badly?|stupid|forgot|should have|mistake|sorry|unfortunately|simply|obviously|just)\b",
                   re.IGNORECASE)
UNGROUPED = re.compile(r"(?<![\w:.,])\d{5,}(?![\d.:])")


def tone(text: str) -> list[str]:
    """Return what is wrong with a sentence: one, calm, without blame, numbers grouped, nothing unfilled."""
    checks = {
        "not a sentence": not text.endswith("."),
        "more than one sentence": ". " in text,
        "an exclamation": "!" in text,
        "a word that blames or belittles": BLAME.search(text) is not None,
        "a number without commas": UNGROUPED.search(text) is not None,
        "something unfilled": re.search(r"\{[a-z_]+\}|\bNone\b", text) is not None,
    }
    return [what for what, broken in checks.items() if broken]


@each_rule
def test_fires(rule: Rule) -> None:
    assert fired(firing(rule), rule.code) != []


@each_rule
def test_is_silent_on_a_near_miss(rule: Rule) -> None:
    of = case(silent(rule))
    assert of.packets > 0, "a file that can't be read proves nothing"
    assert [finding.text for finding in of.findings if finding.code == rule.code] == []


@each_rule
def test_points_only_at_what_is_there_and_says_it_calmly(rule: Rule) -> None:
    assert problems(case(firing(rule))) == []


@each_rule
def test_page(rule: Rule) -> None:
    page = pages.page(rule.code)
    assert all(part in " ".join(page.split()) for part in
               (rule.code, rule.name, rule.title, rule.means.split()[0], rule.spec, rule.since))
    texts = (rule.title, rule.means, rule.matters, rule.do)
    assert all(text and not re.search(r"[!{}]|\s\s|^\s|\s$", text) for text in texts)
    assert not BLAME.search(" ".join(texts))
    assert not rule.title.endswith(".")
    assert all(text.endswith((".", ":")) for text in texts[1:])
    assert names(rule.says), "a sentence shows its numbers"
    assert not set("[]|") & set(re.sub(r"\[[^\[\]]*\]", "", rule.says)), "parts that are left out do not nest"


@each_rule
def test_refers_to_rules_that_exist(rule: Rule) -> None:
    known = {other.code for other in rules()} | set(RETIRED)
    mentioned = re.findall(r"\b(?:TCP|CALL|HTTP|CAP)\d{3}\b", " ".join((rule.means, rule.matters, rule.do, rule.says)))
    assert set(mentioned) <= known


def test_codes_and_names_are_unique_and_of_their_folder() -> None:
    codes = [rule.code for rule in rules()]
    seen_names = [rule.name for rule in rules()]
    assert len(set(codes)) == len(codes)
    assert len(set(seen_names)) == len(seen_names)
    for entry in entries():
        folder, _, file = entry.module.removeprefix("whywire.findings.").partition(".")
        assert re.fullmatch(rf"{folder.upper()}\d{{3}}", entry.rule.code)
        assert file == entry.rule.name.replace("-", "_"), "the file is named after what is seen"


def test_a_retired_code_is_not_used_again() -> None:
    assert set(RETIRED) & {rule.code for rule in rules()} == set()
    assert all(re.fullmatch(r"(TCP|CALL|HTTP|CAP)\d{3}", code) and text.endswith(".") for code, text in RETIRED.items())


def test_a_rule_file_is_small() -> None:
    long = {f"{path.parent.name}/{path.name}": count for path in ROOM.glob("*/*.py")
            if (count := len(path.read_text().splitlines())) > 40}
    assert long == {}


def test_every_ladder_belongs_to_a_rule() -> None:
    used = {reference(rule) for rule in rules() for reference in (firing, silent)}
    here = {path.relative_to(OWN).as_posix() for path in OWN.rglob("*") if path.suffix in (".ladder", ".pcap")}
    assert here - used == set()


FIRING = sorted({firing(rule) for rule in rules()})


@pytest.mark.parametrize("name", FIRING)
def test_survives_being_cut(name: str) -> None:
    if case(name).packets > LARGE:
        pytest.fail(f"{name} is too large for a firing capture")
    assert [problem for of in prefixes(name) for problem in problems(of)] == []


@pytest.mark.parametrize("name", FIRING)
def test_survives_mutations(name: str) -> None:
    data, dice = file_bytes(name), random.Random(name)
    for _ in range(6):
        broken = bytearray(data)
        for _ in range(dice.choice((1, 3, 30))):
            broken[dice.randrange(24, len(broken)) if len(broken) > 24 else 0] = dice.randrange(256)
        of = of_bytes(bytes(broken))
        assert of is None or problems(of) == []


def matrix() -> str:
    """Return what all rules say of all captures, a line each."""
    lines = []
    for folder, root in (("", SHARED), ("rules/", OWN)):
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in (".pcap", ".pcapng", ".gz", ".ladder") and "malformed" not in path.parts:
                told = seen(name)
                lines += [f"{folder}{name}:{'' if told else ' nothing'}", *(f"    {line}" for line in told)]
    return "\n".join(lines) + "\n"


def seen(name: str) -> list[str]:
    """Return a line for each rule that fires on a capture: where first, how often."""
    try:
        findings = case(name).findings
    except WhywireError as error:
        return [f"can't be read: {error.what.partition(': ')[2] or error.what.partition(' is ')[2]}"]
    places: dict[str, list[str]] = {}
    for finding in findings:
        at = [f"c{finding.connection}"] if finding.connection else []
        at += [f"p{finding.packet}"] if finding.packet else []
        times = f" x{finding.count}" if finding.count > 1 else ""
        places.setdefault(f"{finding.code} {finding.name}", []).append((" ".join(at) or "-") + times)
    return [f"{rule}: {', '.join(found[:12])}{', ...' if len(found) > 12 else ''}"
            for rule, found in sorted(places.items())]


def test_matrix_of_all_captures_and_all_rules() -> None:
    actual, beside = matrix(), MATRIX.with_suffix(".txt.actual")
    if os.environ.get("WHYWIRE_ACCEPT"):
        MATRIX.write_text(actual)
        beside.unlink(missing_ok=True)
        return
    if actual != MATRIX.read_text():
        beside.write_text(actual)
    hint = f"compare {beside}; if it is right, WHYWIRE_ACCEPT=1 python -m pytest {__file__}"
    assert actual == MATRIX.read_text(), hint

"""R1 to R16 of TRUTH.md, each as a test on the JSON's fields, over all founding captures.

A rule is a function that yields a sentence for everything in a story that breaks it. Beside each stands a doctored
story: a change that a mistaken explainer could have made. The rule has to notice it, so none of them is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.founding.explained import (
    FOLDER,
    Json,
    captures,
    consumed,
    explain,
    explain_path,
    is_pure_ack,
    packet,
    packets,
    window_fields,
)

Rule = Callable[[Json], Iterator[str]]

ROUND_TRIP_AT_MOST_NS = 25_000_000
"""No ACK of these captures that was sent at once came later; the delayed ones took 40 ms and more."""
DELAYED_AT_LEAST_NS = 40_000_000
LOOPBACK_LINUX = ("a-", "e-")
NOT_IN_ANY = {"retransmission", "fast-retransmission", "spurious-retransmission", "out-of-order", "duplicate-ack",
              "zero-window", "zero-window-probe", "zero-window-probe-ack", "lost-segment", "acked-unseen",
              "captured-twice", "keep-alive", "keep-alive-ack", "port-reused", "not-acceptable"}


def r1_bytes_are_counted(story: Json) -> Iterator[str]:
    """SYN and FIN take one number, n bytes take n, a pure ACK and an RST take none."""
    following: dict[tuple[str, str], int] = {}
    for one in packets(story):
        sender = (one["connection"], one["from"])
        if one["seq"] != following.get(sender, 0):
            yield f"packet {one['packet']}: seq {one['seq']}, expected {following.get(sender, 0)}"
        following[sender] = one["seq"] + consumed(one)


def r2_ack_is_the_next_number_expected(story: Json) -> Iterator[str]:
    """An ack is where some segment of the peer ended, and grows by the bytes, and by 1 for SYN and FIN."""
    ends: dict[tuple[str, str], list[Json]] = {}
    before: dict[tuple[str, str], int] = {}
    for one in packets(story):
        sender, peer = (one["connection"], one["from"]), (one["connection"], other(one["from"]))
        ends.setdefault(sender, []).append(one)
        if one["ack"] is None:
            continue
        covered = [sent for sent in ends.get(peer, []) if sent["seq"] + consumed(sent) <= one["ack"]]
        if one["ack"] != sum(consumed(sent) for sent in covered):
            yield f"packet {one['packet']}: ack {one['ack']} is no end of a segment"
        step = one["acknowledges"]
        if step is None:
            if one["ack"] != before.get(sender, 0):
                yield f"packet {one['packet']}: the ack grew and nothing is said of it"
        else:
            new = [sent for sent in covered if sent["seq"] + consumed(sent) > before.get(sender, 0)]
            brought = sum(sent["length"] for sent in new), sum("fin" in sent["kinds"] for sent in new)
            if (step["data"], step["fin"]) != brought:
                yield f"packet {one['packet']}: {step} is not what the peer had sent"
            if step["before"] + step["syn"] + step["data"] + step["fin"] != one["ack"]:
                yield f"packet {one['packet']}: {step} does not add up to {one['ack']}"
        before[sender] = one["ack"]


def r3_zero_is_a_view(story: Json) -> Iterator[str]:
    """Relative numbers begin at 0, the initial sequence numbers are others, of 32 bits, and differ."""
    for connection in story["connections"]:
        isn = connection["isn"]
        if not 0 < isn["client"] < 2**32 or not 0 < isn["server"] < 2**32 or isn["client"] == isn["server"]:
            yield f"{connection['id']}: {isn}"
        for one in packets(story, connection["id"]):
            if one["raw_seq"] != (isn[one["from"]] + one["seq"]) % 2**32:
                yield f"packet {one['packet']}: {one['raw_seq']} raw is not {one['seq']} relative"


def r4_the_opener_sends_the_first_syn(story: Json) -> Iterator[str]:
    """SYN, SYN+ACK, ACK, nothing carried in the three; the client is who sent the first."""
    for connection in story["connections"]:
        three = packets(story, connection["id"])[:3]
        if [(one["from"], one["kinds"]) for one in three] != [
                ("client", ["syn"]), ("server", ["syn-ack"]), ("client", ["ack"])]:
            yield f"{connection['id']}: begins with {[one['kinds'] for one in three]}"
        if any(one["length"] for one in three) or connection["open"]["kind"] != "handshake":
            yield f"{connection['id']}: not a plain handshake"
        gaps = [three[1]["time_ns"] - three[0]["time_ns"], three[2]["time_ns"] - three[1]["time_ns"]]
        if gaps != [connection["open"]["syn_to_synack_ns"], connection["open"]["synack_to_ack_ns"]]:
            yield f"{connection['id']}: {connection['open']} against {gaps}"


def r5_acks_are_the_kernels(story: Json) -> Iterator[str]:
    """No program asks for an ACK: at once, on a timer, or a window update."""
    for one in packets(story):
        if is_pure_ack(one) and one["cause"]["kind"] not in ("answers", "timer", "kernel"):
            yield f"packet {one['packet']}: a pure ACK caused by {one['cause']}"
        if is_pure_ack(one) and one["cause"]["kind"] == "answers":
            answered = packet(story, int(one["cause"]["ref"].removeprefix("p")))
            if answered["from"] == one["from"] or answered["packet"] > one["packet"]:
                yield f"packet {one['packet']}: answers packet {answered['packet']} of its own side, or a later one"


def r6_push_is_no_reason(story: Json) -> Iterator[str]:
    """Data is there because a program wrote it; whether PSH is set changes nothing in the reason."""
    for one in packets(story):
        if "data" in one["kinds"] and (one["cause"]["kind"] != "call" or "psh" in one["text"].lower().split()):
            yield f"packet {one['packet']}: data because of {one['cause']}: {one['text']}"


def r7_nagle(story: Json) -> Iterator[str]:
    """Held back by Nagle: shorter than a full segment, released by the ACK before it, and never said for certain."""
    expected = HELD.get(story_name(story), set())
    said = {one["packet"] for one in packets(story) if "nagle" in one["text"].lower()}
    if said != expected:
        yield f"Nagle is said of packets {sorted(said)}, and held some back at {sorted(expected)}"
    for one in packets(story):
        if one["packet"] in said and one["cause"]["certainty"] != "likely":
            yield f"packet {one['packet']}: without a trace Nagle can't be {one['cause']['certainty']}"


HELD = {"a-v2.pcapng": {8}, "b-v4.pcapng": {6}}


def r8_delayed_acks(story: Json) -> Iterator[str]:
    """A pure ACK 40 ms after what it acknowledges was sent by a timer, one within a round trip was not."""
    for one in packets(story):
        step = one["acknowledges"]
        if not is_pure_ack(one) or step is None or not step["packets"]:
            continue
        waited = one["time_ns"] - packet(story, step["packets"][-1])["time_ns"]
        if waited >= DELAYED_AT_LEAST_NS and one["cause"]["kind"] != "timer":
            yield f"packet {one['packet']}: {waited} ns late and no timer"
        if waited <= ROUND_TRIP_AT_MOST_NS and one["cause"]["kind"] == "timer":
            yield f"packet {one['packet']}: after {waited} ns no timer had run out"


def r9_unread_data_is_a_reset(story: Json) -> Iterator[str]:
    """A side that aborted threw bytes away: likely, because SO_LINGER 0 looks the same. A FIN: nothing was unread."""
    for connection in story["connections"]:
        close = connection["close"]
        aborted, cause = close["kind"] == "reset", close["cause"]
        if aborted != (cause["kind"] == "unread-data"):
            yield f"{connection['id']}: {close['kind']} because of {cause['kind']}"
        if aborted and ("linger-zero" not in cause["or"] or cause["certainty"] != "likely" or close["fins"]):
            yield f"{connection['id']}: {close}"


def r10_late_data_is_answered_by_a_reset(story: Json) -> Iterator[str]:
    """A reset that answers data for a socket that is gone names the data."""
    for connection in story["connections"]:
        close = connection["close"]
        if (close["kind"] == "fin-then-reset") != (close["cause"]["kind"] == "late-data"):
            yield f"{connection['id']}: {close['kind']} because of {close['cause']['kind']}"
        for mark in close["rsts"] if close["kind"] == "fin-then-reset" else []:
            cause = packet(story, mark["packet"])["cause"]
            if cause["kind"] != "answers" or "data" not in packet(story, int(cause["ref"][1:]))["kinds"]:
                yield f"packet {mark['packet']}: a late-data reset because of {cause}"


def r11_nobody_was_refused(story: Json) -> Iterator[str]:
    """Refused is a SYN answered by RST+ACK, and nothing else (the capture with one: test_a_refused_syn)."""
    for connection in story["connections"]:
        syns_answered = any("rst" in one["kinds"] and one["seq"] == 0 for one in packets(story, connection["id"]))
        if (connection["close"]["kind"] == "refused") != syns_answered:
            yield f"{connection['id']}: {connection['close']['kind']}"
        if syns_answered and connection["close"]["cause"]["kind"] != "nobody-listens":
            yield f"{connection['id']}: refused because of {connection['close']['cause']['kind']}"


def r12_who_keeps_time_wait(story: Json) -> Iterator[str]:
    """The side of the first FIN; both when the FINs cross; nobody after a reset."""
    for connection in story["connections"]:
        close = connection["close"]
        fins = [packet(story, mark["packet"]) for mark in close["fins"]]
        if close["rsts"]:
            right = "none"
        elif not fins:
            right = None
        elif len(fins) == 2 and fins[1]["ack"] <= fins[0]["seq"] + fins[0]["length"]:
            right = "both"
        else:
            right = fins[0]["from"]
        if close["time_wait"] != right:
            yield f"{connection['id']}: TIME-WAIT at {close['time_wait']}, by the rules at {right}"
        if fins and (close["first"] == "both") != (right == "both"):
            yield f"{connection['id']}: closed first by {close['first']}"


def r13_a_fin_is_the_programs(story: Json) -> Iterator[str]:
    """No FIN is a kernel's answer: the peer's FIN ends recv() with b"", and the program closes, or does not."""
    for one in packets(story):
        if "fin" in one["kinds"] and one["cause"]["kind"] != "call":
            yield f"packet {one['packet']}: a FIN caused by {one['cause']}"


def r14_windows_are_scaled(story: Json) -> Iterator[str]:
    """The field times the scale of both SYNs; in the SYNs themselves, and without both offers, the bare field."""
    fields = window_fields(story_name(story))
    for connection in story["connections"]:
        offered = {side: connection["ends"][side]["window_scale"] for side in ("client", "server")}
        both = None not in offered.values()
        for one in packets(story, connection["id"]):
            shift = offered[one["from"]] if both and one["kinds"] not in (["syn"], ["syn-ack"]) else 0
            field = fields[one["packet"] - 1]
            if one["window"] != field << shift:
                yield f"packet {one['packet']}: window {one['window']} from field {field}, scale {shift}"


def r15_a_window_shrinks_because_bytes_lie_unread(story: Json) -> Iterator[str]:
    """Linux at the start of a connection: (65483 - unread) rounded up to 128; no congestion, no full window."""
    for connection in story["connections"] if story_name(story).startswith(LOOPBACK_LINUX) else []:
        sent = [one for one in packets(story, connection["id"]) if one["from"] == "client" and one["length"]]
        answers = [one for one in packets(story, connection["id"]) if one["from"] == "server" and is_pure_ack(one)]
        if not sent or not answers or sent[0]["length"] + 1 != answers[0]["ack"]:
            continue
        if answers[0]["window"] != -(-(65483 - sent[0]["length"]) // 128) * 128:
            yield f"packet {answers[0]['packet']}: window {answers[0]['window']}"
        if {"zero-window", "window-full"} & set(answers[0]["kinds"]):
            yield f"packet {answers[0]['packet']}: a reader that has not read yet, told as {answers[0]['kinds']}"


def r16_what_fits_into_a_segment(story: Json) -> Iterator[str]:
    """Super-segments are those above the MSS, less the timestamps when they are in use; a loopback frame is none."""
    for connection in story["connections"]:
        size = connection["segment_size"]
        for one in packets(story, connection["id"]):
            if ("super-segment" in one["kinds"]) != (one["length"] > size):
                yield f"packet {one['packet']}: {one['length']} bytes, at most {size} fit, told as {one['kinds']}"


def never(story: Json) -> Iterator[str]:
    """No capture holds loss, reordering, duplicate ACKs, zero windows or half-open connections."""
    for one in packets(story):
        if NOT_IN_ANY & set(one["kinds"]):
            yield f"packet {one['packet']}: {one['kinds']}"


def other(side: str) -> str:
    """Return the other side."""
    return "server" if side == "client" else "client"


def story_name(story: Json) -> str:
    """Return the file's name as TRUTH.md has it, without its folder."""
    return str(story["file"]).rpartition("/")[2]


def put(number: int, **changed: object) -> Callable[[Json], None]:
    """Return a change of one packet."""
    return lambda story: packet(story, number).update(changed)


def put_close(**changed: object) -> Callable[[Json], None]:
    """Return a change of the first connection's close."""
    return lambda story: story["connections"][0]["close"].update(changed)


class Doctored(NamedTuple):
    """A rule, and a capture's story changed so that the rule is broken."""

    rule: Rule
    capture: str
    change: Callable[[Json], None]


RULES = [
    Doctored(r1_bytes_are_counted, "a-v1.pcapng", put(10, seq=14)),
    Doctored(r2_ack_is_the_next_number_expected, "a-v1.pcapng", put(5, ack=2)),
    Doctored(r3_zero_is_a_view, "a-v1.pcapng", lambda story: story["connections"][0]["isn"].update(client=0)),
    Doctored(r4_the_opener_sends_the_first_syn, "a-v1.pcapng", put(2, kinds=["syn"])),
    Doctored(r5_acks_are_the_kernels, "a-v4.pcapng", put(5, cause={"kind": "call", "ref": None})),
    Doctored(r6_push_is_no_reason, "a-v2.pcapng", put(4, text="PSH : the client is ready to transmit")),
    Doctored(r7_nagle, "a-http-browser-snap640.pcapng", put(32, text="held back by Nagle")),
    Doctored(r8_delayed_acks, "a-v1.pcapng", put(7, cause={"kind": "timer", "ref": "p6"})),
    Doctored(r9_unread_data_is_a_reset, "a-v3.pcapng",
             put_close(cause={"kind": "unread-data", "or": [], "certainty": "inferred"})),
    Doctored(r10_late_data_is_answered_by_a_reset, "b-send-after-close.pcapng",
             put(10, cause={"kind": "call", "ref": None})),
    Doctored(r11_nobody_was_refused, "a-v3.pcapng", put_close(kind="refused")),
    Doctored(r12_who_keeps_time_wait, "b-crossover.pcapng", put_close(first="client", time_wait="client")),
    Doctored(r13_a_fin_is_the_programs, "b-names.pcapng", put(8, cause={"kind": "answers", "ref": "p6"})),
    Doctored(r14_windows_are_scaled, "c-v1.pcap", put(6, window=64227 << 7)),
    Doctored(r15_a_window_shrinks_because_bytes_lie_unread, "a-v4.pcapng", put(5, kinds=["ack", "window-full"])),
    Doctored(r16_what_fits_into_a_segment, "a-v3.pcapng", put(6, kinds=["data", "super-segment"])),
    Doctored(never, "a-http-browser-snap640.pcapng", put(74, kinds=["data", "zero-window"])),
]


@pytest.mark.parametrize("name", captures())
@pytest.mark.parametrize("rule", [one.rule for one in RULES], ids=lambda rule: rule.__name__)
def test_a_rule_holds(rule: Rule, name: str) -> None:
    assert list(rule(explain(name))) == []


@pytest.mark.parametrize("doctored", RULES, ids=lambda one: one.rule.__name__)
def test_a_rule_would_notice(doctored: Doctored) -> None:
    story = explain(doctored.capture)
    doctored.change(story)
    assert list(doctored.rule(story)) != []


@pytest.mark.parametrize("name", ["12_rst_closed_port.pcap", "real_rst_closed_port.pcap"])
def test_a_refused_syn(name: str) -> None:
    """R11 where it happens: RST+ACK, raw seq 0, ack one above the SYN's number."""
    story = explain_path(FOLDER.parent / "traps" / name)
    [connection] = story["connections"]
    reset = packet(story, connection["close"]["rsts"][0]["packet"])
    assert list(r11_nobody_was_refused(story)) == []
    assert (connection["open"]["kind"], connection["close"]["kind"]) == ("refused", "refused")
    assert connection["close"]["time_wait"] == "none"
    assert (reset["from"], reset["raw_seq"], reset["raw_ack"]) == ("server", 0, connection["isn"]["client"] + 1)
    assert reset["cause"]["kind"] == "answers"


@pytest.mark.parametrize(("name", "numbers"), [
    ("a-http-browser-snap640.pcapng", {74, 80, 240, 260, 280, 300}), ("a-v4.pcapng", set()), ("b-v3.pcapng", set())])
def test_windows_that_were_filled(name: str, numbers: set[int]) -> None:
    assert {one["packet"] for one in packets(explain(name)) if "window-full" in one["kinds"]} == numbers


def test_the_one_super_segment() -> None:
    found = [(name, one["packet"]) for name in captures() for one in packets(explain(name))
             if "super-segment" in one["kinds"]]
    assert found == [("c-http-until-close.pcap", 16)]


def test_every_rule_of_the_truth_has_its_test() -> None:
    truth = (FOLDER / "TRUTH.md").read_text()
    assert all(f"\nR{number} " in truth for number in range(1, 17))
    tested = [one.rule.__name__.partition("_")[0] for one in RULES if one.rule is not never]
    assert tested == [f"r{number}" for number in range(1, 17)]

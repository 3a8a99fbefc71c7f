"""`Past` against the plain way: to look back, line by line."""

from __future__ import annotations

from random import Random

import pytest

from whywire.connections import kinds as k
from whywire.connections.model import AckStep, Side
from whywire.connections.past import Past
from whywire.connections.scene import Line
from whywire.packets import table as t

KINDS = (k.ACK, k.ACK | k.DUPLICATE_ACK, k.DATA, k.DATA | k.RETRANSMISSION, k.DATA | k.LOST_SEGMENT, k.RST, k.SYN,
         k.RST | k.NOT_ACCEPTABLE, k.RST | k.CAPTURED_TWICE, k.SYN_ACK, k.ACK | k.ACKED_UNSEEN,
         k.DATA | k.ZERO_WINDOW_PROBE, k.DATA | k.WINDOW_FULL, k.FIN, k.ACK | k.KEEP_ALIVE)


def lines_of(seed: int, count: int = 40) -> list[Line]:
    random, made = Random(seed), []
    for index in range(count):
        kinds = random.choice(KINDS)
        flags = t.RST if kinds & k.RST else t.SYN if kinds & (k.SYN | k.SYN_ACK) else 0
        flags |= random.choice((t.ACK, t.ACK, 0) if kinds & k.RST else (t.ACK,))
        line = Line(
            index=index, row=index, packet=index + 1, sender=random.choice(list(Side)), time_ns=index, arrival_ns=None,
            flags=flags, seq=random.randrange(12), ack=random.randrange(12) if flags & t.ACK else None,
            length=random.randrange(1, 6) if kinds & k.DATA else 0, kinds=kinds,
            window=random.choice((0, 5)), scaled=random.choice((True, None)), ts_value=None, ts_echo=None,
            lost=random.random() < 0.1)
        line.last_heard = next((x for x in reversed(made) if x.sender is not line.sender and not x.lost), None)
        made.append(line)
    return made


def own(line: Line, before: list[Line]) -> list[Line]:
    return [x for x in before if x.sender is line.sender]


def peer(line: Line, before: list[Line]) -> list[Line]:
    return [x for x in before if x.sender is not line.sender]


def last(found: list[Line]) -> Line | None:
    return found[-1] if found else None


def offender(line: Line, before: list[Line], acked: dict[int, Line]) -> Line | None:
    resets = [x for x in own(line, before) if x.kinds & k.RST and not x.flags & t.ACK and x.seq == line.seq]
    asked = [x for x in peer(line, before) if x.ack == line.seq and not x.lost and not x.kinds & k.RST
             and x.end > x.seq and x.packet not in acked]
    return asked[min(len(resets), len(asked) - 1)] if asked and not line.flags & t.ACK else line.last_heard


def really_sent(line: Line, before: list[Line], acked: dict[int, Line]) -> bool:
    if not line.kinds & k.RST or line.kinds & k.CAPTURED_TWICE:
        return False
    heard = offender(line, before, acked)
    return not line.kinds & k.NOT_ACCEPTABLE or (heard is not None and heard.ack == line.seq)


@pytest.mark.parametrize("seed", range(40))
def test_it_says_what_looking_back_says(seed: int) -> None:
    lines = lines_of(seed)
    acked = {3: lines[20], 9: lines[12]}
    past = Past(lines, acked)
    assert past.senders == {line.sender for line in lines}
    for line in lines:
        before = lines[:line.index]
        mine, other = own(line, before), peer(line, before)
        same = [x for x in mine if x.kinds & k.SYN]
        assert past.of_kind(line, k.SYN) == (len(same), same[0] if same else None, last(same))
        assert past.data_ending(line) is last([x for x in mine if x.length and x.data_end == line.data_start])
        assert past.duplicates(line, line.sender.other, line.seq).times == len(
            [x for x in other if x.kinds & k.DUPLICATE_ACK and x.ack == line.seq])
        if line.kinds & k.RST:
            assert past.offender(line) is offender(line, before, acked)
            assert past.reset(line) is last([x for x in mine if really_sent(x, lines[:x.index], acked)])
            heard = last(other)
            probes = [x for x in mine if x.kinds & k.KEEP_ALIVE and (heard is None or x.index > heard.index)]
            assert past.heard(line) is heard
            assert past.keep_alives(line) == (len(probes), probes[0] if probes else None, last(probes))
            assert past.only_opened(line) == (bool(mine) and all(x.kinds & k.SYN_ACK for x in mine))
            assert past.data(line, line.sender.other) is last([x for x in other if x.length and not x.lost])
        if line.kinds & k.FIN:
            assert past.fin(line, line.sender.other) is last([x for x in other if x.kinds & k.FIN])
        assert past.scaled(line) is last([x for x in mine if x.ack is not None and x.scaled])
        if line.kinds & (k.NOT_ACCEPTABLE | k.WINDOW_FULL):
            assert past.acked(line) is last([x for x in other if x.ack is not None])
        if line.kinds & k.SYN_ACK:
            assert past.pure_ack(line) is last([x for x in other if x.is_pure_ack()])
        if line.kinds & k.RETRANSMISSION:
            assert past.copy(line) is last([x for x in mine if x.seq <= line.seq < x.end])
        if line.kinds & (k.LOST_SEGMENT | k.ACKED_UNSEEN):
            assert past.reached(line, line.sender, -1) == max((x.end for x in mine), default=-1)
            assert past.reached(line, line.sender.other, -1) == max((x.end for x in other), default=-1)


@pytest.mark.parametrize("seed", range(40))
def test_probes_of_a_closed_window(seed: int) -> None:
    lines = lines_of(seed)
    past = Past(lines, {})
    for line in (x for x in lines if x.kinds & k.ZERO_WINDOW_PROBE):
        closed = probe = None
        for x in reversed(lines[:line.index]):
            if x.sender is not line.sender and x.ack is not None:
                if x.window:
                    break
                closed = x
            elif x.kinds & k.ZERO_WINDOW_PROBE and probe is None:
                probe = x
        assert (past.closed(line), past.probe(line)) == (closed, probe)


def test_a_side_that_only_answered_the_syn() -> None:
    opened = 0
    for seed in range(60):
        lines = lines_of(seed, 8)
        past = Past(lines, {})
        opened += sum(past.only_opened(line) for line in lines if line.kinds & k.RST)
    assert opened > 0  # so that the comparison above has met both answers


@pytest.mark.parametrize("seed", range(20))
def test_what_was_told_behind_a_line(seed: int) -> None:
    random, lines = Random(seed), lines_of(seed)
    for line in lines:
        told = [x for x in peer(line, lines[:line.index]) if x.ack is not None]
        if told and random.random() < 0.5:
            line.newest, line.step = random.choice(told), AckStep(0, 1, 0, random.randrange(2), 0, ())
    past = Past(lines, {})
    for line in lines:
        told = [x.newest for x in lines if x.sender is line.sender and x.step is not None and x.step.data
                and x.newest is not None and x.newest.index > line.index and not x.kinds & k.RST]
        highest = max((x.ack for x in told if x.ack is not None), default=None)
        assert past.told_after(line) == (highest if highest is not None else past.told_after(lines[-1]))

"""What else a packet shows beside its cause: windows, piggy-backed ACKs, artefacts, and what the wire did to it."""

from __future__ import annotations

from whywire.connections import kinds as k
from whywire.connections.causes import data, fins, loss, opening, resets
from whywire.connections.causes.say import p, reason
from whywire.connections.model import CallShare, Certainty, OpenKind, Reason
from whywire.connections.scene import Line, Scene
from whywire.connections.trace import Bank
from whywire.connections.why import Why

WIRE = {"dropped": Why.WIRE_DROPPED, "delayed": Why.WIRE_DELAYED, "reordered": Why.WIRE_DELAYED,
        "duplicated": Why.WIRE_DUPLICATED, "corrupted": Why.WIRE_CORRUPTED, "overflow": Why.WIRE_DROPPED}
GREATEST_SCALE = 14
"""RFC 7323 2.3; where the SYNs were not seen, any scale may be in use."""


def notes(line: Line, scene: Scene, carried: tuple[CallShare, ...]) -> tuple[Reason, ...]:
    """Return the further statements about a packet, the most telling first."""
    found = _wire(line, scene)
    if line.kinds & k.NOT_ACCEPTABLE:
        return (*found, resets.ignored(line, scene))
    if line.kinds & k.CAPTURED_TWICE:
        return tuple(found)
    held = data.held(line, scene, carried)
    if held is not None:
        found.append(held)
    if line.kinds & k.FIN and line.first_copy is None:
        found += fins.notes(line, scene)
    if line.kinds & k.RST and scene.opening.kind is not OpenKind.REFUSED:
        found.append(reason(Why.RST_NO_NUMBER))
    if line.kinds & k.RST and line.length:
        found.append(reason(Why.RST_WITH_BYTES, certainty=Certainty.LIKELY, bytes=line.length))
    if line.kinds & k.SYN:
        unanswered = opening.ignored(line, scene)
        if unanswered is not None:
            found.append(unanswered)
    found += _again(line, scene)
    found += _artefacts(line, scene)
    if line.step is not None and (line.length or (line.kinds & k.FIN and not line.step.fin)) and line.newest:
        found.append(reason(Why.ACK_PIGGYBACK, p(line.newest.packet), packet=line.newest.packet))
    found += _sack(line, scene)
    if line.kinds & k.SYN_ACK and line.first_copy is not None:
        third = scene.past.pure_ack(line)
        if third is not None and (third.lost or not scene.is_local(line.sender)
                                  or third.arrived_ns <= line.time_ns):
            found.append(reason(Why.ACK_NOT_TAKEN, p(third.packet), certainty=Certainty.LIKELY, packet=third.packet))
    found += _windows(line, scene)
    return tuple(found)


def _wire(line: Line, scene: Scene) -> list[Reason]:
    event = scene.wire.get(line.packet)
    if loss.copy_by_the_wire(line, scene) is not None:
        return []
    found = [reason(Why.STILL_TRAVELLING)] if line.travelling else []
    if event is not None and event.kind in WIRE:
        return [reason(WIRE[event.kind], certainty=Certainty.KNOWN, event=event.number, rule=event.rule), *found]
    return [reason(Why.NOT_ARRIVED)] if line.lost else found


def _again(line: Line, scene: Scene) -> list[Reason]:
    last = scene.past.copy(line) if line.kinds & k.RETRANSMISSION else None
    if last is not None and last.lost and line.first_copy is not None and line.first_copy.lost:
        return [reason(Why.RETRANSMISSION_LOST, p(line.first_copy.packet), packet=line.first_copy.packet)]
    if line.kinds & k.OUT_OF_ORDER:
        return [reason(Why.OUT_OF_ORDER, certainty=Certainty.INFERRED, packet=None)]
    return []


def _artefacts(line: Line, scene: Scene) -> list[Reason]:
    found = []
    if line.kinds & k.SUPER_SEGMENT:
        found.append(reason(Why.SUPER_SEGMENT, certainty=Certainty.ARTEFACT,
                            bytes=line.length, segment_size=scene.segment_size))
    if line.kinds & k.LOST_SEGMENT:
        reached = scene.past.reached(line, line.sender, line.seq)
        found.append(reason(Why.LOST_BEFORE, certainty=Certainty.ARTEFACT, bytes=max(0, line.seq - reached)))
    if line.kinds & k.ACKED_UNSEEN and line.ack is not None:
        reached = scene.past.reached(line, line.sender.other, line.ack)
        found.append(reason(Why.ACKED_UNSEEN, certainty=Certainty.ARTEFACT, bytes=max(0, line.ack - reached)))
    return found


def _sack(line: Line, scene: Scene) -> list[Reason]:
    """RFC 2018; a first block that lies below the ACK or inside the second one reports a duplicate (RFC 2883 4)."""
    if not line.sack or line.ack is None:
        return []
    edge = _farthest(line, line.ack, scene)
    blocks = [block for block in line.sack if block[1] <= edge]
    found = [reason(Why.SACK_INVALID, low=low, high=high - 1) for low, high in line.sack if high > edge][:1]
    if not blocks:
        return found
    low, high = blocks[0]
    inside = len(blocks) > 1 and blocks[1][0] <= low and high <= blocks[1][1]
    if high <= line.ack or inside:
        found.append(reason(Why.DSACKED, low=low, high=high - 1))
        if len(blocks) == 1:
            return found
        low, high = blocks[1]
    return [*found, reason(Why.SACKED, low=low, high=high - 1, ack=line.ack)]


def _farthest(line: Line, ack: int, scene: Scene) -> int:
    """Return the end of the widest window that this side can ever have announced: its ACKs only grow."""
    scale = scene.ends[line.sender].window_scale if scene.scaling else 0
    return ack + (0xFFFF << (GREATEST_SCALE if scene.scaling is None or scale is None else scale))


def _windows(line: Line, scene: Scene) -> list[Reason]:
    if line.kinds & k.RST:
        return []
    found, before = [], line.window_before
    bank = scene.bank_of(line)
    if line.kinds & k.ZERO_WINDOW and not line.kinds & k.ZERO_WINDOW_PROBE_ACK:
        found.append(reason(Why.WINDOW_CLOSED, unread=_unread(line, scene, bank)))
    elif before == 0 and line.window > 0:
        found.append(reason(Why.WINDOW_REOPENED, before=before, after=line.window))
    elif before is not None and before - line.window >= _unit(line, scene) and line.step and line.step.data \
            and not line.kinds & k.FIN:  # on a FIN the window says little: everything was read, or nobody will
        found.append(reason(Why.WINDOW_SHRANK, before=before, after=line.window, by=before - line.window,
                            unread=_unread(line, scene, bank), side=line.sender.value))
    if line.kinds & k.WINDOW_FULL:
        peer = scene.past.acked(line)
        found.append(reason(Why.WINDOW_FILLED, window=peer.window if peer else None))
    return found


def _unit(line: Line, scene: Scene) -> int:
    """Return the step in which this side can announce windows; a smaller change may be rounding."""
    return 1 << (scene.ends[line.sender].window_scale or 0) if scene.scaling else 1


def _unread(line: Line, scene: Scene, bank: Bank | None) -> int | None:
    """Return the acknowledged bytes that no recv() had taken yet; only where the trace shows every recv()."""
    if bank is None or line.ack is None or not scene.is_local(line.sender):
        return None
    fin = scene.fin.get(line.sender.other)
    arrived = line.ack - 1 - int(fin is not None and line.ack >= fin.end)
    unread = arrived - bank.received_before(line.time_ns)
    return unread if unread >= 0 else None

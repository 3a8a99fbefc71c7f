"""Why each packet is there. One file a kind of segment; `cause_of` picks the file.

    opening   SYN, SYN-ACK, the third packet      data    whose bytes, and why they left when they did
    acks      pure acknowledgments                fins    FIN: close, shutdown, exit
    resets    RST, by cause                       loss    sent again, probes
    notes     what else a packet shows            say     how a cause is written down
"""

from __future__ import annotations

from whywire.connections import kinds as k
from whywire.connections.causes import acks, data, fins, loss, opening, resets
from whywire.connections.causes.notes import notes
from whywire.connections.causes.say import artefact, p
from whywire.connections.model import CallShare, Cause
from whywire.connections.scene import Line, Scene
from whywire.connections.why import Why

__all__ = ["cause_of", "notes"]


def cause_of(line: Line, scene: Scene, carried: tuple[CallShare, ...]) -> Cause:
    """Return why ``line`` is on the wire; ``carried`` is whose bytes it has (`data.shares`)."""
    kinds = line.kinds
    if kinds & k.CAPTURED_TWICE:
        twin = next((x for x in scene.back(line) if x.sender is line.sender), None)
        return artefact(p(twin.packet if twin else None), Why.CAPTURED_TWICE, packet=twin.packet if twin else None)
    made = loss.copy_by_the_wire(line, scene)
    if made is not None:
        return made
    if kinds & k.RST:
        return resets.judge(line, scene).cause
    if kinds & k.SYN:
        return opening.syn(line, scene)
    if kinds & k.SYN_ACK:
        return opening.syn_ack(line, scene)
    if kinds & k.RETRANSMISSION:
        return loss.retransmission(line, scene)
    if kinds & k.KEEP_ALIVE:
        return loss.keep_alive(line, scene)
    if kinds & k.ZERO_WINDOW_PROBE:
        return loss.window_probe(line, scene)
    if kinds & k.DATA:
        return data.cause(line, scene, carried)
    if kinds & k.FIN:
        return fins.cause(line, scene)
    if opening.is_third(line, scene):
        return opening.third(line, scene)
    return acks.cause(line, scene)

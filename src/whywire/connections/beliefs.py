"""Misreadings that learners are known to have (tests/captures/founding/TRUTH.md), only where they would arise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from whywire.connections import kinds as k
from whywire.connections.causes.say import p, reason
from whywire.connections.model import CloseKind, Closing, Pause, Reason, Side
from whywire.connections.scene import Line, Scene
from whywire.connections.why import Why

MOST = 2
"""More than two would be a lecture."""
LARGE = 5_000


def find_beliefs(scene: Scene, closing: Closing, pauses: tuple[Pause, ...]) -> tuple[Reason, ...]:
    """Return the misreadings that this connection invites, the most tempting first."""
    candidates = (
        _too_much(scene, closing), _ack_means_read(scene, pauses), _empty_fin(scene, pauses),
        _closes_by_itself(scene, closing), _plus_one(scene),
    )
    return tuple(belief for belief in candidates if belief is not None)[:MOST]


def _too_much(scene: Scene, closing: Closing) -> Reason | None:
    """A reset after much data that was acknowledged: "it could not cope with it"."""
    if closing.kind is not CloseKind.RESET or not closing.rsts:
        return None
    rst = closing.rsts[0]
    got = sum(x.length for x in scene.lines if x.sender is not rst.sender and x.first_copy is None
              and x.packet in scene.acked_by)
    return reason(Why.BELIEF_TOO_MUCH, p(rst.packet), bytes=got, side=rst.sender.value) if got >= LARGE else None


def _ack_means_read(scene: Scene, pauses: tuple[Pause, ...]) -> Reason | None:
    """Data is acknowledged at once and answered only after a pause: the ACK said nothing about the program."""
    acks = [x for x in scene.lines if x.is_pure_ack() and x.step and x.step.data] if pauses else []
    for pause in pauses:
        before = bisect_right(acks, pause.after, key=lambda x: x.packet)
        if before and acks[before - 1].sender is _actor(scene, pause):
            ack = acks[before - 1]
            return reason(Why.BELIEF_ACK_READ, p(ack.packet), packet=ack.packet, side=ack.sender.value)
    return None


def _actor(scene: Scene, pause: Pause) -> Side:
    """Return who sent the packet that ended a pause. Packet numbers ascend in a connection."""
    return scene.lines[bisect_left(scene.lines, pause.before, key=lambda x: x.packet)].sender


def _empty_fin(scene: Scene, pauses: tuple[Pause, ...]) -> Reason | None:
    """A FIN, a pause, and then the other FIN: "it sent empty data and the server had to wait"."""
    for pause in pauses:
        fins = [x for x in scene.fin.values() if x.packet <= pause.after]
        if len(fins) == 1 and _actor(scene, pause) is fins[0].sender.other and fins[0].sender.other in scene.fin:
            return reason(Why.BELIEF_EMPTY_FIN, p(fins[0].packet), packet=fins[0].packet, side=fins[0].sender.value)
    return None


def _closes_by_itself(scene: Scene, closing: Closing) -> Reason | None:
    """FIN answered by FIN: "it understood that the connection is over, so it closes too"."""
    if closing.kind is not CloseKind.ORDERLY or closing.first != "server":
        return None
    fin = scene.fin[Side.CLIENT]
    return reason(Why.BELIEF_CLOSES_BY_ITSELF, p(fin.packet), packet=fin.packet, side=Side.CLIENT.value)


def _plus_one(scene: Scene) -> Reason | None:
    """The first ACK of data: "ack is the last sequence number plus 1"."""
    first: Line | None = next((x for x in scene.lines if x.step is not None and x.step.data > 1
                               and not x.kinds & k.RST), None)
    if first is None or first.step is None:
        return None
    return reason(Why.BELIEF_ACK_PLUS_ONE, p(first.packet), packet=first.packet, bytes=first.step.data)

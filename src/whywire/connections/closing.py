"""How a connection ended, who began it, who keeps TIME-WAIT, and why (RFC 9293 section 3.6)."""

from __future__ import annotations

from whywire.connections import kinds as k
from whywire.connections.causes import fins, resets
from whywire.connections.causes.say import p, reason
from whywire.connections.model import Cause, Certainty, CloseKind, Closing, Mark, OpenKind, Side
from whywire.connections.scene import Line, Scene
from whywire.connections.states import State
from whywire.connections.why import Why

IDLE_NS = 900_000_000
"""Idle time-outs of servers are a second at least; a FIN after less is taken as the program's next step."""
DONE = (State.TIME_WAIT, State.CLOSED)


def find_closing(scene: Scene, states: dict[Side, State]) -> Closing:
    """Return how the connection ended; ``states`` are those of the two ends at the end of the capture."""
    rsts = [x for x in scene.lines if x.kinds & k.RST and not x.kinds & k.NOT_ACCEPTABLE]
    marks = tuple(Mark(x.packet, x.sender) for x in sorted(scene.fin.values(), key=lambda x: x.index))
    kind = _kind(scene, rsts, states)
    first = _first(scene, rsts, kind)
    word, others, cause, packet = _cause(scene, rsts, kind, first)
    return Closing(
        kind=kind, half_close=_half_close(scene), first=first, fins=marks,
        rsts=tuple(Mark(x.packet, x.sender) for x in rsts), time_wait=_time_wait(scene, kind, first),
        cause_kind=word, others=others, cause=cause, packet=packet,
    )


def _kind(scene: Scene, rsts: list[Line], states: dict[Side, State]) -> CloseKind:
    both = len(scene.fin) == 2
    if scene.opening.kind is OpenKind.REFUSED:
        return CloseKind.REFUSED
    if rsts and not (both and all(state in DONE for state in states.values())):
        return CloseKind.FIN_THEN_RESET if _fin_before(scene, rsts[0]) else CloseKind.RESET
    if both:
        one, other = scene.fin.values()
        return CloseKind.SIMULTANEOUS if fins.crossed(one, other) else CloseKind.ORDERLY
    return CloseKind.UNFINISHED if scene.fin else CloseKind.OPEN


def _fin_before(scene: Scene, rst: Line) -> bool:
    return any(fin.index < rst.index for fin in scene.fin.values())


def _first(scene: Scene, rsts: list[Line], kind: CloseKind) -> str | None:
    if kind is CloseKind.SIMULTANEOUS or (len(scene.fin) == 2 and fins.crossed(*scene.fin.values())):
        return "both"
    if scene.fin:
        return min(scene.fin.values(), key=lambda x: x.index).sender.value
    return rsts[0].sender.value if rsts else None


def _half_close(scene: Scene) -> bool:
    """Tell whether one side sent new data although it knew (had acknowledged) that the other had ended."""
    for line in scene.lines:
        fin = scene.fin.get(line.sender.other)
        if (fin is not None and line.length and line.first_copy is None and fin.index < line.index
                and line.ack is not None and line.ack >= fin.end and not line.kinds & (k.RST | k.CAPTURED_TWICE)):
            return True
    return False


def _time_wait(scene: Scene, kind: CloseKind, first: str | None) -> str | None:
    """Return who ends up in TIME-WAIT by the rules; None where that hangs on what the capture does not show."""
    if kind in (CloseKind.RESET, CloseKind.FIN_THEN_RESET, CloseKind.REFUSED):
        return "none"
    if kind in (CloseKind.ORDERLY, CloseKind.SIMULTANEOUS):
        return first
    if kind is CloseKind.UNFINISHED:
        fin = next(iter(scene.fin.values()))
        return first if fin.packet in scene.acked_by else None  # unacknowledged, the FINs might still cross
    return None


def _cause(
    scene: Scene, rsts: list[Line], kind: CloseKind, first: str | None
) -> tuple[str, tuple[str, ...], Cause | None, int | None]:
    if kind is CloseKind.OPEN:
        return "unknown", (), None, None
    if kind in (CloseKind.RESET, CloseKind.FIN_THEN_RESET, CloseKind.REFUSED):
        verdict = resets.root(rsts[0], scene)
        return verdict.kind, verdict.others, verdict.cause, rsts[0].packet
    fin = min(scene.fin.values(), key=lambda x: x.index)
    cause = fins.cause(fin, scene)
    idle = _idle_before(fin, scene)
    if cause.certainty is Certainty.INFERRED and kind is CloseKind.ORDERLY and idle is not None and first != "both":
        cause = Cause(cause.kind, Certainty.LIKELY, cause.reason, cause.ref,
                      (reason(Why.CLOSE_IDLE_TIMEOUT, p(fin.packet), side=fin.sender.value, idle_ns=idle),),
                      reason(Why.DECIDE_CALLS, side=fin.sender.value))
        return "program", ("idle-timeout",), cause, fin.packet
    return "program", (), cause, fin.packet


def _idle_before(fin: Line, scene: Scene) -> int | None:
    """Return how long the side that closed had waited for the peer's next word; None when it was not waiting.

    A server that gives up an idle connection has answered (or never been asked) and then waits in vain.
    """
    last = next((x for x in scene.back(fin) if x.length), None)
    if last is not None and last.sender is not fin.sender:
        return None
    if last is None and fin.sender is Side.CLIENT:
        return None
    reference = last or next((x for x in scene.back(fin)), None)
    if reference is None or fin.length:
        return None
    idle = fin.time_ns - reference.time_ns
    return idle if idle >= IDLE_NS else None

"""The JSON of requests, responses, how a connection was used, and how connections belong together."""

from __future__ import annotations

from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.story.records import ConnectionUse, Exchange, Exchanges, Gap, Link, Message

Object = dict[str, Any]


def exchanges_of(found: Exchanges | None, connection: int) -> list[Object] | None:
    """Return the exchanges of a connection; None where they were not asked for."""
    return None if found is None else [_exchange(one) for one in found.of(connection)]


def use_of(found: Exchanges | None, connection: int) -> Object | None:
    """Return what a connection was used for; None where that was not asked for."""
    return None if found is None else _use(found.use(connection))


def _exchange(one: Exchange) -> Object:
    return {
        "id": str(one.ref), "protocol": one.protocol, "from": one.requester.value,
        "request": None if one.request is None else {
            **_message(one.request), "method": one.request.method, "target": one.request.target},
        "response": None if one.response is None else {**_message(one.response), "status": one.response.status},
        "interim": [{**_message(message), "status": message.status} for message in one.interim],
        "certainty": one.pairing.value, "or": list(one.others), "pipelined": one.pipelined,
        "switched_to": one.switched_to, "wait_ns": one.wait_ns,
    }


def _message(message: Message) -> Object:
    return {
        "first_packet": message.first_packet, "last_packet": message.last_packet, "bytes": message.bytes,
        "head_bytes": message.head_bytes, "body_bytes": message.body_bytes, "missing_bytes": message.missing_bytes,
        "promised_bytes": message.promised_bytes, "framing": message.framing, "fate": message.fate,
        "first_ns": message.first_ns, "last_ns": message.last_ns, "version": message.version or None,
        "headers": [{"name": name, "value": value} for name, value in message.headers],
        "flaws": [{"kind": kind, "text": text} for kind, text in message.flaws],
    }


def _use(use: ConnectionUse) -> Object:
    return {
        "protocol": use.protocol, "reuse": use.reuse, "unused": use.unused,
        "gaps": [_gap(gap) for gap in use.gaps],
        "races": [{"exchange": f"x{race.exchange}", "request": race.request, "fin": race.fin, "knew": race.knew,
                   "reset": race.reset, "certainty": race.certainty.value} for race in use.races],
        "waits": [{"exchange": f"x{wait.exchange}", "behind": f"c{wait.behind}", "wait_ns": wait.wait_ns,
                   "acknowledged": wait.acknowledged, "released": wait.released, "answered": wait.answered,
                   "certainty": wait.certainty.value, "or": list(wait.others),
                   "accept": None if wait.accept is None else f"k{wait.accept}"} for wait in use.waits],
        "problems": [{"from": side.value, "position": position, "text": text} for side, position, text in use.problems],
    }


def _gap(gap: Gap) -> Object:
    return {
        "after": gap.after, "before": gap.before, "start_ns": gap.start_ns, "end_ns": gap.end_ns,
        "ended_by": gap.ended_by, "by": None if gap.by is None else gap.by.value,
        "timed_out": None if gap.timed_out is None else gap.timed_out.value, "certainty": gap.certainty.value,
        "or": list(gap.others), "announced_ns": gap.announced_ns,
    }


def link_of(link: Link) -> Object:
    """Return how two connections or exchanges belong together."""
    return {"kind": link.kind, "from": str(link.source), "to": str(link.target), "certainty": link.certainty.value,
            "because": [f"p{packet}" for packet in link.packets], "or": list(link.others), "detail": dict(link.detail)}

"""`find`: from an account and its packets' bytes to exchanges, uses and links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whywire.connections.model import Account, Connection, Side
from whywire.exchanges import detect, links, proxy, use, waiting
from whywire.exchanges.model import Exchange, Exchanges, Message
from whywire.exchanges.spoken import Spoken, in_order
from whywire.exchanges.stream import Payload, Stream
from whywire.packets.table import Capture


def payload_of(capture: Capture) -> Callable[[int], bytes]:
    """Return the function that reads the captured payload of packet ``number`` of a capture again."""
    return lambda number: capture.payload(number - 1)


def find(account: Account, payload: Payload) -> Exchanges:
    """Return what was asked and answered on every connection, and how the connections belong together.

    ``payload(packet)`` returns the captured bytes of a packet's TCP payload; fewer than its segment's length where the
    capture cut it. Never raises for what a capture holds.
    """
    spoken = [speak(connection, payload) for connection in account.connections]
    flat = sorted((one for each in spoken for one in each.exchanges), key=in_order)
    numbers = {(one.connection, one.number): index for index, one in enumerate(flat, 1)}
    for each in spoken:
        each.exchanges = [replace(one, number=numbers[one.connection, one.number]) for one in each.exchanges]
    exchanges = tuple(sorted((one for each in spoken for one in each.exchanges), key=lambda one: one.number))
    waits = waiting.find_waits(spoken)
    habits = use.habits(spoken)
    uses = tuple(use.use_of(each, waits.get(each.connection.number, ()), habits) for each in spoken)
    found = (*links.find_links(spoken), *proxy.find_proxies(spoken, payload))
    return Exchanges(exchanges, uses, tuple(sorted(found, key=lambda link: (link.packets, link.kind))))


def speak(connection: Connection, payload: Payload) -> Spoken:
    """Return the exchanges of one connection, numbered from 1 within it."""
    streams = {side: Stream(connection, side) for side in Side}
    spoken = Spoken(connection, streams)
    if not any(stream.pieces for stream in streams.values()):
        return spoken
    found = detect.detect(streams, payload)
    if found is None:
        return spoken
    spoken.protocol, spoken.requester = found.protocol, found.requester
    asks, answers = streams[found.requester], streams[found.requester.other]
    reset = bool(connection.closing.rsts)
    if found.protocol == detect.HTTP:
        from whywire.exchanges import http  # each protocol's code is loaded when somebody speaks it

        requests = http.Half(asks, payload, reset=reset)
        responses = http.Half(answers, payload, requests, reset=reset)
        http.converse(requests, responses)
        spoken.exchanges = http.exchanges(connection.number, requests, responses)
        spoken.problems = [(half.stream.side, at, text) for half in (requests, responses) for at, text in half.problems]
    else:
        from whywire.exchanges import calc

        spoken.exchanges = _in_order(connection.number, found.requester, calc.messages(asks, payload, reset),
                                     calc.messages(answers, payload, reset))
    return spoken


def _in_order(number: int, requester: Side, asks: list[Message], answers: list[Message]) -> list[Exchange]:
    count = max(len(asks), len(answers))
    return [Exchange(index + 1, number, "calc", requester, asks[index] if index < len(asks) else None,
                     answers[index] if index < len(answers) else None) for index in range(count)]

"""`find`: from an account and its packets' bytes to exchanges, uses and links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whywire.connections.model import Account, Certainty, Connection, Side
from whywire.exchanges import calc, detect, http, links, proxy, use, waiting
from whywire.exchanges.message import Draft, finish
from whywire.exchanges.model import Exchange, Exchanges, Message
from whywire.exchanges.spoken import Spoken
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
    spoken = [_speak(connection, payload) for connection in account.connections]
    flat = sorted((one for each in spoken for one in each.exchanges), key=_order)
    numbers = {(one.connection, one.number): index for index, one in enumerate(flat, 1)}
    for each in spoken:
        each.exchanges = [replace(one, number=numbers[one.connection, one.number]) for one in each.exchanges]
    exchanges = tuple(sorted((one for each in spoken for one in each.exchanges), key=lambda one: one.number))
    waits = waiting.find_waits(spoken)
    habits = use.habits(spoken)
    uses = tuple(use.use_of(each, waits.get(each.connection.number, ()), habits) for each in spoken)
    found = (*links.find_links(spoken), *proxy.find_proxies(spoken, payload))
    return Exchanges(exchanges, uses, tuple(sorted(found, key=lambda link: (link.packets, link.kind))))


def _order(one: Exchange) -> tuple[int, int, int]:
    return one.first_packet or 1 << 60, one.connection, one.number


def _speak(connection: Connection, payload: Payload) -> Spoken:
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
        requests = http.Half(asks, payload, reset=reset)
        responses = http.Half(answers, payload, requests, reset=reset)
        http.converse(requests, responses)
        spoken.exchanges = _http_exchanges(connection.number, found.requester, requests, responses)
        spoken.problems = [(half.stream.side, at, text) for half in (requests, responses) for at, text in half.problems]
    else:
        spoken.exchanges = _in_order(connection.number, found.requester, calc.messages(asks, payload, reset),
                                     calc.messages(answers, payload, reset))
    return spoken


def _http_exchanges(number: int, requester: Side, requests: http.Half, responses: http.Half) -> list[Exchange]:
    answers: dict[int, list[Draft]] = {}
    alone: list[Draft] = []
    for draft in responses.messages:
        if draft.request is None:
            alone.append(draft)
        else:
            answers.setdefault(id(draft.request), []).append(draft)
    done = {id(draft): finish(draft, half.stream) for half in (requests, responses) for draft in half.messages}
    found: list[Exchange] = []
    for request in requests.messages:
        own = answers.get(id(request), [])
        final = next((d for d in own if d.is_final), None)
        asked, answered = done[id(request)], done[id(final)] if final else None
        found.append(Exchange(
            0, number, f"http/{asked.version}", requester, asked, answered,
            tuple(done[id(d)] for d in own if not d.is_final), *_pairing(final),
            pipelined=_pipelined(found, asked), switched_to=http.switched_to(final)))
    for draft in alone:
        one = done[id(draft)]
        found.append(Exchange(0, number, f"http/{one.version}", requester, None, one,
                              switched_to=http.switched_to(draft)))
    found.sort(key=_order)
    return [replace(one, number=index) for index, one in enumerate(found, 1)]


def _pairing(final: Draft | None) -> tuple[Certainty, tuple[str, ...]]:
    if final is None or final.sure:
        return Certainty.INFERRED, ()
    return Certainty.LIKELY, ("lost-count",)


def _pipelined(before: list[Exchange], asked: Message) -> bool:
    """Tell whether a request left before the response to the one before it was complete."""
    if not before or asked.first_packet is None:
        return False
    last, answer = before[-1].request, before[-1].response
    done = answer.last_packet if answer is not None else last.last_packet if last is not None else None
    return done is not None and asked.first_packet <= done


def _in_order(number: int, requester: Side, asks: list[Message], answers: list[Message]) -> list[Exchange]:
    count = max(len(asks), len(answers))
    return [Exchange(index + 1, number, "calc", requester, asks[index] if index < len(asks) else None,
                     answers[index] if index < len(answers) else None) for index in range(count)]

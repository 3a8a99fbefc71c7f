"""Requests and their responses as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from whywire.exchanges.model import Exchange, Message
from whywire.tables.schema import Field, Of, Schema
from whywire.tables.table import Table

UNSEEN = {"request": "no request was seen", "response": "no response was seen"}


def _of(rule: Callable[[Exchange], Any]) -> Of:
    return Of(rule, ("objects",))


def _part(name: str, rule: Callable[[Message], Any]) -> Of:
    def value(one: Exchange) -> Any:
        message = one.request if name == "request" else one.response
        return None if message is None else rule(message)

    return Of(value, ("objects",))


def _message(part: str) -> tuple[Field, ...]:
    """Return the columns of one of the two messages."""
    null = UNSEEN[part]
    return (
        Field(f"{part}_first_packet", "uint64", "", "carries its first byte", "missing in the capture, or " + null,
              _part(part, lambda message: message.first_packet)),
        Field(f"{part}_last_packet", "uint64", "", "completes it", "not complete, or " + null,
              _part(part, lambda message: message.last_packet)),
        Field(f"{part}_first_ns", "int64", "ns", "since 1970: its first byte", "not captured, or " + null,
              _part(part, lambda message: message.first_ns)),
        Field(f"{part}_last_ns", "int64", "ns", "since 1970: its last byte", "not complete, or " + null,
              _part(part, lambda message: message.last_ns)),
        Field(f"{part}_bytes", "int64", "bytes", "of the whole message; not complete: those that were seen", null,
              _part(part, lambda message: message.bytes)),
        Field(f"{part}_body_bytes", "int64", "bytes", "content, without chunk lines", "not known, or " + null,
              _part(part, lambda message: message.body_bytes)),
        Field(f"{part}_missing_bytes", "int64", "bytes", "of these, in packets that are missing in the capture", null,
              _part(part, lambda message: message.missing_bytes)),
        Field(f"{part}_framing", "word", "", "none, length, chunked, until-close, tunnel", null,
              _part(part, lambda message: message.framing)),
        Field(f"{part}_fate", "word", "", "complete, cut, reset, closed-early, hole, malformed", null,
              _part(part, lambda message: message.fate)),
    )


FIELDS = (
    Field("number", "uint32", "", "the exchange's number, from 1 (x1), in the order of their first packets",
          from_=_of(lambda one: one.number)),
    Field("connection", "uint32", "", "number of its connection (c1)", from_=_of(lambda one: one.connection)),
    Field("protocol", "word", "", "http/1.1, http/1.0, calc", from_=_of(lambda one: one.protocol)),
    Field("requester", "word", "", "who asked: client, server", from_=_of(lambda one: one.requester.value)),
    Field("method", "text", "", "of the request", "it has none, or " + UNSEEN["request"],
          _part("request", lambda message: message.method)),
    Field("target", "text", "", "of the request", "it has none, or " + UNSEEN["request"],
          _part("request", lambda message: message.target)),
    Field("status", "uint16", "", "of the response", "it has none, or " + UNSEEN["response"],
          _part("response", lambda message: message.status)),
    Field("wait_ns", "int64", "ns", "from the request's last packet to the response's first one, where it was captured",
          "one of them was not seen", _of(lambda one: one.wait_ns)),
    Field("interim", "uint32", "", "1xx responses before the final one", from_=_of(lambda one: len(one.interim))),
    Field("pipelined", "bool", "", "sent before the response to the one before was complete",
          from_=_of(lambda one: one.pipelined)),
    Field("switched_to", "text", "", "the protocol that the connection speaks from here on", "it goes on as it was",
          _of(lambda one: one.switched_to)),
    Field("certainty", "word", "", "that the two belong together: inferred (by their order), likely (by time only)",
          from_=_of(lambda one: one.pairing.value)),
    *_message("request"), *_message("response"),
)
EXCHANGES = Schema("exchanges", "Exchange", FIELDS, (
    "number", "connection", "protocol", "method", "target", "status", "request_bytes", "response_bytes", "wait_ns"))


def exchanges(found: Sequence[Exchange]) -> Table:
    """Return exchanges as a table."""
    return Table(EXCHANGES, len(found), {"objects": list(found)})

"""The calculator's client: a connection on which several requests may be under way."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whywire.base.errors import WhywireError
from whywire.protocols.calc import CalcError
from whywire.protocols.calc.content import Answer, read_answer, request
from whywire.protocols.calc.ends import ClientEnd
from whywire.protocols.calc.message import FOR_GOOD

READ = 65536
_UNDER_WAY = 16
_BYTES_UNDER_WAY = 16_384
"""Fewer than any socket's buffer, so that sending never waits for a server that waits for us."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How to ask."""

    steps: bool = False
    may_cache: bool = True
    oldest: int = FOR_GOOD
    """Seconds: the oldest answer that is welcome from a cache; 65535: any."""


class Client:
    """A connection to a calculator or to a proxy in front of one. Close it, or use it in a ``with``.

    Raises WhywireError where there is no answer: nobody listens, a time-out, a server that speaks something else.
    """

    def __init__(self, host: str, port: int, *, connect_s: float = 5.0, answer_s: float = 30.0) -> None:
        self._where = f"{host}:{port}"
        self._answer_s = answer_s
        try:
            self._socket = socket.create_connection((host, port), connect_s)
        except TimeoutError as error:
            raise WhywireError(f"{self._where} did not answer within {connect_s:g} s",
                               "is that the right address?", 1) from error
        except OSError as error:
            raise WhywireError(f"{self._where} can't be reached: {_reason(error)}",
                               f"start a calculator there: whywire calc serve --port {port}", 1) from error
        self._socket.settimeout(answer_s)
        self._end = ClientEnd()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def ask(self, expression: str, wish: Wish | None = None) -> Answer:
        """Return the answer to one expression."""
        return next(iter(self.ask_all([expression], wish)))

    def ask_all(self, expressions: Iterable[str], wish: Wish | None = None) -> Iterator[Answer]:
        """Yield the answers to all expressions, in order; some are asked before the answers before them are here."""
        wish = wish or Wish()
        waiting = (self._request(text, wish) for text in expressions)
        following = next(waiting, None)
        under_way: list[int] = []
        while following is not None or under_way:
            if following is not None and (not under_way or self._has_room(under_way, following)):
                self._send(following)
                under_way.append(len(following))
                following = next(waiting, None)
            else:
                yield self._receive()
                del under_way[0]

    @staticmethod
    def _has_room(under_way: list[int], following: bytes) -> bool:
        return len(under_way) < _UNDER_WAY and sum(under_way) + len(following) <= _BYTES_UNDER_WAY

    def _request(self, expression: str, wish: Wish) -> bytes:
        try:
            return request(expression, now=int(time.time()), steps=wish.steps, may_cache=wish.may_cache,
                           oldest=wish.oldest)
        except CalcError as error:
            raise WhywireError(f"that can't be asked: {error}", "an expression fits into 65,523 bytes") from error

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._lost(error) from error
        self._end.asked()

    def _receive(self) -> Answer:
        try:
            while (found := self._end.next_answer()) is None:
                self._end.feed(self._socket.recv(READ))
            return read_answer(found[1])
        except OSError as error:
            raise self._lost(error) from error
        except CalcError as error:
            raise WhywireError(f"{self._where} did not answer as a calculator: {error}",
                               "does something else listen there?", 1) from error

    def _lost(self, error: OSError) -> WhywireError:
        if isinstance(error, TimeoutError):
            return WhywireError(f"{self._where} did not answer within {self._answer_s:g} s", "", 1)
        return WhywireError(f"{self._where} broke the connection off: {_reason(error)}", "", 1)


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}"
    return (os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)) or "no reason given"

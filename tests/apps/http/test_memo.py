"""What is remembered: the memo says the same as the full parser, for any bytes."""

from __future__ import annotations

import os
import random

import pytest

from whywire.apps.http.judge import Refusal, checked
from whywire.apps.http.memo import LONGEST_BLOCK, SPECIAL, Generations, Memo
from whywire.apps.http.settings import Settings
from whywire.protocols.http1.connection import SERVER, Connection, RemoteProtocolError
from whywire.protocols.http1.events import Request

SETTINGS = Settings()
ROUNDS = int(os.environ.get("WHYWIRE_MUTATIONS", "20000"))
"""10^6 in the full run: WHYWIRE_MUTATIONS=1000000 ./dev test tests/apps/http/test_memo.py"""
LINES = [
    b"GET / HTTP/1.1", b"HEAD /a?b=c HTTP/1.1", b"GET /%2e%2e/ HTTP/1.1", b"POST / HTTP/1.1", b"GET * HTTP/1.1",
    b"GET http://a/ HTTP/1.1", b"GET / HTTP/1.0", b"OPTIONS * HTTP/1.1", b"GET  / HTTP/1.1", b"GET /# HTTP/1.1",
]
FIELDS = [
    b"Host: a", b"Host: a:80", b"host:b", b"Host: [::1]:8000", b"Host: a,b", b"Host: u@h", b"Host:", b"Host: a:99999",
    b"Connection: keep-alive", b"Connection: close", b"Connection: Keep-Alive", b"Accept: */*",
    b"Accept-Encoding: gzip",
    b"Accept-Encoding: br;q=0", b"Cache-Control: no-cache", b"Cookie: a=b; c=\xff", b"User-Agent: x (y; z)",
    b"Content-Length: 0", b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Expect: 100-continue",
    b"Range: bytes=0-1", b"If-None-Match: \"x\"", b"Upgrade: h2c", b"X-A:\tb\t", b"X-Empty:", b" folded", b"X : y",
    b"Bad\x00: y", b"X-Y: a\x00b", b"X-Y: a\rb", b"X-Y: a\nb", b"no colon", b": empty", b"TE: trailers",
]
SPLICES = [b"\r\n", b"\n", b"\r", b"\x00", b":", b" ", b"\t", b"\xff", b",", b"Host: a\r\n", b"/", b"\r\n\r\n", b"1",
           b"#"]


def parse(data: bytes) -> tuple[Request, int] | None:
    """Return the head that the full parser and the door accept at the start of ``data``, and its end."""
    connection = Connection(SERVER, SETTINGS.limits)
    connection.receive(data)
    try:
        event = connection.next_event()
        if not isinstance(event, Request):
            return None
        checked(event, SETTINGS)
    except (RemoteProtocolError, Refusal):
        return None
    assert event.end is not None
    return event, event.end


def mutated(dice: random.Random) -> bytes:
    """Return a request, mostly nearly good."""
    lines = [dice.choice(LINES) if dice.random() < 0.3 else LINES[0]]
    lines += [b"Host: a"] if dice.random() < 0.8 else []
    lines += dice.choices(FIELDS, k=dice.randrange(4))
    data = bytearray(b"\r\n".join(lines) + b"\r\n\r\n")
    for _ in range(dice.choice((0, 0, 1, 1, 2))):
        at = dice.randrange(len(data))
        kind = dice.randrange(3)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            del data[at]
        else:
            data[at:at] = dice.choice(SPLICES)
    return bytes(data)


def test_the_memo_accepts_only_what_the_full_parser_accepts() -> None:
    dice, plain = random.Random(4), 0
    memo = Memo(SETTINGS.limits, SETTINGS.field)
    for _ in range(ROUNDS):
        data = mutated(dice)
        end, stop = data.find(b"\r\n"), data.find(b"\r\n\r\n") + 4
        line = memo.line(data[:end]) if stop >= 4 else None
        facts = memo.block(data[end + 2:stop]) if line is not None else None
        found = parse(data)
        if line is None or facts is None:
            if found is not None and line is not None:
                memo.accepted(data[end + 2:stop])
            continue
        plain += 1
        assert found is not None, data
        request, behind = found
        assert (behind, request.method.encode(), request.target.encode()) == (stop, *line), data
        assert (request.version, request.framing, request.keeps_alive) == ("1.1", "none", True)
        assert not request.may_switch
        headers = tuple((name.decode(), value.decode("latin-1")) for name, value in request.headers)
        assert facts.headers == headers and facts.host == dict(headers)["host"], data
        assert not any(name.encode() in SPECIAL - {b"connection"} for name, _ in headers)
    assert plain > ROUNDS // 10, "the mutations are so wild that nothing is tested"


def test_a_block_is_taken_apart_once() -> None:
    memo = Memo(SETTINGS.limits, SETTINGS.field)
    block = b"Host: a\r\nAccept-Encoding: br\r\nAccept-Encoding: gzip\r\nCache-Control: no-cache\r\n\r\n"
    memo.accepted(block)
    facts = memo.block(block)
    assert facts is not None and memo.block(block) is facts
    assert (facts.host, facts.accept_encoding, facts.cache_control) == ("a", "br, gzip", "no-cache")


def test_a_block_that_comes_again_goes_to_the_full_parser_once() -> None:
    memo = Memo(SETTINGS.limits, SETTINGS.field)
    block = b"Host: a\r\nCookie: n=1\r\n\r\n"
    assert memo.block(block) is not None
    assert memo.block(block) is None
    memo.accepted(block)
    assert memo.block(block) is not None


@pytest.mark.parametrize("block", [
    b"\r\n", b"", b"X: y\r\n\r\n", b"Host: a\r\nHost: a\r\n\r\n", b"Host: a\r\nConnection: close\r\n\r\n",
    b"Host: a\r\n" + b"X: y\r\n" * 100 + b"\r\n", b"Host: a\r\nX: " + b"y" * LONGEST_BLOCK + b"\r\n\r\n",
])
def test_what_is_not_plain_is_left_to_the_full_parser(block: bytes) -> None:
    assert Memo(SETTINGS.limits, SETTINGS.field).block(block) is None


def test_switched_off_it_knows_nothing() -> None:
    memo = Memo(SETTINGS.limits, SETTINGS.field)
    memo.accepted(b"Host: a\r\n\r\n")
    memo.line(LINES[0])
    memo.switch_off()
    assert memo.block(b"Host: a\r\n\r\n") is None
    assert memo.line(LINES[0]) is None


def test_generations_are_bounded_and_keep_what_is_asked_for() -> None:
    kept: Generations[int] = Generations(10)
    kept.put(b"wanted", 1)
    for number in range(1000):
        kept.put(b"%d" % number, number)
        assert kept.find(b"wanted") == 1
        assert len(kept.young) + len(kept.old) <= 20
    assert kept.find(b"3") is None

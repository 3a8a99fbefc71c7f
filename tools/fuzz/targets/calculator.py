"""The calculator: any bytes to its server get answers and an end; any text has a value or an error, and soon."""

from __future__ import annotations

from collections.abc import Iterable

from tools.fuzz.holds import want
from whywire.apps.calc.answers import answer
from whywire.apps.calc.cache import Entry
from whywire.apps.calc.evaluate import evaluate
from whywire.apps.calc.limits import ExpressionError, Limits
from whywire.protocols.calc import CalcError, Message, Reader
from whywire.protocols.calc.content import read_answer, request
from whywire.protocols.calc.ends import ClientEnd, Refusal, ServerEnd

NOW = 1_700_000_000
LIMITS = Limits(characters=2_000, depth=60, digits=300, work=2_000)


def seeds() -> Iterable[bytes]:
    """Expressions as text and as requests; the first byte cuts them."""
    for text in ("1+2", "-2**-1*3", "max(1, pow(2, 3), -(4 % 3))", "sin(pi/2) + log(8, 2) - rand()", "2**10**9", "((((",
                 "1e308*10 - .5e-3", "7 // 2", "\u03c0 + \U0001d7d9"):
        yield b"\x00" + text.encode()
        for steps in (False, True):
            yield b"\x05" + request(text, now=NOW, steps=steps) * 2


def one(data: bytes) -> None:
    """Work the text out; serve the bytes, in pieces and whole; read them as a client and as a cache."""
    if not data:
        return
    step, stream = 1 + data[0] % 32, data[1:]
    _expression(stream.decode("utf-8", "replace"))
    want(_served(stream, step) == _served(stream, len(stream) or 1), "pieces served otherwise")
    _asked(stream, step)
    entry = Entry.unpack(stream)
    want(entry is None or entry.pack() == stream, "an entry came back otherwise")


def _expression(text: str) -> None:
    try:
        worked = evaluate(text, lambda: 0.5, limits=LIMITS, most_steps=5_000)
    except ExpressionError as error:
        want(bool(str(error)), "an error without words")
        return
    want(worked.value - worked.value == 0, "the value is not finite")
    want(sum(map(len, worked.steps)) <= 5_000, "more steps than asked for")
    if worked.steps:
        want(worked.steps[-1] == str(worked.value), "the last step is not the value")


def _served(stream: bytes, step: int) -> list[bytes | Refusal]:
    end = ServerEnd()
    found: list[bytes | Refusal] = []
    for at in range(0, len(stream) + step, step):
        piece = stream[at:at + step]
        if piece:
            end.feed(piece)
        else:
            end.end()
        while (one := end.next_request()) is not None:
            found.append(one if isinstance(one, Refusal) else _answered(one))
    want(end.waiting_bytes == 0, "the end came and bytes still wait")
    return found


def _answered(asked: Message) -> bytes:
    raw = answer(asked, now=NOW, random=lambda: 0.5, limits=LIMITS)
    reader = Reader()
    reader.feed(raw)
    message = reader.next_message()
    assert isinstance(message, Message)
    want(message.end == len(raw) and read_answer(message).status in (200, 400), "not an answer")
    return raw


def _asked(stream: bytes, step: int) -> None:
    end = ClientEnd()
    try:
        for at in range(0, len(stream), step):
            end.feed(stream[at:at + step])
            end.asked()
            while (found := end.next_answer()) is not None:
                read_answer(found[1])
    except CalcError as error:
        want(bool(str(error)), "an error without words")

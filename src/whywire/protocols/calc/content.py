"""What the data of a message says: an expression, or JSON with a result, its steps, or an error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from whywire.protocols.calc.codec import write
from whywire.protocols.calc.message import FOR_GOOD, HEADER_BYTES, MOST_BYTES, NOT_CACHED, CalcError, Message

OK, BAD, TIMEOUT, TOO_LONG = 200, 400, 408, 413
INTERNAL, BAD_GATEWAY, BUSY, GATEWAY_TIMEOUT = 500, 502, 503, 504
MOST_DATA = MOST_BYTES - HEADER_BYTES
"""The most bytes of data that a message can carry."""
MOST_ERROR = 2000
"""Characters of an error's text."""

Number = int | float


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says. Of ``result`` and ``error`` one is None."""

    status: int
    result: Number | None = None
    steps: tuple[str, ...] = ()
    error: str | None = None
    time: int = 0
    """When it was worked out, seconds since 1970, by the clock of who did."""
    cache_seconds: int = NOT_CACHED


def request(expression: str, *, now: int, steps: bool = False, may_cache: bool = True,
            oldest: int = FOR_GOOD) -> bytes:
    """Return the bytes of a request.

    ``oldest`` is the age in seconds of the oldest cached answer that is welcome (0: none, 65535: any). Raises
    CalcError for an expression that fits into no message, or a number that fits into no field.
    """
    try:
        data = expression.encode()
    except UnicodeEncodeError as error:
        raise CalcError(f"the expression is not text: {error.reason}") from error
    return write(Message(True, now, data, may_cache=may_cache, steps=steps, cache_seconds=oldest))


def success(result: Number, steps: Sequence[str], *, now: int, with_steps: bool, fresh_s: int) -> bytes:
    """Return the bytes of an answer with a result. Raises CalcError for one that fits into no message.

    ``fresh_s`` is how long it may be given again from a cache: 0 not at all, 65535 for good.
    """
    data = json.dumps({"result": result, "steps": list(steps)}, ensure_ascii=False, allow_nan=False).encode()
    return write(Message(False, now, data, OK, fresh_s != NOT_CACHED, with_steps, fresh_s))


def failure(status: int, error: str, *, now: int) -> bytes:
    """Return the bytes of an answer that says what went wrong; it is never for a cache."""
    data = json.dumps({"error": error[:MOST_ERROR]}, ensure_ascii=False).encode("utf-8", "replace")
    return write(Message(False, now, data, status))


def read_answer(message: Message) -> Answer:
    """Return what an answer says. Raises CalcError for data that is not an answer's, or does not fit its status."""
    try:
        content = json.loads(message.data or b"", parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # also digits beyond what Python reads as a number
        raise CalcError(f"the answer's data is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise CalcError("the answer's data is JSON, but not an object")
    if message.status != OK:
        error_text = content.get("error")
        if not isinstance(error_text, str):
            raise CalcError(f"the answer has status {message.status} and no text for it")
        return Answer(message.status, error=error_text, time=message.time, cache_seconds=message.cache_seconds)
    result, steps = content.get("result"), content.get("steps", [])
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise CalcError("the answer has status 200 and no number in it")
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
        raise CalcError("the answer's steps are not a list of texts")
    return Answer(OK, result, tuple(steps), None, message.time, message.cache_seconds)


def _refuse(name: str) -> Number:
    raise CalcError(f"{name} is no number that JSON knows")

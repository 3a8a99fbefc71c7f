"""From a request to its answer, without a socket."""

from __future__ import annotations

from collections.abc import Callable

from whywire.apps.calc.evaluate import evaluate
from whywire.apps.calc.limits import ExpressionError, Limits
from whywire.protocols.calc import CalcError, Message
from whywire.protocols.calc.content import BAD, MOST_DATA, failure, success
from whywire.protocols.calc.message import FOR_GOOD, NOT_CACHED


def answer(request: Message, *, now: int, random: Callable[[], float], fresh_s: int = FOR_GOOD,
           limits: Limits | None = None) -> bytes:
    """Return the bytes of the answer to a request.

    ``now`` is the time its header gets, ``random`` gives ``rand()`` its values in [0, 1), ``fresh_s`` is how long a
    result may be given again from a cache. Whatever the request says, the answer is 200 or 400.
    """
    try:
        text = (request.data or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        return failure(BAD, f"the expression is not UTF-8 text: byte {error.start + 1} can't be read", now=now)
    try:
        worked = evaluate(text, random, limits=limits, most_steps=MOST_DATA if request.steps else None)
        return success(worked.value, worked.steps, now=now, with_steps=request.steps,
                       fresh_s=fresh_s if worked.cacheable else NOT_CACHED)
    except ExpressionError as error:
        return failure(BAD, str(error), now=now)
    except CalcError:
        return failure(BAD, "the answer is too long for one message (65,535 bytes); ask without the steps", now=now)

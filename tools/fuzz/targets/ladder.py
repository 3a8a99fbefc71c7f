"""The ladder notation: what is read and written again is the same; anything else is a LadderError."""

from __future__ import annotations

from collections.abc import Iterable

from tools.fuzz.corpus import ROOT
from tools.fuzz.holds import want
from whywire.capture.compile import Compiled
from whywire.ladder import LadderError, parse, to_text


def seeds() -> Iterable[bytes]:
    """The ladders of the tests."""
    return (path.read_bytes() for path in sorted((ROOT / "tests").rglob("*.ladder")))


def one(data: bytes) -> None:
    """Parse, print, parse; then make frames of it."""
    try:
        ladder = parse(data.decode("utf-8", "replace"))
    except LadderError as error:
        want(bool(str(error)), "an error without a sentence")
        return
    text = to_text(ladder)
    want(parse(text) == ladder, "printed and parsed again it differs")
    want(to_text(parse(text)) == text, "printed twice it differs")
    try:
        Compiled(ladder)
    except LadderError as error:
        want(bool(str(error)), "an error without a sentence")

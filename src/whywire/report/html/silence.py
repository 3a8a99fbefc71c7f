"""Why nothing moved for a while, in a picture of one connection or of several: each reason says whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whywire.story.detail import ConnectionDetail, PauseDetail
from whywire.story.words import chapter
from whywire.story.words.language import fill

LONG_NS = 100_000_000
"""Empty time of this length has the reasons of all connections that were silent; a shorter one is nobody's pause."""


def reason(start_ns: int, end_ns: int, details: Sequence[ConnectionDetail]) -> str:
    """Return why nothing moved between two times; empty where nothing is known of it.

    Of one connection: the reason of its silence. Of several: that nothing moved on any, and the reasons by connection,
    first that of the one that went on.
    """
    if len(details) == 1:
        pause = _pause(start_ns, end_ns, details[0])
        return "" if pause is None else pause.why.text
    silent = [(pause.end_ns + _first(each), each.connection.number, pause.why.text)
              for each in details if (pause := _pause(start_ns, end_ns, each)) is not None]
    if silent:
        said: dict[str, list[int]] = {}
        for _, number, text in sorted(silent):
            said.setdefault(text, []).append(number)
        reasons = " ".join(fill(chapter.SILENCE_REASON, {"connections": names(numbers), "text": text})
                           for text, numbers in said.items())
        return fill(chapter.SILENCE_REASONS, {"reasons": reasons})
    return _between(start_ns, end_ns, details) if end_ns - start_ns >= LONG_NS else ""


def _pause(start_ns: int, end_ns: int, detail: ConnectionDetail) -> PauseDetail | None:
    """Return the pause of a connection that fills the time, or most of which the time is."""
    first, length = _first(detail), end_ns - start_ns
    for pause in detail.pauses:
        shared = min(end_ns, first + pause.end_ns) - max(start_ns, first + pause.start_ns)
        if 2 * shared > length and (length >= LONG_NS or 2 * shared > pause.end_ns - pause.start_ns):
            return pause
    return None


def _first(detail: ConnectionDetail) -> int:
    return detail.connection.segments[0].time_ns if detail.connection.segments else 0


def _between(start_ns: int, end_ns: int, details: Sequence[ConnectionDetail]) -> str:
    """Return between which connections the time is, if none has packets before and after it."""
    times = [(detail.connection.number, _first(detail), detail.connection.segments[-1].time_ns)
             for detail in details if detail.connection.segments]
    before = [(last, number) for number, _, last in times if last <= start_ns]
    after = [(first, number) for number, first, _ in times if first >= end_ns]
    if not before or not after or len(before) + len(after) < len(times):
        return fill(chapter.SILENCE, {})
    return fill(chapter.SILENCE_BETWEEN, {"before": f"c{max(before)[1]}", "after": f"c{min(after)[1]}"})


def names(numbers: Sequence[int]) -> str:
    """Return connections by name: ``c1``, ``c1, c3``, ``c6 to c10, c12``."""
    return ", ".join(fill(chapter.NAMES_RANGE, {"first": f"c{first}", "last": f"c{last}"}) if last - first > 1
                     else ", ".join(f"c{number}" for number in range(first, last + 1))
                     for first, last in _runs(sorted(numbers)))


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last

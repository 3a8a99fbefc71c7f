"""One packet for the page: its reason, the bookkeeping, its bytes and the header fields that stand in them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from whywire.report.html.scene import LETTERS, kind
from whywire.story.detail import Book, Frame, PacketDetail
from whywire.story.records import Call, Connection, Segment, Side, Wait
from whywire.story.words import chapter
from whywire.story.words.language import fill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.story.records import Layer

Object = dict[str, Any]
Kept = TypeVar("Kept", str, tuple[int, ...])


class Pool(Generic[Kept]):
    """What occurs again and again, each kept once; what refers to it is its index."""

    def __init__(self) -> None:
        self.all: list[Kept] = []
        self._index: dict[Kept, int] = {}

    def __call__(self, one: Kept) -> int:
        """Return the index of one, adding it when it is new."""
        index = self._index.setdefault(one, len(self.all))
        if index == len(self.all):
            self.all.append(one)
        return index


class Pools(NamedTuple):
    """The texts of header fields and reasons, and the fields: (name, text, meaning, start, end, mask or -1)."""

    strings: Pool[str]
    fields: Pool[tuple[int, ...]]


def pools() -> Pools:
    """Return empty pools."""
    return Pools(Pool(), Pool())


def packet(detail: PacketDetail, connection: Connection, findings: list[int], kept: Pools,
           woke: Mapping[int, list[int]]) -> Object:
    """Return a packet's object. ``findings``: their indices; ``woke``: packet -> calls that waited for it."""
    segment, row = detail.row.segment, detail.row
    found: Object = {
        "p": segment.packet, "c": connection.number, "from": segment.sender.value, "to": segment.sender.other.value,
        "time": row.time_ns, "arrival": row.arrival_ns, "what": row.what, "letter": LETTERS[kind(segment)],
        "numbers": row.numbers, "why": row.why.text, "sure": row.why.certainty,
        "notes": [[note.text, note.certainty] for note in row.notes],
        "reasons": [[kept.strings(item.label), kept.strings(item.text), item.certainty] for item in detail.reasons
                    if item.label != fill(chapter.LABEL_CALL, {})],  # the page lists them as buttons
        "book": [[side.value, *_book(detail.before[side]), *_book(detail.after[side])] for side in Side],
        "raw": detail.raw, "window": detail.window, "findings": findings,
        "cause": segment.cause.kind.value,
        "calls": _causes(segment), "woke": woke.get(segment.packet, []),
        "because": [ref.number for ref in segment.cause.reason.refs if ref.kind == "p"],
    }
    if detail.frame is not None:
        found["frame"] = frame(detail.frame, kept)
    return found


def _book(book: Book) -> tuple[int | None, int | None]:
    return book.sent, book.acknowledged


def _causes(segment: Segment) -> list[int]:
    """Return the calls that a packet is there for: first the one that caused it, then those whose bytes it has."""
    numbers = [segment.cause.ref.number] if segment.cause.ref is not None and segment.cause.ref.kind == "k" else []
    numbers += [share.call for share in segment.shares]
    numbers += [ref.number for ref in segment.cause.reason.refs if ref.kind == "k"]
    return list(dict.fromkeys(numbers))


def waited_for(waits: tuple[Wait, ...]) -> dict[int, list[int]]:
    """Return packet number -> the calls that returned because of it."""
    found: dict[int, list[int]] = {}
    for wait in waits:
        for ref in wait.cause.reason.refs:
            if ref.kind == "p":
                found.setdefault(ref.number, []).append(wait.call)
    return found


def frame(shown: Frame, kept: Pools) -> Object:
    """Return a frame's bytes in base 64, and its layers; their texts and fields are indices."""
    return {"bytes": b64encode(shown.data).decode(), "captured": shown.captured, "original": shown.original,
            "layers": [_layer(layer, kept) for layer in shown.layers]}


def _layer(layer: Layer, kept: Pools) -> list[Any]:
    text = kept.strings
    fields = [kept.fields((text(field.name), text(field.text), text(field.meaning), field.start, field.end,
                           -1 if field.bit_mask is None else field.bit_mask)) for field in layer.fields]
    return [text(layer.name), layer.start, layer.end, text(layer.problem), fields]


def call(made: Call, text: str, place: str, waited: str, source: int | None) -> Object:
    """Return a call's object. ``source``: the index of its file; None: that is not here."""
    return {"k": made.number, "host": made.host, "text": text, "place": place, "source": source, "line": made.line,
            "code": made.source, "waited": waited, "start": made.start_ns, "end": made.end_ns,
            "error": made.error, "function": made.function}

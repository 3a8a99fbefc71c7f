"""The nodes of a document that hold words only; those that speak of packets and connections are in `document`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; ``level`` 1 is the capture, 2 a connection, 3 a part of one."""

    text: str
    level: int = 2
    connection: int | None = None
    """The number of the connection that is told below it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    certainty: str | None = None
    """None: it states what the packets show and needs no mark."""
    rest: str = ""
    """What follows behind the mark: other readings."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something beside the story that its reader has to know: damage in the file, what was left out."""

    text: str
    level: str = "info"
    """info, warning."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Where to go on: a command that exists."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A label and what is said about it."""

    label: str
    text: str
    certainty: str | None = None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled facts, one below the other."""

    items: tuple[Item, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. ``align`` has one letter a column: l, r. The last column may wrap."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str


@dataclass(frozen=True, slots=True)
class Output:
    """What a program printed, as it came (a paper makes it harmless before it prints it)."""

    host: str
    title: str
    lines: tuple[str, ...]
    left_out: str = ""
    """How many lines in the middle are not shown, in words; they belong after the first half of ``lines``."""

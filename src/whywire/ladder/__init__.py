"""The ladder: one text for fixtures, docs, error messages and the terminal. Grammar: ``docs/design/ladder.md``.

``records``  the nouns: `Ladder` and its lines
``parse``    text -> `Ladder`; what is wrong is said with line and column (`LadderError`)
``text``     `Ladder` -> its one canonical text
``scanner``  one line, read from left to right
``quoting``  text, bytes and times as they are written
``filler``   the payload of a segment that quotes none

`whywire.capture.compile` makes real frames of a ladder.
"""

from whywire.ladder.parse import parse
from whywire.ladder.records import Ladder
from whywire.ladder.scanner import LadderError
from whywire.ladder.text import to_text

__all__ = ["Ladder", "LadderError", "parse", "to_text"]

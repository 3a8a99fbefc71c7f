"""Words: an account of a capture told as a document, every sentence with what it rests on and how sure it is.

``tell``         the story of a capture or run: a `Story` of nodes (`document`) that papers print
``packet_page``  one packet in full: every field, the numbers before and after, the reason at length

``whole``      `tell`                                                   ``nodes``    the plain nodes of the tree
``document``   the tree; each node carries the record it speaks of      ``records``  those records, for the papers
``teller``     reasons into sentences                                   ``values``   how numbers and calls look in them
``words``      the message catalogues: all sentences
``capture``, ``connection``, ``exchanges``, ``links``, ``ending``, ``timeline``, ``packet``, ``calls``, ``folding``,
``page``, ``facts``, ``findings``: the parts of a story
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.story.calls import side_of as call_side
    from whywire.story.document import Story
    from whywire.story.facts import connection_rows, ending_texts
    from whywire.story.page import packet_page
    from whywire.story.whole import MANY, MOST, tell

__all__ = ["MANY", "MOST", "Story", "call_side", "connection_rows", "ending_texts", "packet_page", "tell"]

_HOMES = {"MANY": "whole", "MOST": "whole", "Story": "document", "call_side": "calls", "connection_rows": "facts",
          "ending_texts": "facts", "packet_page": "page", "tell": "whole"}


def __getattr__(name: str) -> object:
    """Load what is asked for only then: a summary needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'whywire.story' has no attribute {name!r}")
    home = import_module(f"whywire.story.{_HOMES[name]}")
    return getattr(home, "side_of" if name == "call_side" else name)


def __dir__() -> list[str]:
    """Name what was not loaded yet, too."""
    return sorted({*globals(), *__all__})

"""The glossary: terms of the field, a short entry each. Data, and the little that finds and prints it.

    term      what an entry is
    opening, data, windows, closing, capture   the entries, by topic
    terms     all of them; one by name, with near names where there is none
    pages     an entry as a page, the list, the reference
"""

from __future__ import annotations

from whywire.glossary.term import Term
from whywire.glossary.terms import every, term_of

__all__ = ["Term", "every", "term_of"]

"""The message catalogues: every sentence of a story, by topic. No logic, and no sentence outside of here.

``language``  templates: how a sentence is filled, plurals, other languages
``opening``, ``data``, ``acks``, ``closing``, ``loss``, ``windows``, ``artefacts``, ``pauses``, ``vantage``, ``beliefs``
              the sentences of the statements (`whywire.connections.why.Why`): short, long, and once
``chapter``   the sentences around them: summaries, labels, legends
``terms``     terms of the field, each in half a line
``letters``   the letters of a connection's history
"""

from __future__ import annotations

from whywire.connections.why import Why
from whywire.story.words import (
    acks,
    artefacts,
    beliefs,
    closing,
    data,
    loss,
    opening,
    pauses,
    vantage,
    windows,
)
from whywire.story.words.language import Words

SENTENCES: dict[Why, Words] = {
    **opening.SENTENCES,
    **data.SENTENCES,
    **acks.SENTENCES,
    **closing.SENTENCES,
    **loss.SENTENCES,
    **windows.SENTENCES,
    **artefacts.SENTENCES,
    **pauses.SENTENCES,
    **vantage.SENTENCES,
    **beliefs.SENTENCES,
}

__all__ = ["SENTENCES", "Words"]

"""What is said otherwise while the recording goes on: nothing has stopped, ended, or failed to come for good.

Spoken like a language (`whywire.story.words.language.speak`): sentence -> the sentence in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from whywire.connections.why import Why
from whywire.story.words import SENTENCES, chapter, exchanges, page
from whywire.story.words.language import _, speak

SO_FAR: dict[str, str] = {
    chapter.ENDED["cut"]: _("The run goes on: this is its story so far."),
    chapter.EXIT_RUNNING: _("still running"),
    chapter.EXIT_UNKNOWN: _("still running"),
    chapter.EXIT_NOT_STARTED: _("not started so far"),
    chapter.EMPTY: _("No packet has come so far."),
    chapter.EMPTY_RUN: _("No packet has been sent so far."),
    chapter.STRAY_WAITING: _("{call}  ->  still waiting"),
    chapter.CLOSED_UNFINISHED: _("The {first} closed (FIN, packet {fin}); the other side has not closed so far."),
    chapter.CLOSED_OPEN: _("Neither side has closed so far."),
    exchanges.FATES["cut"]: _(", not complete so far"),
    exchanges.UNUSED_SO_FAR: _("No byte has been sent on it so far."),
    exchanges.NO_RESPONSE: _("no answer so far"),
    str(page.PAGE["still_waiting"]): _("It has not returned so far."),
    SENTENCES[Why.STILL_TRAVELLING].short: _("It has not arrived so far."),
    SENTENCES[Why.STILL_TRAVELLING].long: _(
        "It is in the {sender}'s capture and not yet in the {receiver}'s, and the wire did not drop it: it is still "
        "travelling."),
    SENTENCES[Why.NOT_ARRIVED].long: _(
        "It is in the {sender}'s capture and not in the {receiver}'s so far, and no rule of the wire did that: it is "
        "still travelling, or it was lost."),
    SENTENCES[Why.WAIT_FOREVER].short: _("Still waiting: nothing has come so far that could end it."),
    SENTENCES[Why.WAIT_FOREVER].long: _(
        "The call has not returned so far: nothing has come from the other side that could have ended it."),
}
TOO_EARLY = ("TCP002", "TCP212", "CALL007")
"""Findings about the end of a capture: a SYN without an answer, a connection still open, a call that still waits."""


class _SoFar:
    def gettext(self, message: str) -> str:
        """Return what is said in the place of a message."""
        return SO_FAR.get(message, message)

    def ngettext(self, singular: str, many: str, count: int) -> str:
        """Return the form that goes with a count."""
        return singular if count == 1 else many


@contextmanager
def growing(goes_on: bool = True) -> Iterator[None]:
    """Tell a story that ``goes_on``; in English, whatever language was spoken before."""
    if not goes_on:
        yield
        return
    speak(_SoFar())
    try:
        yield
    finally:
        speak(None)

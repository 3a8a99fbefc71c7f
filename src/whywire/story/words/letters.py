"""The letters of a connection's history (Zeek's): upper case is the client's, lower case the server's."""

from __future__ import annotations

from whywire.story.words.language import _

LETTERS: dict[str, str] = {
    "s": _("SYN"),
    "h": _("SYN ACK"),
    "a": _("ACK without data"),
    "d": _("data"),
    "f": _("FIN"),
    "r": _("RST"),
    "t": _("payload sent again"),
    "w": _("window 0"),
    "g": _("bytes missing in the capture"),
    "c": _("wrong checksum"),
    "q": _("flags that exclude each other"),
    "i": _("inconsistent packet"),
    "^": _("direction turned round"),
}

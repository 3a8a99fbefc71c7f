"""What the strict parser understands and this server refuses nevertheless, and what a good head asks for."""

from __future__ import annotations

from whywire.apps.http.settings import Settings
from whywire.protocols.http1 import grammar
from whywire.protocols.http1.events import Request, find


class Refusal(Exception):  # noqa: N818 (an answer, not a mistake of ours)
    """The request is answered with an error by the door itself, and the connection closes."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def checked(head: Request, settings: Settings) -> None:
    """Raise Refusal for a head that is understood and not served."""
    for flaw in head.flaws:
        if flaw.kind == "repeated-length":  # RFC 9110 8.6 lets a recipient reject it; two readers may count differently
            raise Refusal(400, flaw.text)
    if any(len(name) + len(value) > settings.field for name, value in head.headers):
        raise Refusal(431, f"a header field is longer than {settings.field:,} bytes")
    expected = find(head.headers, b"expect")
    if expected is not None and head.version != "1.0" and set(grammar.elements(expected)) != {b"100-continue"}:
        raise Refusal(417, "")
    if settings.body and head.length is not None and head.length > settings.body:
        raise Refusal(413, f"the content is larger than {settings.body:,} bytes")


def host_of(head: Request) -> str | None:
    """Return the host and port that are asked for; those of an absolute target win (RFC 9112 section 3.2.2)."""
    if head.target[:1] != "/" and head.target != "*":
        absolute = grammar.ABSOLUTE_FORM.fullmatch(head.target.encode("latin-1"))
        return head.target if absolute is None else absolute["authority"].decode("ascii")
    host = find(head.headers, b"host")
    return None if host is None else host.decode("ascii")

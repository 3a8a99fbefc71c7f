"""Sends an answer. What was promised in the head is kept, or the connection is cut: never content of two versions."""

from __future__ import annotations

import os

from whywire.apps.http.app import FileChanged, Reply
from whywire.apps.site.found import Found
from whywire.apps.site.plan import Answer
from whywire.apps.site.ranges import Span

SLICE = 32 << 20
"""Bytes between two looks at a large file, each by one pump (`whywire.apps.http.sending`)."""
COPIED = 64 << 10
"""Up to this many bytes are read and written, which costs no more than sendfile there, and what was read stays as it
was. Copying 300 kB took half as much CPU again as sendfile, 1 MB twice as much."""
END = 16 << 10
"""The end of a larger file is read and written too: a look in between shows that all of it was the same file."""


class Changed(Exception):  # noqa: N818 (the file did, and that is no error of ours)
    """The file is not what the head of the answer said."""


async def send(reply: Reply, answer: Answer, found: Found | None, *, head: bool) -> None:
    """Send ``answer``; ``head``: without its content. A changed file cuts the connection. Raises ClientGone."""
    reply.start(answer.status, answer.fields, length=answer.length)
    try:
        if not head:
            for piece in answer.pieces:
                if isinstance(piece, bytes):
                    await reply.write(piece)
                elif found is not None:
                    await _content(reply, found, piece)
        await reply.end()
    except (Changed, FileChanged):
        name = "" if found is None else b"/".join(found.names).decode("utf-8", "backslashreplace")
        reply.cut(f"{name!r} was changed while it was sent")


async def _content(reply: Reply, found: Found, span: Span) -> None:
    if found.data is not None:
        await reply.write(found.part(span))
        return
    at = span.start
    last = span.stop - END if span.stop - at > COPIED else at
    while at < last:
        size = min(SLICE, last - at)
        await reply.send_file(found.fd, at, size)
        at += size
        if found.changed():
            raise Changed
    while at < span.stop:
        piece = os.pread(found.fd, min(COPIED, span.stop - at), at)
        if not piece or found.changed():
            raise Changed
        at += len(piece)
        await reply.write(piece)

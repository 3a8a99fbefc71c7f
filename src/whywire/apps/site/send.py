"""Sends an answer. What was promised in the head is kept, or the connection is cut: never content of two versions."""

from __future__ import annotations

import os

from whywire.apps.http.app import FileChanged, Reply
from whywire.apps.site.found import Found
from whywire.apps.site.plan import Answer
from whywire.apps.site.ranges import Span

SLICE = 4 << 20
"""Bytes between two looks at a large file."""
LAST = 16 << 10
"""The end of a large file, held back until a last look has shown that the file is still the same."""


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
    at, last = span.start, max(span.stop - LAST, span.start)
    while at < last:
        size = min(SLICE, last - at)
        await reply.send_file(found.fd, at, size)
        at += size
        if found.changed():
            raise Changed
    rest = os.pread(found.fd, span.stop - last, last)
    if len(rest) != span.stop - last or found.changed():
        raise Changed
    await reply.write(rest)

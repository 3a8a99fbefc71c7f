"""What of two answers to one request is compared, and the list of differences that are meant."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from tests.apps.site.raw import Answer

LIST = Path(__file__).with_name("differences.tsv")
FIELDS = ("content-type", "content-encoding", "content-length", "content-range", "accept-ranges", "location",
          "last-modified", "vary", "allow", "etag", "connection", "x-content-type-options")
OF_A_PAGE = ("content-type", "content-length", "accept-ranges", "last-modified", "etag")
"""Not compared where the server wrote a page of its own (3xx to 5xx): each has its own words."""


class Difference(NamedTuple):
    """One thing that is not the same. Values are short texts; ``-``: not there."""

    name: str
    field: str
    theirs: str
    ours: str


class Meant(NamedTuple):
    """A line of the list: request and values are patterns, the reason is for people."""

    name: str
    field: str
    theirs: str
    ours: str
    reason: str

    def covers(self, one: Difference) -> bool:
        """Tell whether this line is about a difference."""
        return (self.field == one.field and fnmatchcase(one.name, self.name) and fnmatchcase(one.theirs, self.theirs)
                and fnmatchcase(one.ours, self.ours))


def meant() -> list[Meant]:
    """Return the list of differences."""
    lines = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return [Meant(*line.split("\t")) for line in lines[1:]]


def parts(answer: Answer) -> list[tuple[str, bytes]]:
    """Return the parts of a multipart answer: Content-Range and content."""
    boundary = answer.fields["content-type"].partition("boundary=")[2].encode()
    pieces = (b"\r\n" + answer.body).split(b"\r\n--" + boundary)
    assert pieces[0] in (b"", b"\r\n") and pieces[-1].strip() == b"--"
    found = []
    for piece in pieces[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        ranged = re.search(rb"(?i)content-range: ([^\r]*)", head)
        assert ranged is not None
        found.append((ranged[1].decode(), content))
    return found


def facts(answer: Answer) -> dict[str, str]:
    """Return what is compared."""
    page = answer.status >= 300
    told = {name: answer.fields.get(name, "-") for name in FIELDS if not (page and name in OF_A_PAGE)}
    if "etag" in told:
        told["etag"] = "weak" if told["etag"].startswith("W/") else "strong" if told["etag"] != "-" else "-"
    if told.get("content-type", "").startswith("multipart/"):
        told |= {"content-type": "multipart/byteranges", "content-length": "-",
                 "body": str([f"{where} {content[:20]!r}" for where, content in parts(answer)])}
    elif not page:
        told["body"] = f"{len(answer.body)} bytes {answer.body[:30]!r}" if answer.body else "-"
    return told | {"closed": str(answer.closed)}


def differences(name: str, theirs: Answer, ours: Answer) -> list[Difference]:
    """Return what is not the same in two answers. Of different statuses only these (and where they redirect to)."""
    if theirs.status != ours.status:
        return [Difference(name, "status", str(theirs.status), str(ours.status))]
    left, right = facts(theirs), facts(ours)
    return [Difference(name, field, left.get(field, "-"), right.get(field, "-"))
            for field in sorted({*left, *right}) if left.get(field, "-") != right.get(field, "-")]

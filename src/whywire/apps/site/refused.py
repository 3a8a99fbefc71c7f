"""Why a request gets no file: a status and a sentence for the page."""

from __future__ import annotations

import errno

FIELDS = tuple[tuple[str, str], ...]

NOT_THERE = "There is no such file here. Names are case-sensitive; names that begin with a dot are not served."
NOT_ALLOWED = "The server may not read this file. Its owner can allow that (chmod a+r)."
NOT_NOW = "The server has too many files open at this moment. Please try again."
NOT_KNOWN = "The file could not be read. The fault is the server's, not the request's."

_STATUS_OF = {
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EXDEV, errno.ENXIO,
                     errno.ENODEV, errno.EINVAL, errno.ESTALE), (404, NOT_THERE)),
    **dict.fromkeys((errno.EACCES, errno.EPERM), (403, NOT_ALLOWED)),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN), (503, NOT_NOW)),
}


class Refused(Exception):  # noqa: N818 (it is an answer, not a fault)
    """The answer is an error page: ``status``, ``why`` for its reader, ``fields`` to send with it."""

    def __init__(self, status: int, why: str, fields: FIELDS = ()) -> None:
        super().__init__(f"{status}: {why}")
        self.status = status
        self.why = why
        self.fields = fields


def missing() -> Refused:
    """Return the 404 of all that is not served, whether or not it exists (RFC 9110 15.5.4 allows to hide that)."""
    return Refused(404, NOT_THERE)


def from_os(problem: OSError) -> Refused:
    """Return the answer to a failed system call. What the system said stays out of the page: it names paths."""
    status, why = _STATUS_OF.get(problem.errno or 0, (500, NOT_KNOWN))
    return Refused(status, why, (("Retry-After", "1"),) if status == 503 else ())

from __future__ import annotations

import errno
import os

import pytest

from whywire.apps.site.refused import from_os, missing


@pytest.mark.parametrize(("code", "status"), [
    (errno.ENOENT, 404), (errno.ENOTDIR, 404), (errno.ENAMETOOLONG, 404), (errno.ELOOP, 404), (errno.EXDEV, 404),
    (errno.ENXIO, 404), (errno.EACCES, 403), (errno.EMFILE, 503), (errno.ENFILE, 503), (errno.EIO, 500)])
def test_a_failed_call_has_its_status_and_no_path_in_the_page(code: int, status: int) -> None:
    refused = from_os(OSError(code, os.strerror(code), "/srv/private/name"))
    assert refused.status == status
    assert "/srv" not in refused.why and os.strerror(code) not in refused.why
    assert ("Retry-After" in dict(refused.fields)) == (status == 503)


def test_hidden_and_missing_look_the_same() -> None:
    gone = from_os(FileNotFoundError(errno.ENOENT, ""))
    assert (gone.status, gone.why, gone.fields) == (missing().status, missing().why, missing().fields)

from __future__ import annotations

import errno

from whywire.lab.isolation import IsolationError
from whywire.lab.probe import attempt


def refused() -> None:
    """Be refused a step."""
    raise IsolationError("a step", OSError(errno.EPERM, "no"))


def failed() -> None:
    """Fail in another way."""
    raise OSError(errno.ENOSPC, "full")


def test_a_child_tells_what_it_was_refused() -> None:
    assert attempt(refused) == ("a step", errno.EPERM)
    found = attempt(failed)
    assert found is not None
    assert found[1] == errno.ENOSPC
    assert "full" in found[0]
    assert attempt(lambda: None) is None

from __future__ import annotations

import os

from whywire.lab.shared import WireState


def test_what_a_child_writes_is_read_here() -> None:
    state = WireState()
    state.put_process(1, 4711)
    child = os.fork()
    if child == 0:
        state.put(5, 3, 2, 1_700_000_000_000_000_000)
        state.put_process(0, state.process(1) + 1)
        os._exit(0)
    os.waitpid(child, 0)
    assert state.get() == (5, 3, 2, 1_700_000_000_000_000_000)
    assert (state.process(0), state.process(1), state.process(2)) == (4712, 4711, 0)

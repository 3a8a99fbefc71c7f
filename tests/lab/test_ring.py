from __future__ import annotations

import os
import socket

import pytest

from tests.lab.bench import can_run_labs, inside
from whywire.lab import kernel
from whywire.lab.links import HostLink
from whywire.lab.ring import Ring


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def test_a_frame_goes_through_the_ring() -> None:
    def check(built: list[HostLink]) -> object:
        ring = Ring()
        if os.fork() == 0:
            kernel.setns(built[0].namespace, kernel.NEW_NET)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"one", (built[2].host.address, 9))
                sender.sendto(b"two", (built[2].host.address, 9))
            os._exit(0)
        os.wait()
        taken = [ring.take() for _ in range(3)]
        return ([(found[1], found[2][:6], found[2][-3:]) for found in taken if found] == [
            (built[0].wire_index, built[2].mac, b"one"), (built[0].wire_index, built[2].mac, b"two")]
            and taken[0] is not None and taken[1] is not None and taken[0][0] <= taken[1][0]
            and ring.drops() == 0) or taken

    inside(check)

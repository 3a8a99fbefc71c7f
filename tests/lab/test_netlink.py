from __future__ import annotations

import pytest

from tests.lab.bench import can_run_labs, inside
from whywire.lab.links import HostLink
from whywire.lab.netlink import Netlink


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def test_a_refused_message_raises() -> None:
    def check(_: list[HostLink]) -> object:
        route = Netlink()
        route.add_address(99, "10.0.0.9")
        try:
            route.commit()
        except OSError as error:
            return error.errno == 19 or error.errno  # ENODEV
        return "accepted"

    inside(check)

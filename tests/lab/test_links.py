from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from struct import pack

import pytest

from tests.lab.bench import can_run_labs, inside
from whywire.lab import kernel, links
from whywire.lab.sockets import LISTEN, read


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def test_each_host_has_one_interface_with_its_address() -> None:
    def check(built: list[links.HostLink]) -> object:
        for link in built:
            kernel.setns(link.namespace, kernel.NEW_NET)
            names = [name for _, name in socket.if_nameindex()]
            with socket.socket() as probe:
                probe.bind((link.host.address, 0))
            mac = Path("/proc/net/arp").read_text()
            others = [each.host.address for each in built if each is not link]
            if names != ["lo", "eth0"] or not all(address in mac for address in others):
                return names, mac
        return True

    inside(check)


def test_the_wire_has_a_link_to_each() -> None:
    inside(lambda built: [name for _, name in socket.if_nameindex()] == ["lo", *(each.wire_name for each in built)]
           or socket.if_nameindex())


def test_offloads_are_off() -> None:
    def feature(command: int) -> int:
        import ctypes

        value = ctypes.create_string_buffer(pack("=II", command, 9))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, 0x8946, pack("16sP16x", b"eth0", ctypes.addressof(value)))
        return int.from_bytes(value.raw[4:8], "little")

    def check(built: list[links.HostLink]) -> object:
        kernel.setns(built[0].namespace, kernel.NEW_NET)
        found = {name: feature(command) for name, command in (
            ("tx checksum", 0x16), ("scatter-gather", 0x18), ("tso", 0x1E), ("gso", 0x23), ("gro", 0x2B))}
        return not any(found.values()) or found

    inside(check)


def test_a_hosts_tables_are_read_from_outside_of_it() -> None:
    def check(built: list[links.HostLink]) -> object:
        if os.fork() == 0:
            kernel.setns(built[1].namespace, kernel.NEW_NET)
            with socket.create_server((built[1].host.address, 80)):
                rows = [[row.state for row in read(link.tables)] for link in built]
            os._exit(0 if rows == [[], [LISTEN], []] else 1)
        return os.waitstatus_to_exitcode(os.wait()[1]) == 0

    inside(check)

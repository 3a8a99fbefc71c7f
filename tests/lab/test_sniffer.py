from __future__ import annotations

import errno
import mmap
import os
import socket
import sys
from collections.abc import Iterator
from struct import pack
from typing import cast

import pytest

from tests.lab.alone import alone
from tests.lab.bench import HOSTS, can_run_labs, inside
from whywire.base.errors import WhywireError
from whywire.capture.block import INBOUND, OUTBOUND, UNKNOWN
from whywire.lab import kernel, sniffer
from whywire.lab.bpf import compile_filter
from whywire.lab.filters import parse
from whywire.lab.links import HostLink
from whywire.lab.sniffer import ANY, Frame, Sniffer

SECONDS = 10.0


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def taken(found: Sniffer, wanted: int) -> list[Frame]:
    """Return frames as soon as there are so many."""
    frames: list[Frame] = []
    while len(frames) < wanted:
        found.wait(SECONDS)
        frames += found.frames()
    return frames


def datagrams(*sizes: int) -> int:
    """Send datagrams to ourselves, and return the port they went to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        receiver.bind(("127.0.0.1", 0))
        for size in sizes:
            sender.sendto(b"x" * size, receiver.getsockname())
        return int(receiver.getsockname()[1])


@pytest.mark.parametrize("interface", ["lo", ANY])
def test_loopback_once_and_whole(interface: str) -> None:
    def check() -> object:
        with Sniffer(interface) as found:
            datagrams(10, 60_000)
            frames = taken(found, 2)
            seen = [(len(frame.data), frame.original, frame.direction, frame.interface, frame.hardware)
                    for frame in frames]
            good = seen == [(52, 52, UNKNOWN, 1, 772), (60_042, 60_042, UNKNOWN, 1, 772)]
            good = good and 0 < frames[0].time_ns <= frames[1].time_ns and found.drops() == 0
            return None if good else (seen, found.drops())

    alone(check)


def test_the_kernel_applies_the_filter() -> None:
    def check() -> object:
        with Sniffer("lo", compile_filter(parse("udp and host 127.0.0.1 and not src port 1"))) as found, \
                Sniffer("lo", compile_filter(parse("tcp or ip6 or net 10.0.0.0/8"))) as silent:
            port = datagrams(1, 2, 3)
            lengths = [len(frame.data) for frame in taken(found, 3)]
            silent.finish()
            with Sniffer("lo", compile_filter(parse(f"dst port {port}"))) as other:
                datagrams(9)
                other.finish()
                others = list(other.frames())
            nothing = list(silent.frames())
            return None if lengths == [43, 44, 45] and not nothing and not others else (lengths, nothing, others)

    alone(check)


def test_both_directions_of_a_link() -> None:
    def check(built: list[HostLink]) -> object:
        kernel.setns(built[0].namespace, kernel.NEW_NET)
        name = next(name for _, name in socket.if_nameindex() if name != "lo")
        with Sniffer(name) as found:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"out", (built[1].host.address, 9))
            frames = taken(found, 1)
            return (frames[0].direction, frames[0].hardware, frames[0].data[-3:]) == (OUTBOUND, 1, b"out") or frames

    assert len(HOSTS) > 1
    inside(check)


def test_what_arrives_is_inbound() -> None:
    def check(built: list[HostLink]) -> object:
        with Sniffer(ANY) as found:  # in the wire's namespace: what a host sends arrives here
            if os.fork() == 0:
                kernel.setns(built[0].namespace, kernel.NEW_NET)
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    sender.sendto(b"in", (built[1].host.address, 9))
                os._exit(0)
            os.wait()
            frames = taken(found, 1)
            return (frames[0].direction, frames[0].data[-2:]) == (INBOUND, b"in") or frames

    inside(check)


def test_an_interface_that_is_down() -> None:
    def check() -> object:
        kernel.unshare(kernel.NEW_NET)  # another one, whose loopback nobody has set up
        with Sniffer("lo") as found:
            found.wait(SECONDS)
            return None if found.ended == "lo is down" else found.ended

    alone(check)


def test_no_such_interface() -> None:
    with pytest.raises(WhywireError, match="no interface 'eth99'") as error:
        Sniffer("eth99")
    assert "lo" in error.value.hint


@pytest.fixture
def no_right(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("whywire.lab.sniffer.socket.socket", refuse)
    yield


@pytest.mark.usefixtures("no_right")
def test_without_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(WhywireError, match="CAP_NET_RAW") as error:
        Sniffer("lo")
    assert error.value.exit_code == 1
    assert f"sudo setcap cap_net_raw=ep {os.path.realpath(sys.executable)}" in error.value.hint
    stands = sniffer.refused()
    assert stands is not None
    assert "sudo" in stands[1]


@pytest.mark.usefixtures("no_right")
def test_root_without_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    stands = sniffer.refused()
    assert stands is not None
    assert "--cap-add=NET_RAW" in stands[1]


def test_other_refusals() -> None:
    assert "modprobe" in sniffer.refusal(OSError(errno.EAFNOSUPPORT, "x"))[1]
    assert "no room" in sniffer.refusal(OSError(errno.ENOMEM, "no room"))[0]


def slot(status: int, hardware: int, kind: int, data: bytes) -> bytes:
    """Return a frame as it lies in the ring: struct tpacket3_hdr, struct sockaddr_ll, data."""
    head = pack("=IIIIIIHHIIHH8x", 0, 5, 7, len(data), len(data), status, 80, 94, 0, 0x2007, 0x88A8, 0)
    address = pack("=HHiHBB8s", 17, 0x0008, 3, hardware, kind, 6, b"")
    return (head + address).ljust(80, b"\0") + data


@pytest.mark.parametrize(("status", "tag"), [
    (1, b""), (1 | 1 << 4, b"\x81\x00\x20\x07"), (1 | 1 << 4 | 1 << 6, b"\x88\xa8\x20\x07")])
def test_a_tag_that_the_kernel_took_off_is_put_back(status: int, tag: bytes) -> None:
    data = bytes(range(60))
    frame, step = sniffer._frame(cast(mmap.mmap, slot(status, 1, 0, data)), 0)
    assert frame == Frame(5_000_000_007, data[:12] + tag + data[12:], 60 + len(tag), 3, 1, INBOUND)
    assert step == 0


def test_a_frame_without_ethernet_gets_no_tag() -> None:
    frame, _ = sniffer._frame(cast(mmap.mmap, slot(1 | 1 << 4, 65534, 4, bytes(20))), 0)
    assert frame == Frame(5_000_000_007, bytes(20), 20, 3, 65534, OUTBOUND)


def test_on_loopback_what_leaves_is_left_out() -> None:
    assert sniffer._frame(cast(mmap.mmap, slot(1, 772, 4, bytes(20))), 0)[0] is None
    assert sniffer._frame(cast(mmap.mmap, slot(1, 772, 0, bytes(20))), 0)[0] is not None

"""The whole: numbers, order, references, and any bytes at all."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from tests.exchanges.talk import CAPTURES, GET, Talk, founding, get, ok
from whywire.base.errors import WhywireError
from whywire.capture import open_bytes
from whywire.connections import account
from whywire.exchanges import Exchanges, find, payload_of
from whywire.exchanges.model import READINGS
from whywire.packets import decode_capture

SMALL = sorted(path for path in CAPTURES.rglob("*.pcap*") if path.suffix in (".pcap", ".pcapng")
               and path.stat().st_size < 120_000)


def of_bytes(data: bytes) -> Exchanges | None:
    """Return what is found in a file's bytes; None where they are no capture."""
    try:
        source = open_bytes(data)
    except WhywireError:
        return None
    with closing(source):
        capture = decode_capture(source, "memory")
        return find(account(capture), payload_of(capture))


def check(found: Exchanges, packets: int) -> None:
    """Hold what is true of every capture: numbers in order, references that exist, readings that are named."""
    assert [one.number for one in found.exchanges] == list(range(1, len(found.exchanges) + 1))
    assert [use.connection for use in found.uses] == list(range(1, len(found.uses) + 1))
    assert sorted(n for use in found.uses for n in use.exchanges) == list(range(1, len(found.exchanges) + 1))
    for one in found.exchanges:
        for message in (one.request, one.response, *one.interim):
            if message is not None:
                assert message.bytes >= 0
                assert message.missing_bytes >= 0
                assert (message.last_packet is None) or (message.first_packet or 0) <= message.last_packet <= packets
                assert message.complete or message.last_packet is None
        assert set(one.others) <= set(READINGS)
    for link in found.links:
        most = {"c": len(found.uses), "x": len(found.exchanges)}
        assert 1 <= link.source.number <= most[link.source.kind]
        assert 1 <= link.target.number <= most[link.target.kind]
        assert all(1 <= packet <= packets for packet in link.packets)
        assert link.packets == tuple(sorted(link.packets))
        assert set(link.others) <= set(READINGS)
    for use in found.uses:
        for gap in use.gaps:
            assert set(gap.others) <= set(READINGS)


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.relative_to(CAPTURES).as_posix())
def test_every_capture(path: object) -> None:
    found = of_bytes(path.read_bytes())  # type: ignore[attr-defined]
    if found is not None:
        check(found, 1 << 30)


def test_the_same_capture_gives_the_same() -> None:
    data = (CAPTURES / "founding" / "e-calc-proxy.pcapng").read_bytes()
    assert of_bytes(data) == of_bytes(data)


def test_numbers_follow_the_packets_over_all_connections() -> None:
    talk = Talk()
    talk.open("c1")
    talk.open("c2")
    talk.up("c2", get("/first"))
    talk.up("c1", get("/second"))
    talk.up("c2", get("/third"))
    found = talk.found()
    assert [(str(one.ref), one.connection, one.request.target if one.request else "") for one in found.exchanges] == [
        ("x1", 2, "/first"), ("x2", 1, "/second"), ("x3", 2, "/third")]
    assert [one.number for one in found.of(2)] == [1, 3]


def test_waiting_time_and_empty_captures() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    talk.down("c1", ok(), after=0.25)
    (one,) = talk.found().exchanges
    assert one.wait_ns == 250_100_000
    assert founding("a-v1.pcapng").exchanges == ()


def conversation() -> bytes:
    """Return a capture with a bit of everything."""
    from whywire.capture.compile import Compiled
    from whywire.ladder import parse

    talk = Talk()
    talk.open("c1", client="a", server="p", port=9998)
    talk.up("c1", get("/a") + get("/b", "Upgrade: h2c"))
    talk.open("c2", client="p", server="o", port=80)
    talk.up("c2", get("/a"))
    talk.down("c2", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    talk.down("c1", ok(b"abc"))
    talk.down("c1", ok(b"", "Location: /c", status="302 Found"))
    talk.up("c1", get("/c"))
    talk.down("c1", ok(b"until close", length=False))
    talk.close("c1")
    talk.close("c2")
    return Compiled(parse("\n".join(talk.lines))).capture()


def test_cut_at_every_byte_it_never_raises() -> None:
    data = conversation()
    seen = 0
    for end in range(0, len(data), 7):
        found = of_bytes(data[:end])
        if found is not None:
            check(found, 1000)
            seen = max(seen, len(found.exchanges))
    assert seen >= 3


@pytest.mark.parametrize("name", [
    "conversation", "founding/c-http-until-close.pcap", "traps/24_pipelining.pcap", "founding/e-calc-proxy.pcapng"])
def test_changed_bytes_never_raise(name: str) -> None:
    data = conversation() if name == "conversation" else (CAPTURES / name).read_bytes()
    seed = random.Random(name)
    survived = 0
    for _ in range(120):
        changed = bytearray(data)
        for _ in range(seed.randint(1, 12)):
            changed[seed.randrange(len(changed))] = seed.randrange(256)
        found = of_bytes(bytes(changed))
        if found is not None:
            check(found, 1 << 30)
            survived += 1
    assert survived > 20

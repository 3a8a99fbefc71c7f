from __future__ import annotations

from tests.packets.frames import ARP, Frames, decoded, ethernet, ip4, tcp, udp
from whywire.packets.decode import decode_capture
from whywire.packets.rows import is_tcp, sack_blocks, skipped

TWO_BLOCKS = (b"\1\1\x05\x12" + (5000).to_bytes(4, "big") + (6000).to_bytes(4, "big")
              + (0xFFFFFFF0).to_bytes(4, "big") + (16).to_bytes(4, "big"))


def test_sack_blocks_in_their_order() -> None:
    assert sack_blocks(decoded(ethernet(ip4(tcp(options=TWO_BLOCKS)))), 0) == ((5000, 6000), (0xFFFFFFF0, 16))


def test_no_sack_blocks() -> None:
    assert sack_blocks(decoded(ethernet(ip4(tcp(options=b"\1\1\4\2")))), 0) == ()
    assert sack_blocks(decoded(ethernet(ip4(tcp(options=b"\5\7" + b"\0" * 6)))), 0) == ()


def test_sack_blocks_before_a_broken_option() -> None:
    options = b"\5\x0a" + b"\0\0\0\1" + b"\0\0\0\2" + b"\x03\x03\x07" + b"\x08\x00\x00"
    assert sack_blocks(decoded(ethernet(ip4(tcp(options=options)))), 0) == ((1, 2),)


def test_what_was_skipped_is_counted_by_name() -> None:
    cut = ethernet(ip4(tcp()))
    frames = [(ethernet(b"", ARP), {}), (ethernet(ip4(udp(5353, 5353), 17)), {}), (cut, {}),
              (ethernet(ip4(udp(5353, 5353), 17)), {}), (cut[:50], {"original": 54})]
    table = decode_capture(Frames(frames), "five").table
    assert [is_tcp(table, row) for row in range(5)] == [False, False, True, False, False]
    assert skipped(table) == [("mdns over udp", 2), ("arp", 1), ("tcp: header cut by the snap length", 1)]


def test_a_broken_option_is_not_skipped() -> None:
    assert skipped(decoded(ethernet(ip4(tcp(options=b"\x08\x02\1\1")))).table) == []

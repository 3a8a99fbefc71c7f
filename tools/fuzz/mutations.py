"""Seeded changes to a capture: bytes, lengths, headers of TCP, whole packets. The same seed gives the same file."""

from __future__ import annotations

from random import Random

from tools.fuzz.pieces import Piece, Pieces, resized, split

ODD = (0, 1, 2, 4, 7, 8, 12, 19, 20, 40, 59, 60, 0x7F, 0x80, 0xFF, 0x100, 0x5DC, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
       0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
"""Values at which lengths and counters go wrong."""
_LENGTHS = (2, 4)
_TCP = 6


def mutated(data: bytes, seed: int, times: int = 1) -> bytes:
    """Return ``data`` after ``times`` changes."""
    random = Random(seed)
    for _ in range(times):
        pieces = split(data)
        if pieces is None or not pieces.packets or random.random() < 0.15:
            data = _raw(data, random)
        else:
            data = random.choice(CHANGES)(pieces, random).joined()
    return data


def _raw(data: bytes, random: Random) -> bytes:
    """Change the file's bytes, wherever they are: its headers too."""
    if not data:
        return random.randbytes(4)
    out = bytearray(data)
    at = random.randrange(min(len(out), 200) if random.random() < 0.5 else len(out))
    kind = random.randrange(6)
    if kind == 0:
        out[at] ^= 1 << random.randrange(8)
    elif kind == 1:
        out[at] = random.randrange(256)
    elif kind == 2:
        size = random.choice(_LENGTHS)
        out[at:at + size] = (random.choice(ODD) & ((1 << 8 * size) - 1)).to_bytes(
            size, random.choice(("little", "big")))
    elif kind == 3:
        end = at + random.randrange(64)
        out[at:at] = out[at:end]
    elif kind == 4:
        del out[at:at + random.randrange(1, 64)]
    else:
        del out[at:]
    return bytes(out)


def _packet(change: object) -> object:
    """Turn a change of one packet's bytes into a change of the file; the packet's length follows."""
    def of_file(pieces: Pieces, random: Random) -> Pieces:
        packets = list(pieces.packets)
        at = random.randrange(len(packets))
        data = change(packets[at].data, random)  # type: ignore[operator]
        packets[at] = resized(packets[at], data, pieces.order)
        return pieces.with_packets(packets)
    return of_file


def _bits(data: bytes, random: Random) -> bytes:
    return _raw(data, random)


def _tcp_field(data: bytes, random: Random) -> bytes:
    """Change sequence numbers, flags, header length, window, or an option of the TCP header."""
    at = transport_at(data)
    if at is None:
        return _raw(data, random)
    out = bytearray(data)
    where, size = random.choice(((4, 4), (8, 4), (13, 1), (13, 1), (12, 1), (14, 2), (20, 4), (22, 2), (0, 2), (18, 2)))
    if at + where + size > len(out):
        return _raw(data, random)
    old = int.from_bytes(out[at + where:at + where + size], "big")
    new = random.choice((old + random.randrange(-2000, 2000), random.choice(ODD), random.getrandbits(32),
                         old ^ 1 << random.randrange(8 * size)))
    out[at + where:at + where + size] = (new & ((1 << 8 * size) - 1)).to_bytes(size, "big")
    return bytes(out)


def _cut(data: bytes, random: Random) -> bytes:
    return data[:random.randrange(len(data) + 1)]


def _grow(data: bytes, random: Random) -> bytes:
    return data + random.randbytes(random.choice((1, 6, 100, 1500)))


def transport_at(data: bytes) -> int | None:
    """Return where a TCP header surely begins in a frame; None where that is not so simple."""
    for at in range(min(len(data) - 40, 60)):
        if data[at] == 0x45 and data[at + 9] == _TCP and data[at + 1] in (0, 0x10):
            return at + 20
        if data[at] & 0xF0 == 0x60 and data[at + 6] == _TCP and data[at + 7] in (64, 63, 128, 255):
            return at + 40
    return None


def _repeat(pieces: Pieces, random: Random) -> Pieces:
    packets = list(pieces.packets)
    at = random.randrange(len(packets))
    to = random.randrange(len(packets) + 1)
    packets[to:to] = packets[at:at + random.choice((1, 1, 2, 5))] * random.choice((1, 1, 2, 20))
    return pieces.with_packets(packets)


def _drop(pieces: Pieces, random: Random) -> Pieces:
    packets = list(pieces.packets)
    at = random.randrange(len(packets))
    del packets[at:at + random.choice((1, 1, 2, 5))]
    return pieces.with_packets(packets)


def _swap(pieces: Pieces, random: Random) -> Pieces:
    packets = list(pieces.packets)
    one, two = random.randrange(len(packets)), random.randrange(len(packets))
    packets[one], packets[two] = packets[two], packets[one]
    return pieces.with_packets(packets)


def _exchange_data(pieces: Pieces, random: Random) -> Pieces:
    """Two packets change places and leave their times where they were."""
    packets = list(pieces.packets)
    one, two = random.randrange(len(packets)), random.randrange(len(packets))
    first, second = packets[one].data, packets[two].data
    packets[one] = resized(packets[one], second, pieces.order)
    packets[two] = resized(packets[two], first, pieces.order)
    return pieces.with_packets(packets)


def _head(pieces: Pieces, random: Random) -> Pieces:
    """Change what stands before a packet: its time and its lengths."""
    packets = list(pieces.packets)
    at = random.randrange(len(packets))
    piece = packets[at]
    head = bytearray(piece.head)
    where = random.randrange(0, len(head), 4)
    head[where:where + 4] = random.choice((random.choice(ODD), random.getrandbits(32))).to_bytes(
        4, pieces.order)  # type: ignore[arg-type]
    packets[at] = Piece(bytes(head), piece.data, piece.tail)
    return pieces.with_packets(packets)


CHANGES = (_packet(_bits), _packet(_tcp_field), _packet(_tcp_field), _packet(_tcp_field), _packet(_cut),
           _packet(_grow), _repeat, _drop, _swap, _exchange_data, _head)

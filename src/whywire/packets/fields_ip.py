"""Field lists of IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200)."""

from __future__ import annotations

from whywire.base.address import address
from whywire.packets import checksum
from whywire.packets.fields import Field, Spec, flag, hexadecimal, named, read, text_field
from whywire.packets.names import EXTENSION_NAMES, IP_NAMES

_PROTOCOL = named({**IP_NAMES, **EXTENSION_NAMES, 4: "IPv4 in IP", 41: "IPv6 in IP", 6: "TCP", 17: "UDP", 1: "ICMP"})
_ECN = {0: "not capable", 1: "capable (1)", 2: "capable (0)", 3: "congestion was met"}


def _total(value: int) -> str:
    return "header and payload; padding behind it does not count" if value else "0: left to the network card (TSO)"


IPV4 = (
    Spec(0, 1, "Version", "ip.version", mask=0xF0),
    Spec(0, 1, "Header Length", "ip.hdr_len", lambda value: f"in words of 4 bytes: {value * 4} bytes", 0x0F),
    Spec(1, 1, "Differentiated Services Codepoint", "ip.dsfield.dscp", "0: ordinary traffic", 0xFC),
    Spec(1, 1, "Explicit Congestion Notification", "ip.dsfield.ecn", lambda value: _ECN[value], 0x03),
    Spec(2, 2, "Total Length", "ip.len", _total),
    Spec(4, 2, "Identification", "ip.id", "tells the fragments of one packet from another's",
         show=lambda value: f"0x{value:04x} ({value})"),
    Spec(6, 1, "Reserved bit", "ip.flags.rb", "", 0x80, flag),
    Spec(6, 1, "Don't fragment", "ip.flags.df",
         lambda value: "routers may not cut it" if value else "routers may cut it", 0x40, flag),
    Spec(6, 1, "More fragments", "ip.flags.mf",
         lambda value: "more pieces of this packet follow" if value else "the last or only piece", 0x20, flag),
    Spec(6, 2, "Fragment Offset", "ip.frag_offset", "where this piece belongs, in units of 8 bytes", 0x1FFF),
    Spec(8, 1, "Time to Live", "ip.ttl", "hops left; each router takes one away"),
    Spec(9, 1, "Protocol", "ip.proto", "what follows", show=_PROTOCOL),
)
_IPV4_CHECKSUM = {
    "right": "(right)", "wrong": "(wrong)", "empty": "(not filled in)",
}
_IPV4_MEANING = {
    "right": "covers this header only", "wrong": "does not match this header; a router would drop it",
    "empty": "left to the network card: this copy was taken before it",
}

IPV6 = (
    Spec(0, 4, "Version", "ipv6.version", mask=0xF0000000),
    Spec(0, 4, "Differentiated Services Codepoint", "ipv6.tclass.dscp", "0: ordinary traffic", 0x0FC00000),
    Spec(0, 4, "Explicit Congestion Notification", "ipv6.tclass.ecn", lambda value: _ECN[value], 0x00300000),
    Spec(0, 4, "Flow Label", "ipv6.flow", "the same for all packets of a flow", 0x000FFFFF, hexadecimal(5)),
    Spec(4, 2, "Payload Length", "ipv6.plen",
         lambda value: "everything behind this header" if value else "0: longer than 65,535, or left to the card"),
    Spec(6, 1, "Next Header", "ipv6.nxt", "what follows", show=_PROTOCOL),
    Spec(7, 1, "Hop Limit", "ipv6.hlim", "hops left; each router takes one away"),
)
EXTENSION = (
    Spec(0, 1, "Next Header", "ipv6.exthdr.next", "what follows", show=_PROTOCOL),
    Spec(1, 1, "Length", "ipv6.exthdr.len", lambda value: f"in 8 bytes beyond the first 8: {8 + 8 * value} bytes"),
)
ROUTING = (*EXTENSION,
           Spec(2, 1, "Type", "ipv6.routing.type"),
           Spec(3, 1, "Segments Left", "ipv6.routing.segleft", "stops still to make"))
FRAGMENT = (
    Spec(0, 1, "Next header", "ipv6.fraghdr.nxt", "what follows in the first piece", show=_PROTOCOL),
    Spec(2, 2, "Offset", "ipv6.fraghdr.offset", "where this piece belongs, in units of 8 bytes", 0xFFF8),
    Spec(2, 2, "More Fragments", "ipv6.fraghdr.more",
         lambda value: "more pieces of this packet follow" if value else "the last or only piece", 0x0001, flag),
    Spec(4, 4, "Identification", "ipv6.fraghdr.ident", "tells the pieces of one packet from another's",
         show=hexadecimal(8)),
)
AUTHENTICATION = (
    Spec(0, 1, "Next header", "ah.next_header", "what follows", show=_PROTOCOL),
    Spec(1, 1, "Length", "ah.length", lambda value: f"in 4 bytes beyond the first 8: {8 + 4 * value} bytes"),
    Spec(4, 4, "AH SPI", "ah.spi", show=hexadecimal(8)),
    Spec(8, 4, "AH Sequence", "ah.sequence"),
)


def ipv4(frame: bytes, at: int, limit: int) -> list[Field]:
    """Return an IPv4 header's fields, its checksum verified."""
    found = read(IPV4, frame, at, limit)
    header_end = at + (frame[at] & 15) * 4 if at < limit else at
    if at + 12 <= limit:
        value = int.from_bytes(frame[at + 10:at + 12], "big")
        whole = at + 20 <= header_end <= limit
        state = checksum.ipv4_state(frame[at:header_end]) if whole else ""
        text = f"0x{value:04x} {_IPV4_CHECKSUM.get(state, '(can not be checked: the header is cut)')}"
        found.append(Field("Header Checksum", "ip.checksum", value, text, at + 10, at + 12, None,
                           _IPV4_MEANING.get(state, "")))
    found += _addresses("ip", frame, at + 12, 4, limit)
    if at + 20 < header_end <= limit:
        data = frame[at + 20:header_end]
        found.append(Field("Options", "ip.options", data, data.hex(" "), at + 20, header_end, None, "rarely seen"))
    return found


def ipv6(frame: bytes, at: int, limit: int) -> list[Field]:
    """Return an IPv6 header's fields."""
    return read(IPV6, frame, at, limit) + _addresses("ipv6", frame, at + 8, 16, limit)


def _addresses(key: str, frame: bytes, at: int, size: int, limit: int) -> list[Field]:
    found = []
    for name, part in (("Source Address", "src"), ("Destination Address", "dst")):
        if at + size <= limit:
            found.append(text_field(name, f"{key}.{part}", address(frame[at:at + size]), at, at + size))
        at += size
    return found

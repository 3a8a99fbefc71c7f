"""Field lists of the link layers: Ethernet, tags, cooked captures, loopback, PPP and what stands before IP."""

from __future__ import annotations

from whywire.packets.fields import Field, Spec, flag, hexadecimal, named, preview, read
from whywire.packets.loopback import AF_INET, AF_INET6, family
from whywire.packets.names import ETHERTYPE_NAMES

TYPE = named({**ETHERTYPE_NAMES, 0x0800: "IPv4", 0x86DD: "IPv6"}, 4)
_PACKET_TYPES = {0: "to this host", 1: "broadcast", 2: "multicast", 3: "to another host", 4: "sent by this host"}
_ARPHRD = {1: "Ethernet", 32: "InfiniBand", 512: "PPP", 768: "IPIP tunnel", 772: "loopback", 778: "GRE",
           824: "netlink", 65534: "no link layer"}


def mac(value: int) -> str:
    """Show 48 bits as ``02:00:00:00:00:01``."""
    return ":".join(f"{byte:02x}" for byte in value.to_bytes(6, "big"))


def _mac_meaning(value: int) -> str:
    if value == 0xFFFFFFFFFFFF:
        return "broadcast: everybody on this link"
    if value == 0:
        return "all zero: a loopback interface, which has no address"
    if value >> 40 & 1:
        return "multicast: a group on this link"
    return "made up locally, not burnt into a card" if value >> 41 & 1 else "one network card"


def _type_or_length(value: int) -> str:
    return TYPE(value) if value >= 0x600 else f"{value} bytes"


def _type_meaning(value: int) -> str:
    return "what follows" if value >= 0x600 else "below 0x0600 it is a length (802.3)"


ETHERNET = (
    Spec(0, 6, "Destination", "eth.dst", _mac_meaning, show=mac),
    Spec(6, 6, "Source", "eth.src", _mac_meaning, show=mac),
    Spec(12, 2, "Type", "eth.type", _type_meaning, show=_type_or_length),
)
VLAN = (
    Spec(0, 2, "Priority", "vlan.priority", "802.1p class, 0 is best effort", 0xE000),
    Spec(0, 2, "DEI", "vlan.dei", "may be dropped first", 0x1000, flag),
    Spec(0, 2, "ID", "vlan.id", "which virtual LAN it belongs to", 0x0FFF),
    Spec(2, 2, "Type", "vlan.etype", "what follows", show=_type_or_length),
)
LLC = (
    Spec(0, 1, "DSAP", "llc.dsap", "who is to get it", show=hexadecimal(2)),
    Spec(1, 1, "SSAP", "llc.ssap", "who sent it", show=hexadecimal(2)),
    Spec(2, 1, "Control field", "llc.control", show=hexadecimal(2)),
)
SNAP = (*LLC, Spec(3, 3, "Organization Code", "llc.oui", "0: a type as in Ethernet follows", show=hexadecimal(6)),
        Spec(6, 2, "Type", "llc.type", "what follows", show=TYPE))
MPLS = (
    Spec(0, 4, "MPLS Label", "mpls.label", "the path it takes", 0xFFFFF000),
    Spec(0, 4, "MPLS Experimental Bits", "mpls.exp", "traffic class", 0xE00),
    Spec(0, 4, "MPLS Bottom Of Label Stack", "mpls.bottom",
         lambda value: "the last label" if value else "another label follows", 0x100),
    Spec(0, 4, "MPLS TTL", "mpls.ttl", "hops left", 0xFF),
)
PPPOE = (
    Spec(0, 1, "Version", "pppoe.version", "always 1", 0xF0),
    Spec(0, 1, "Type", "pppoe.type", "always 1", 0x0F),
    Spec(1, 1, "Code", "pppoe.code", "0: session data", show=hexadecimal(2)),
    Spec(2, 2, "Session ID", "pppoe.session_id", "", show=hexadecimal(4)),
    Spec(4, 2, "Payload Length", "pppoe.payload_length", "bytes behind this header; the rest is padding"),
)
COOKED = (
    Spec(0, 2, "Packet type", "sll.pkttype", "which way it went", show=named(_PACKET_TYPES)),
    Spec(2, 2, "Link-layer address type", "sll.hatype", "kind of interface", show=named(_ARPHRD)),
    Spec(4, 2, "Link-layer address length", "sll.halen"),
    Spec(6, 6, "Source", "sll.src.eth", "the sender's link address", show=mac),
    Spec(14, 2, "Protocol", "sll.etype", "what follows", show=TYPE),
)
COOKED2 = (
    Spec(0, 2, "Protocol", "sll.etype", "what follows", show=TYPE),
    Spec(4, 4, "Interface index", "sll.ifindex", "number of the interface in the capturing system"),
    Spec(8, 2, "Link-layer address type", "sll.hatype", "kind of interface", show=named(_ARPHRD)),
    Spec(10, 1, "Packet type", "sll.pkttype", "which way it went", show=named(_PACKET_TYPES)),
    Spec(11, 1, "Link-layer address length", "sll.halen"),
    Spec(12, 6, "Source", "sll.src.eth", "the sender's link address", show=mac),
)
HDLC = (
    Spec(0, 1, "Address", "ppp.address", "all stations", show=hexadecimal(2)),
    Spec(1, 1, "Control", "ppp.control", "unnumbered information", show=hexadecimal(2)),
)
GRE = (
    Spec(0, 2, "Flags and Version", "gre.flags_and_version", "which optional fields follow", show=hexadecimal(4)),
    Spec(2, 2, "Protocol Type", "gre.proto", "what it carries", show=TYPE),
)
VXLAN = (
    Spec(0, 2, "Flags", "vxlan.flags", "0x0800: the network identifier is valid", show=hexadecimal(4)),
    Spec(4, 3, "VXLAN Network Identifier (VNI)", "vxlan.vni", "which virtual network it belongs to"),
)
INFINIBAND = (Spec(40, 2, "Type", "ipoib.type", "what follows", show=TYPE),)


def loopback(frame: bytes, at: int, limit: int) -> list[Field]:
    """Return the address family, whichever byte order it has."""
    if at + 4 > limit:
        return []
    value = family(frame, at)
    name = "IP" if value == AF_INET else "IPv6" if value in AF_INET6 else ""
    order = "big" if frame[at] == frame[at + 1] == 0 else "little"
    return [Field("Family", "null.family", value, f"{name} ({value})" if name else str(value), at, at + 4, None,
                  f"what follows; {order}-endian, as the capturing system wrote it")]


def llc(frame: bytes, at: int, limit: int) -> list[Field]:
    """Return LLC, with SNAP where it is there."""
    return read(SNAP if frame[at:at + 2] == b"\xaa\xaa" else LLC, frame, at, limit)


def ppp(frame: bytes, at: int, limit: int) -> list[Field]:
    """Return HDLC's two bytes, where they are, and the protocol of one or two bytes."""
    found: list[Field] = []
    if frame[at:at + 2] == b"\xff\x03" and at + 2 <= limit:
        found = read(HDLC, frame, at, limit)
        at += 2
    if at >= limit:
        return found
    size = 1 if frame[at] & 1 else 2
    show = named({0x21: "Internet Protocol version 4", 0x57: "Internet Protocol version 6"}, 4)
    return found + read((Spec(0, size, "Protocol", "ppp.protocol", "what follows", show=show),), frame, at, limit)


def rest(name: str, frame: bytes, at: int, limit: int) -> Field:
    """Return bytes that nobody here reads, as one field."""
    data = frame[at:limit]
    return Field(name, "data", data, f"{len(data):,} bytes: {preview(data)}", at, limit)

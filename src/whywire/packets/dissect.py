"""One frame in full: every layer, every field, with its value and its meaning.

It walks with decode's own readers, so a header begins and ends here where it does there; the field lists only say
what is between. A broken layer shows what is there of it, and the layers before it stay.
"""

from __future__ import annotations

from collections.abc import Callable

from whywire.packets import fields_ip, fields_link, fields_tcp
from whywire.packets import layers as layer
from whywire.packets.decode import READERS, first_layer
from whywire.packets.fields import Field, Layer, Spec, read
from whywire.packets.layers import DONE, Cursor
from whywire.packets.names import EXTENSION_NAMES
from whywire.packets.table import TCP, PacketTable

Lister = Callable[[bytes, int, int], list[Field]]


def _fixed(specs: tuple[Spec, ...]) -> Lister:
    return lambda frame, at, limit: read(specs, frame, at, limit)


LAYERS: dict[int, tuple[str, Lister]] = {
    layer.ETHERNET: ("Ethernet II", _fixed(fields_link.ETHERNET)),
    layer.VLAN: ("802.1Q Virtual LAN", _fixed(fields_link.VLAN)),
    layer.LLC: ("Logical-Link Control", fields_link.llc),
    layer.MPLS: ("MultiProtocol Label Switching Header", _fixed(fields_link.MPLS)),
    layer.PPPOE: ("PPP-over-Ethernet Session", _fixed(fields_link.PPPOE)),
    layer.PPP: ("Point-to-Point Protocol", fields_link.ppp),
    layer.COOKED: ("Linux cooked capture v1", _fixed(fields_link.COOKED)),
    layer.COOKED2: ("Linux cooked capture v2", _fixed(fields_link.COOKED2)),
    layer.LOOPBACK: ("Null/Loopback", fields_link.loopback),
    layer.LOOP: ("Null/Loopback", fields_link.loopback),
    layer.RAW: ("Raw packet data", lambda *_: []),
    layer.INFINIBAND: ("IP over InfiniBand", _fixed(fields_link.INFINIBAND)),
    layer.GRE: ("Generic Routing Encapsulation", _fixed(fields_link.GRE)),
    layer.VXLAN: ("Virtual eXtensible Local Area Network", _fixed(fields_link.VXLAN)),
    layer.IPV4: ("Internet Protocol Version 4", fields_ip.ipv4),
    layer.IPV6: ("Internet Protocol Version 6", fields_ip.ipv6),
    layer.EXTENSION: ("", _fixed(fields_ip.EXTENSION)),
    layer.IPV6_FRAGMENT: ("Fragment Header for IPv6", _fixed(fields_ip.FRAGMENT)),
    layer.AUTHENTICATION: ("Authentication Header", _fixed(fields_ip.AUTHENTICATION)),
    layer.UDP: ("User Datagram Protocol", _fixed(fields_tcp.UDP)),
}
_ROUTING = 43


def dissect(frame: bytes, link_type: int, original_length: int | None = None) -> tuple[Layer, ...]:
    """Return the layers of a frame of LINKTYPE_ ``link_type``, outermost first. Never raises for its bytes.

    ``original_length`` is the frame's length on the wire, where the capture has less of it.
    """
    table = PacketTable()
    table.grow(1)
    cursor = Cursor()
    cursor.place(frame, 0, len(frame), len(frame) if original_length is None else original_length)
    found: list[Layer] = []
    routed = False
    kind = first_layer(table, 0, link_type)
    while kind != DONE and len(found) < layer.MOST_LAYERS:
        start = cursor.at
        protocol = cursor.protocol
        errors = table.error[0]
        following = READERS[kind](table, 0, cursor)
        problem = table.errors[table.error[0]] if table.error[0] != errors else ""
        if kind == layer.TCP:
            found += _tcp(table, frame, cursor, start, problem, routed)
        else:
            if kind in (layer.IPV4, layer.IPV6):
                routed = False
            elif kind == layer.EXTENSION and protocol == _ROUTING:  # the checksum has the last stop's address
                routed = frame[start + 3:start + 4] != b"\0"
            found.append(_layer(kind, protocol, frame, start, cursor, problem))
        kind = following
    return (*found, *_rest(table, frame, cursor, found))


def _layer(kind: int, protocol: int, frame: bytes, start: int, cursor: Cursor, problem: str) -> Layer:
    name, lister = LAYERS[kind]
    if kind == layer.EXTENSION:
        name = EXTENSION_NAMES[protocol].replace("ipv6", "IPv6")
        lister = _fixed(fields_ip.ROUTING) if protocol == _ROUTING else lister
    start = min(start, cursor.end)  # what the outer header's length leaves outside is not there
    end = start if kind == layer.RAW else cursor.end if cursor.at == start else min(cursor.at, cursor.end)
    return Layer(name, start, end, tuple(lister(frame, start, end)), problem)


def _tcp(table: PacketTable, frame: bytes, cursor: Cursor, start: int, problem: str, routed: bool) -> list[Layer]:
    """Return the header with its options, and the payload behind it."""
    whole = bool(table.present[0] & TCP)
    header_end = cursor.at if whole else cursor.end
    start = min(start, cursor.end)
    limit = min(header_end, cursor.end)
    source = table.addresses[table.source[0]]
    destination = table.addresses[table.destination[0]]
    state = "" if routed else fields_tcp.sum_state(frame, source, destination, start, cursor.wire_end, cursor.end)
    fields = fields_tcp.tcp(frame, start, limit, state)
    if whole:
        fields += fields_tcp.options(frame, start + 20, header_end, limit)
    found = [Layer("Transmission Control Protocol", start, limit, tuple(fields), problem)]
    length = table.payload_length[0]
    if whole and length:
        at = min(header_end, cursor.end)
        found.append(Layer("TCP payload", at, cursor.end,
                           (fields_tcp.payload(frame, at, cursor.end, length),)))
    cursor.at = cursor.end
    return found


def _rest(table: PacketTable, frame: bytes, cursor: Cursor, found: list[Layer]) -> list[Layer]:
    """Return what stands behind the last header that is read here: another protocol's bytes, then padding."""
    left: list[Layer] = []
    at = max(found[-1].end if found else 0, cursor.at)
    if at < cursor.end:
        name = table.protocols[table.protocol[0]]
        left.append(Layer(name, at, cursor.end, (fields_link.rest("Data", frame, at, cursor.end),)))
    if cursor.end < len(frame):
        padding = frame[cursor.end:]
        left.append(Layer("Padding", cursor.end, len(frame), (
            Field("Padding", "eth.padding", padding, f"{len(padding):,} bytes", cursor.end, len(frame), None,
                  "no part of the IP packet: Ethernet fills short frames up to 60 bytes"),)))
    return left

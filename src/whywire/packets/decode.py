"""From a capture's frames to the columns of a `PacketTable`, in one pass over its blocks."""

from __future__ import annotations

from whywire.capture.block import Block, FrameSource
from whywire.packets import layers as layer
from whywire.packets.cooked import cooked, cooked2
from whywire.packets.ethernet import ethernet, llc, mpls, vlan
from whywire.packets.gre import gre
from whywire.packets.infiniband import infiniband
from whywire.packets.ip4 import ipv4
from whywire.packets.ip6 import authentication, extension, fragment, ipv6
from whywire.packets.layers import DONE, Cursor, broken, named
from whywire.packets.loopback import loopback
from whywire.packets.ppp import ppp, pppoe
from whywire.packets.raw import raw_ip
from whywire.packets.reassembly import Fragments
from whywire.packets.table import PACKET_ID, TIME, Capture, PacketTable
from whywire.packets.tcp import tcp
from whywire.packets.udp import udp, vxlan

LINK_LAYERS = {0: layer.NULL, 1: layer.ETHERNET, 9: layer.PPP, 12: layer.RAW, 14: layer.RAW, 50: layer.PPP,
               101: layer.RAW, 108: layer.LOOP, 113: layer.COOKED, 228: layer.IPV4, 229: layer.IPV6,
               242: layer.INFINIBAND, 276: layer.COOKED2}
"""LINKTYPE_ number of the tcpdump registry to the first layer of its frames."""

READERS = {
    layer.ETHERNET: ethernet, layer.VLAN: vlan, layer.LLC: llc, layer.MPLS: mpls, layer.PPPOE: pppoe,
    layer.PPP: ppp, layer.COOKED: cooked, layer.COOKED2: cooked2, layer.NULL: loopback, layer.LOOP: loopback,
    layer.RAW: raw_ip, layer.INFINIBAND: infiniband, layer.IPV4: ipv4, layer.IPV6: ipv6,
    layer.EXTENSION: extension, layer.IPV6_FRAGMENT: fragment, layer.AUTHENTICATION: authentication,
    layer.TCP: tcp, layer.UDP: udp, layer.GRE: gre, layer.VXLAN: vxlan,
}


def decode_capture(source: FrameSource, name: str, view: str = "file") -> Capture:
    """Read all frames of a capture. Never raises for what is in them; ``problems`` has the file's damage."""
    table = PacketTable()
    decode_into(table, source, 0)
    return Capture(name, view, table, tuple(problem.what for problem in source.problems), (source,))


def decode_into(table: PacketTable, source: FrameSource, file: int) -> None:
    """Add the frames of ``source`` to ``table`` as those of its file number ``file``."""
    base = len(table.interfaces)
    cursor = Cursor(Fragments())
    for block in source.blocks():
        table.interfaces[base:] = source.interfaces
        _fill(table, block, cursor, file, base)
    table.interfaces[base:] = source.interfaces


def _fill(table: PacketTable, block: Block, cursor: Cursor, file: int, base: int) -> None:
    count = block.count
    first = table.grow(count)
    last = first + count
    table.time_ns[first:last] = block.time_ns
    table.packet_id[first:last] = block.packet_id
    table.captured[first:last] = block.captured
    table.original[first:last] = block.original
    table.interface[first:last] = block.interface
    table.direction[first:last] = block.direction
    link_types = [interface.link_type for interface in table.interfaces]
    row = first
    for index in range(count):
        at = block.at[index]
        table.file_at[row] = block.start + at
        table.file[row] = file
        interface = table.interface[row] = block.interface[index] + base
        present = 0 if block.time_ns[index] < 0 else TIME
        table.present[row] = present if block.packet_id[index] < 0 else present | PACKET_ID
        cursor.place(block.data, at, block.captured[index], block.original[index])
        walk(table, row, cursor, first_layer(table, row, link_types[interface]))
        row += 1


def first_layer(table: PacketTable, row: int, link_type: int) -> int:
    """Return the layer that a link type's frames begin with, or name the link type and return DONE."""
    found = LINK_LAYERS.get(link_type, DONE)
    return found if found != DONE else named(table, row, f"link type {link_type}")


def walk(table: PacketTable, row: int, cursor: Cursor, found: int) -> None:
    """Read one frame, layer by layer, from ``found`` on."""
    left = layer.MOST_LAYERS
    while found != DONE:
        if left == 0:
            named(table, row, "too many layers")
            broken(table, row, f"more than {layer.MOST_LAYERS} headers in one frame")
            return
        left -= 1
        found = READERS[found](table, row, cursor)

"""From a capture's frames to the columns of a `PacketTable`, in one pass over its blocks."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from whywire.base.columns import Columns
from whywire.capture.block import Block, FrameSource, Interface
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

LINK_LAYERS = {0: layer.LOOPBACK, 1: layer.ETHERNET, 9: layer.PPP, 12: layer.RAW, 14: layer.RAW, 50: layer.PPP,
               101: layer.RAW, 108: layer.LOOP, 113: layer.COOKED, 228: layer.IPV4, 229: layer.IPV6,
               242: layer.INFINIBAND, 276: layer.COOKED2}
"""LINKTYPE_ number of the tcpdump registry to the first layer of its frames."""

READERS = {
    layer.ETHERNET: ethernet, layer.VLAN: vlan, layer.LLC: llc, layer.MPLS: mpls, layer.PPPOE: pppoe,
    layer.PPP: ppp, layer.COOKED: cooked, layer.COOKED2: cooked2, layer.LOOPBACK: loopback, layer.LOOP: loopback,
    layer.RAW: raw_ip, layer.INFINIBAND: infiniband, layer.IPV4: ipv4, layer.IPV6: ipv6,
    layer.EXTENSION: extension, layer.IPV6_FRAGMENT: fragment, layer.AUTHENTICATION: authentication,
    layer.TCP: tcp, layer.UDP: udp, layer.GRE: gre, layer.VXLAN: vxlan,
}


def decode_capture(source: FrameSource, name: str, view: str = "file") -> Capture:
    """Read all frames of a capture. Never raises for what is in them; ``problems`` has the file's damage."""
    table = PacketTable()
    decode_into(table, source, 0)
    return Capture(name, view, table, tuple(problem.what for problem in source.problems), (source,))


def decode_into(table: PacketTable, source: FrameSource, file: int,
                goes_on: Callable[[int, int], bool] | None = None) -> None:
    """Add the frames of ``source`` to ``table`` as those of its file number ``file``.

    ``goes_on`` is asked behind each block, with the bytes of the (uncompressed) file and the packets so far;
    False: stop.
    """
    for at in decode_blocks(table, source, file):
        if goes_on is not None and not goes_on(at, table.count):
            break
    table.cut(table.count)


def decode_blocks(table: PacketTable, source: FrameSource, file: int) -> Iterator[int]:
    """Add the frames of ``source`` block by block; yield behind each how far the (uncompressed) file was read.

    Rows that were seen to may be taken away (`PacketTable.forget`) before the next block. The columns have room for
    more rows at the end than are there.
    """
    base = len(table.interfaces)
    cursor = Cursor(Fragments())
    for block in source.blocks():
        table.interfaces[base:] = source.interfaces
        first = table.grow(block.frames, table.count >> 1)  # the columns move when they grow: seldom, then
        _fill(table, first, block, cursor, file, base)
        yield block.start + len(block.data)
    table.interfaces[base:] = source.interfaces


def _fill(table: PacketTable, first: int, block: Block, cursor: Cursor, file: int, base: int) -> None:
    """Write the frames of a block into the rows from ``first`` on: what the file says of each, then its headers."""
    link_types = LinkTypes(table.interfaces)
    data, start = block.data, block.start
    for index in range(block.frames):
        row = first + index
        time_ns, packet_id, at = block.time_ns[index], block.packet_id[index], block.at[index]
        table.time_ns[row] = time_ns
        table.packet_id[row] = packet_id
        table.file_at[row] = start + at
        table.file[row] = file
        table.captured[row] = block.captured[index]
        table.original[row] = block.original[index]
        table.direction[row] = block.direction[index]
        interface = block.interface[index] + base
        table.interface[row] = interface
        table.present[row] = (TIME if time_ns >= 0 else 0) | (PACKET_ID if packet_id >= 0 else 0)
        cursor.place(data, at, block.captured[index], block.original[index])
        found = link_types.first[interface]
        if found == DONE:
            named(table, row, f"link type {table.interfaces[interface].link_type}")
        else:
            walk(table, row, cursor, found)


class LinkTypes(Columns):
    """Interface -> the layer that its frames begin with; DONE where nothing reads its link type."""

    first: array[int]

    def __init__(self, interfaces: list[Interface]) -> None:
        super().__init__((("first", "B"),))
        self.grow(len(interfaces))
        for number, interface in enumerate(interfaces):
            self.first[number] = LINK_LAYERS.get(interface.link_type, DONE)


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
        if found == layer.TCP:  # the four that nearly every frame has, without a look into the table
            found = tcp(table, row, cursor)
        elif found == layer.IPV4:
            found = ipv4(table, row, cursor)
        elif found == layer.ETHERNET:
            found = ethernet(table, row, cursor)
        elif found == layer.IPV6:
            found = ipv6(table, row, cursor)
        else:
            found = READERS[found](table, row, cursor)

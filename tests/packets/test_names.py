from __future__ import annotations

import pytest

from whywire.packets import names
from whywire.packets.decode import LINK_LAYERS
from whywire.packets.layers import DONE, IPV4, IPV6, TCP
from whywire.packets.table import PacketTable


def named_by(function, number: int) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    table = PacketTable()
    table.grow(1)
    return function(table, 0, number), table.protocols[table.protocol[0]]


def test_a_number_leads_to_a_layer_or_gets_a_name() -> None:
    assert named_by(names.ethertype_layer, 0x0800)[0] == IPV4
    assert named_by(names.ethertype_layer, 0x86DD)[0] == IPV6
    assert named_by(names.ip_layer, 6)[0] == TCP
    assert named_by(names.ethertype_layer, 0x0806) == (DONE, "arp")
    assert named_by(names.ethertype_layer, 0x88B5) == (DONE, "ethertype 0x88b5")
    assert named_by(names.ip_layer, 2) == (DONE, "igmp")
    assert named_by(names.ip_layer, 254) == (DONE, "ip protocol 254")


@pytest.mark.parametrize("number", range(256))
def test_every_ip_protocol_has_one_of_both(number: int) -> None:
    layer, name = named_by(names.ip_layer, number)
    assert (layer == DONE) == (name != "tcp")
    assert number not in names.IP_LAYERS or number in names.IP_NAMES or number in names.EXTENSION_NAMES or (
        number in (4, 41, 137))


def test_link_types_that_are_read_have_a_name() -> None:
    assert set(LINK_LAYERS) <= set(names.LINK_TYPE_NAMES)
    assert names.link_type_name(1) == "Ethernet"
    assert names.link_type_name(3333) == "link type 3333"

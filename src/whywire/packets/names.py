"""What a number on the wire is called, and which layer it leads to. What is not TCP gets its name here."""

from __future__ import annotations

from whywire.packets.layers import (
    AUTHENTICATION,
    DONE,
    ETHERNET,
    EXTENSION,
    GRE,
    IPV4,
    IPV6,
    IPV6_FRAGMENT,
    MPLS,
    PPPOE,
    TCP,
    UDP,
    VLAN,
    VXLAN,
    named,
)
from whywire.packets.table import PacketTable

ETHERTYPE_IPV4, PROTOCOL_TCP = 0x0800, 6

ETHERTYPE_LAYERS = {
    ETHERTYPE_IPV4: IPV4, 0x86DD: IPV6, 0x8100: VLAN, 0x88A8: VLAN, 0x9100: VLAN, 0x9200: VLAN, 0x8847: MPLS,
    0x8848: MPLS, 0x8864: PPPOE, 0x6558: ETHERNET,
}

ETHERTYPE_NAMES = {
    0x0806: "arp", 0x8035: "rarp", 0x0842: "wake-on-lan", 0x22F0: "avtp", 0x22F3: "trill",
    0x809B: "appletalk", 0x80F3: "appletalk arp", 0x8137: "ipx", 0x8808: "ethernet flow control",
    0x8809: "lacp", 0x8863: "pppoe discovery", 0x888E: "eap over lan", 0x8892: "profinet",
    0x889A: "hyperscsi", 0x88A2: "ata over ethernet", 0x88A4: "ethercat", 0x88B8: "goose", 0x88CC: "lldp",
    0x88E1: "homeplug", 0x88E5: "macsec", 0x88F7: "ptp", 0x8902: "cfm", 0x8906: "fcoe",
    0x8914: "fcoe initialization", 0x8915: "roce", 0x892F: "hsr", 0x9000: "ethernet loopback",
    0x0800: "ipv4", 0x86DD: "ipv6", 0x8100: "vlan", 0x88A8: "vlan", 0x8847: "mpls", 0x8848: "mpls",
    0x8864: "pppoe",
}

LLC_NAMES = {
    0x42: "stp", 0xE0: "ipx", 0xF0: "netbios over llc", 0xFE: "osi", 0xFF: "ipx",
}

IP_LAYERS = {
    PROTOCOL_TCP: TCP, 17: UDP, 4: IPV4, 41: IPV6, 47: GRE, 0: EXTENSION, 43: EXTENSION, 60: EXTENSION, 135: EXTENSION,
    139: EXTENSION, 140: EXTENSION, 44: IPV6_FRAGMENT, 51: AUTHENTICATION, 137: MPLS,
}

EXTENSION_NAMES = {
    0: "ipv6 hop-by-hop options", 43: "ipv6 routing", 44: "ipv6 fragment", 60: "ipv6 destination options",
    135: "ipv6 mobility", 139: "hip", 140: "shim6", 51: "authentication header",
}

IP_NAMES = {
    1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 33: "dccp", 46: "rsvp", 47: "gre", 50: "esp", 58: "icmpv6",
    59: "ipv6 without a next header", 88: "eigrp", 89: "ospf", 103: "pim", 108: "ip payload compression",
    112: "vrrp", 115: "l2tp", 132: "sctp", 136: "udp-lite",
}

UDP_LAYERS = {
    4789: VXLAN, 8472: VXLAN,
}

UDP_NAMES = {
    53: "dns", 67: "dhcp", 68: "dhcp", 69: "tftp", 88: "kerberos", 111: "rpc portmap", 123: "ntp",
    137: "netbios names", 138: "netbios datagrams", 161: "snmp", 162: "snmp", 319: "ptp", 320: "ptp",
    389: "ldap", 443: "quic", 500: "ike", 514: "syslog", 520: "rip", 546: "dhcpv6", 547: "dhcpv6",
    853: "dns over quic", 1194: "openvpn", 1701: "l2tp", 1812: "radius", 1813: "radius", 1900: "ssdp",
    2152: "gtp", 3478: "stun", 3702: "ws-discovery", 4500: "ike", 5060: "sip", 5353: "mdns", 5355: "llmnr",
    5683: "coap", 6696: "babel", 51820: "wireguard",
}

LINK_TYPE_NAMES = {
    0: "Null/Loopback", 1: "Ethernet", 6: "Token Ring", 9: "PPP", 12: "Raw IP", 14: "Raw IP",
    50: "PPP in HDLC framing", 101: "Raw IP", 105: "IEEE 802.11", 108: "OpenBSD loopback",
    113: "Linux cooked", 127: "IEEE 802.11 with radiotap", 147: "user 0", 189: "USB", 195: "IEEE 802.15.4",
    201: "Bluetooth HCI", 228: "Raw IPv4", 229: "Raw IPv6", 242: "IP over InfiniBand", 249: "USBPcap",
    253: "Netlink", 276: "Linux cooked v2",
}


def ethertype_layer(table: PacketTable, row: int, kind: int) -> int:
    """Return the layer behind an EtherType (IEEE 802 numbers), or name what is there and return DONE."""
    if kind == ETHERTYPE_IPV4:  # nearly always
        return IPV4
    layer: int = ETHERTYPE_LAYERS.get(kind, DONE)
    if layer == DONE:
        return named(table, row, ETHERTYPE_NAMES.get(kind) or f"ethertype 0x{kind:04x}")
    return layer


def ip_layer(table: PacketTable, row: int, protocol: int) -> int:
    """Return the layer behind an IP protocol number (IANA), or name what is there and return DONE."""
    if protocol == PROTOCOL_TCP:  # nearly always
        return TCP
    layer: int = IP_LAYERS.get(protocol, DONE)
    if layer == DONE:
        return named(table, row, IP_NAMES.get(protocol) or f"ip protocol {protocol}")
    return layer


def link_type_name(link_type: int) -> str:
    """Return a capture's link type as people know it: ``Ethernet``, ``link type 147``."""
    return LINK_TYPE_NAMES.get(link_type) or f"link type {link_type}"

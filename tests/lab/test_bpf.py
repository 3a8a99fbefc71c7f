"""Programs are run here on packets, by the rules of the kernel's filter; tests/lab/test_sniffer.py runs them in it."""

from __future__ import annotations

import subprocess
from ipaddress import ip_address
from struct import pack

import pytest

from tests.conftest import needed
from whywire.base.errors import WhywireError
from whywire.lab import bpf
from whywire.lab.bpf import compile_filter
from whywire.lab.filters import parse


def keeps(text: str, ethertype: int, packet: bytes) -> bool:
    """Return whether a filter's program keeps a packet (from its network header on)."""
    program = compile_filter(parse(text))
    value = index = at = 0
    while True:
        code, yes, no, number = program[at]
        at += 1
        if code == bpf.RETURN:
            return number > 0
        if code in (bpf.EQUAL, bpf.GREATER, bpf.AT_LEAST, bpf.ANY_BIT):
            holds = {bpf.EQUAL: value == number, bpf.GREATER: value > number, bpf.AT_LEAST: value >= number,
                     bpf.ANY_BIT: bool(value & number)}[code]
            at += yes if holds else no
        elif code == bpf.MASK:
            value &= number
        elif number == bpf.PROTOCOL:
            value = ethertype
        else:
            place = number - bpf.NETWORK + (index if code == bpf.HALF_INDEXED else 0)
            size = {bpf.WORD: 4, bpf.HALF: 2, bpf.HALF_INDEXED: 2, bpf.BYTE: 1, bpf.HEADER_LENGTH: 1}[code]
            if place + size > len(packet):
                return False  # a load beyond the packet ends the program with 0
            loaded = int.from_bytes(packet[place:place + size], "big")
            if code == bpf.HEADER_LENGTH:
                index = 4 * (loaded & 15)
            else:
                value = loaded


def ipv4(protocol: int, source: str, target: str, ports: tuple[int, int] = (0, 0), *, fragment: int = 0,
         options: int = 0) -> tuple[int, bytes]:
    head = pack("!BBHHHBBH", 0x45 + options, 0, 0, 0, fragment, 64, protocol, 0)
    return 0x0800, (head + ip_address(source).packed + ip_address(target).packed + bytes(4 * options)
                    + pack("!HH", *ports) + bytes(16))


def ipv6(protocol: int, source: str, target: str, ports: tuple[int, int] = (0, 0)) -> tuple[int, bytes]:
    head = pack("!IHBB", 6 << 28, 20, protocol, 64)
    return 0x86DD, head + ip_address(source).packed + ip_address(target).packed + pack("!HH", *ports) + bytes(16)


HTTP = ipv4(6, "10.0.0.1", "10.0.0.2", (4000, 80))
LONG_HEADER = ipv4(6, "10.0.0.1", "10.0.0.2", (4000, 80), options=3)
LATER = ipv4(6, "10.0.0.1", "10.0.0.2", (4000, 80), fragment=100)
DNS = ipv4(17, "10.0.0.1", "192.168.1.1", (5000, 53))
PING = ipv4(1, "10.0.0.1", "10.0.0.2")
SIX = ipv6(6, "fe80::1", "2001:db8::7", (4000, 80))
PING6 = ipv6(58, "fe80::1", "fe80::2")
ARP = (0x0806, bytes(28))
ALL = {"http": HTTP, "long": LONG_HEADER, "later": LATER, "dns": DNS, "ping": PING, "six": SIX, "ping6": PING6,
       "arp": ARP}


@pytest.mark.parametrize(("text", "kept"), [
    ("tcp", "http long later six"), ("udp", "dns"), ("icmp", "ping"), ("icmp6", "ping6"),
    ("ip", "http long later dns ping"), ("ip6", "six ping6"), ("arp", "arp"),
    ("port 80", "http long six"), ("src port 80", ""), ("dst port 80", "http long six"),
    ("src port 4000", "http long six"),
    ("portrange 50-60", "dns"), ("portrange 53-53", "dns"), ("portrange 54-79", ""), ("tcp port 53", ""),
    ("host 10.0.0.1", "http long later dns ping"), ("dst host 10.0.0.1", ""), ("src host 10.0.0.1 and udp", "dns"),
    ("net 192.168.0.0/16", "dns"), ("net 10.0.0.2/31", "http long later ping"),
    ("net 0.0.0.0/0", "http long later dns ping"),
    ("host 2001:db8::7", "six"), ("src net fe80::/10", "six ping6"), ("dst net fe80::/10", "ping6"),
    ("net 2001:db8::4/126", "six"), ("net ::/0", "six ping6"), ("net fe80::2/127", "ping6"),
    ("not tcp", "dns ping ping6 arp"), ("not port 80", "later dns ping ping6 arp"),
    ("tcp or udp", "http long later six dns"), ("tcp and host 10.0.0.2 and not port 80", "later"),
    ("port 80 or 53", "http long six dns"), ("not (tcp or udp)", "ping ping6 arp"),
    ("(tcp or udp) and (net 192.168.0.0/16 or ip6)", "six dns"),
])
def test_what_is_kept(text: str, kept: str) -> None:
    assert {name for name, packet in ALL.items() if keeps(text, *packet)} == set(kept.split())


@pytest.mark.parametrize("name", list(ALL))
def test_a_packet_that_is_cut_short_ends_the_program(name: str) -> None:
    ethertype, packet = ALL[name]
    for size in range(len(packet)):
        keeps("port 80 or host 10.0.0.1 or net fe80::/10", ethertype, packet[:size])


def test_too_long_a_filter() -> None:
    text = " or ".join(f"port {port}" for port in range(1, 200))
    with pytest.raises(WhywireError, match="too long"):
        compile_filter(parse(text))


@pytest.mark.parametrize("text", ["tcp port 80 or 443", "not (tcp or port 80)", "src net 10.0.0.0/8",
                                  "dst host 1.2.3.4",
                                  "ip6 and tcp", "portrange 1-1023 and not udp", "ip host 1.2.3.4 || arp", "icmp6"])
def test_the_words_are_those_of_tcpdump(text: str) -> None:
    compile_filter(parse(text))
    tcpdump = needed("tcpdump", "./dev test installs it where it may, or says what to install")
    done = subprocess.run([tcpdump, "-y", "EN10MB", "-ddd", text], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr

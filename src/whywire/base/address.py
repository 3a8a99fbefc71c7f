"""Addresses and endpoints as text. Raw addresses are 4 bytes (IPv4) or 16 bytes (IPv6), network order."""

from __future__ import annotations


def address(raw: bytes) -> str:
    """Return an address as text: ``10.0.0.1``, ``fe80::1`` (RFC 5952)."""
    if len(raw) == 4:
        return f"{raw[0]}.{raw[1]}.{raw[2]}.{raw[3]}"
    from ipaddress import ip_address  # eight milliseconds to import, for IPv6 only

    return str(ip_address(raw))


def endpoint(raw: bytes, port: int) -> str:
    """Return an endpoint as text: ``10.0.0.1:80``, ``[fe80::1]:80``."""
    text = address(raw)
    return f"[{text}]:{port}" if ":" in text else f"{text}:{port}"

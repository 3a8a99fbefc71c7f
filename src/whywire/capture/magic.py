"""What a file's first bytes look like, for the sentence that says it is not a capture."""

from __future__ import annotations

COMPRESSED: tuple[tuple[bytes, str, str], ...] = (
    (b"\x28\xb5\x2f\xfd", "a zstd file",
     "unpack it first: zstd -d FILE; or let whywire do it: pip install 'whywire[zstd]'"),
    (b"\xfd7zXZ\0", "an xz file", "unpack it first: xz -dk FILE"),
    (b"BZh", "a bzip2 file", "unpack it first: bunzip2 -k FILE"),
    (b"\x04\x22\x4d\x18", "an lz4 file", "unpack it first: lz4 -d FILE"),
)
"""Magic, what it is, what to do."""

_CONVERT = "convert it first: editcap -F pcapng FILE OUT.pcapng"

OTHER_CAPTURES: tuple[tuple[bytes, str], ...] = (
    (b"snoop\0\0\0", "a snoop capture (Solaris, RFC 1761)"),
    (b"btsnoop\0", "a Bluetooth btsnoop capture"),
    (b"GMBU", "a Microsoft Network Monitor 2 capture"),
    (b"RTSS", "a Microsoft Network Monitor 1 capture"),
    (b"TRSNIFF data", "a Sniffer capture"),
    (b"XCP\0", "a NetXRay capture"),
    (b"iptrace ", "an AIX iptrace capture"),
    (b"\x7fver", "an OmniPeek capture"),
    (b"\x1c\x00\x01\xac", "an Ixia pcap variant"), (b"\xac\x01\x00\x1c", "an Ixia pcap variant"),
    (b"\x1c\x00\x01\xab", "an Ixia pcap variant"), (b"\xab\x01\x00\x1c", "an Ixia pcap variant"),
    (b"\xa1\xb2\xc3\xcd", "an Ixia pcap variant"), (b"\xcd\xc3\xb2\xa1", "an Ixia pcap variant"),
    (b"\xa1\xe2\xcb\x12", "an old pcap variant"), (b"\x12\xcb\xe2\xa1", "an old pcap variant"),
)

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "a program (ELF)"), (b"MZ", "a Windows program"), (b"PK\x03\x04", "a zip file"),
    (b"\x89PNG\r\n", "a PNG picture"), (b"\xff\xd8\xff", "a JPEG picture"), (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"), (b"SQLite format 3\0", "an SQLite database"), (b"7z\xbc\xaf", "a 7z file"),
    (b"\n\r\r\n", "pcapng, but its byte order mark is damaged"),
)


def describe(head: bytes) -> tuple[str, str]:
    """Return what ``head``, the first bytes of a file, looks like, and a hint (perhaps empty)."""
    for magic, name, hint in COMPRESSED:
        if head.startswith(magic):
            return name, hint
    for magic, name in OTHER_CAPTURES:
        if head.startswith(magic):
            return name, _CONVERT
    for magic, name in _OTHERS:
        if head.startswith(magic):
            return name, ""
    if head[257:262] == b"ustar":
        return "a tar file", "unpack it first: tar -xf FILE"
    text = _as_text(head)
    if text is None:
        return "binary data of a kind that is not known here, beginning with " + head[:8].hex(" "), ""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return "JSON", ""
    if start[:14].lower().startswith(("<!doctype html", "<html")):
        return "an HTML page", ""
    if start.startswith("<"):
        return "XML", ""
    return "text", ""


def _as_text(head: bytes) -> str | None:
    """Return ``head`` as text, or None when it is none. Its last letter may be cut."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return None
        text = head[:error.start].decode("utf-8")
    return text if all(letter.isprintable() or letter in "\t\r\n\f\ufeff" for letter in text) else None

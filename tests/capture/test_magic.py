"""What a file that is no capture looks like."""

from __future__ import annotations

import pytest

from whywire.capture.magic import describe


@pytest.mark.parametrize(("head", "name"), [
    (b"\x28\xb5\x2f\xfd....", "a zstd file"), (b"\xfd7zXZ\0", "an xz file"), (b"BZh91AY", "a bzip2 file"),
    (b"snoop\0\0\0\0\0\0\2", "a snoop capture (Solaris, RFC 1761)"), (b"\x7fELF\2\1", "a program (ELF)"),
    (b"PK\x03\x04", "a zip file"), (b"\x89PNG\r\n\x1a\n", "a PNG picture"), (b"%PDF-1.7", "a PDF document"),
    (bytes(257) + b"ustar\0", "a tar file"), (b' \n{"a": 1}', "JSON"), (b"[1]", "JSON"),
    (b"<!DOCTYPE html>", "an HTML page"), (b"<?xml?>", "XML"), (b"hello\n", "text"), ("h\u00e4".encode()[:-1], "text"),
    (b"\xcd\xc3\xb2\xa1", "an Ixia pcap variant"),
    (b"\n\r\r\n\x1c\0\0\0\0\0\0\0", "pcapng, but its byte order mark is damaged"),
    (b"\0\1\2\xff", "binary data of a kind that is not known here, beginning with 00 01 02 ff")])
def test_first_bytes(head: bytes, name: str) -> None:
    assert describe(head)[0] == name


def test_a_way_out_is_named_where_there_is_one() -> None:
    assert describe(b"\x28\xb5\x2f\xfd")[1].startswith("unpack it first: zstd -d FILE; or")
    assert describe(b"snoop\0\0\0")[1].startswith("convert it first: editcap")
    assert describe(b"hello")[1] == ""

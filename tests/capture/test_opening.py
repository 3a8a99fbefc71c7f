"""One sentence for each way in which a file can be no capture."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.capture.expected import CAPTURES
from whywire.base.errors import WhywireError
from whywire.capture import open_bytes, open_capture

PCAP = (CAPTURES / "formats/pcap_us_le.pcap").read_bytes()
PCAPNG = (CAPTURES / "formats/pcapng_le.pcapng").read_bytes()


def refused(path: Path) -> WhywireError:
    """Return the error of opening a file."""
    with pytest.raises(WhywireError) as caught:
        open_capture(path)
    assert caught.value.exit_code == 2
    assert str(path) in caught.value.what
    assert "\n" not in caught.value.what
    return caught.value


@pytest.mark.parametrize(("content", "word", "hint"), [
    (b"", "is empty: it has 0 bytes", "stopped before"),
    (PCAP[:10], "cut in its header: a pcap file begins with 24 bytes, this one has 10", "record it again"),
    (PCAPNG[:3], "cut in its header: a pcapng file begins with 28 bytes, this one has 3", ""),
    (PCAPNG[:27], "cut in its header", ""),
    (b"hello, world!\n", "looks like text", "pcap and pcapng"),
    (gzip.compress(b"hello", mtime=0), "looks like a gzip file that holds text", "pcap and pcapng"),
    (gzip.compress(b"", mtime=0), "is a gzip file with nothing in it", ""),
    (gzip.compress(PCAP, mtime=0)[:12], "(the gzip data is cut: it ends after 12 bytes", ""),
    (gzip.compress(PCAP, mtime=0)[:9], "with nothing in it: the gzip data is cut", ""),
    (b"\x28\xb5\x2f\xfd" + bytes(50), "is a zstd file with nothing in it: the zstd data is cut", "")])
def test_what_is_no_capture(content: bytes, word: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(content)
    error = refused(path)
    assert word in error.what
    assert hint in error.hint


def test_no_such_file_names_those_close_to_it(tmp_path: Path) -> None:
    (tmp_path / "server.pcapng").touch()
    assert refused(tmp_path / "sever.pcapng").hint == "close to it: server.pcapng"
    assert "ls" in refused(tmp_path / "x").hint
    assert "not there either" in refused(tmp_path / "y" / "x").hint


def test_a_directory(tmp_path: Path) -> None:
    assert "is a directory" in refused(tmp_path).what


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(WhywireError, match="can't be opened"):
        open_capture("a\0b")


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)  # root, who may run the tests, can read everything
    assert "may not be read" in refused(tmp_path / "x").what


@pytest.mark.parametrize(("name", "file_type"), [
    ("pcap_us_be.pcap", "pcap"), ("pcap_ns_le.pcap", "pcap (nanoseconds)"), ("pcapng_be.pcapng", "pcapng"),
    ("pcap_gz.pcap.gz", "pcap, gzip"), ("pcapng_gz.pcapng.gz", "pcapng, gzip")])
def test_the_format_is_found_by_the_first_bytes(name: str, file_type: str) -> None:
    source = open_capture(CAPTURES / "formats" / name)
    assert source.file_type == file_type
    source.close()


def test_bytes_in_memory() -> None:
    source = open_bytes(gzip.compress(PCAP), "mine", host="a")
    assert source.path == "mine"
    (block,) = source.blocks()
    assert source.interfaces[0].host == "a"
    assert source.read(24 + 16, 4) == block.data[block.at[0]:block.at[0] + 4]


def test_without_a_zstd_library_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("whywire.capture.opening.zstd", lambda: None)
    path = tmp_path / "x.pcap.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(50))
    error = refused(path)
    assert "looks like a zstd file" in error.what
    assert error.hint.startswith(f"unpack it first: zstd -d {path}; or")

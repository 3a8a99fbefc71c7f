"""Opening a capture: which format is it, and one sentence (exit code 2) when it is none."""

from __future__ import annotations

from pathlib import Path

from whywire.base.errors import WhywireError
from whywire.capture import pcap, pcapng
from whywire.capture.framing import Framer
from whywire.capture.magic import describe
from whywire.capture.source import CaptureFile
from whywire.capture.streams import FileInput, Input, MemoryInput
from whywire.capture.unpacking import Codec, UnpackedInput, gzip, zstd

_HEAD = 1 << 16
_EXPECTED = "whywire reads pcap and pcapng files, also inside gzip or zstd"


def open_capture(
    path: str | Path, *, keep: bool = False, again: bool = True, host: str | None = None
) -> CaptureFile:
    """Open a pcap or pcapng file, also inside gzip or zstd.

    ``keep`` holds the unpacked bytes of a compressed file in memory, so that reading a packet again needs no
    second pass. Without ``again`` no packet will be read a second time, so nothing of a pipe is kept. ``host`` is the
    lab's host at which it was captured. Raises WhywireError for a file that is not there, can't be read, is empty,
    cut in its header, or no capture.
    """
    name = str(path)
    try:
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115 (closed by the CaptureFile)
    except FileNotFoundError:
        raise WhywireError(f"{name}: there is no such file", _neighbours(Path(path))) from None
    except IsADirectoryError:
        raise WhywireError(f"{name} is a directory, neither a capture nor a run folder",
                           "name a capture file, or a folder that 'whywire run' wrote") from None
    except PermissionError:
        raise WhywireError(f"{name} may not be read by this user", "check its permissions: ls -l") from None
    except (OSError, ValueError) as error:
        raise WhywireError(f"{name} can't be opened: {getattr(error, 'strerror', None) or error}") from None
    source = FileInput(file, again=again)
    try:
        return _open(source, name, keep, host)
    except WhywireError:
        source.close()
        raise


def open_bytes(data: bytes, name: str = "memory", *, host: str | None = None) -> CaptureFile:
    """Open a capture that is in memory. Raises WhywireError as `open_capture` does."""
    return _open(MemoryInput(data), name, True, host)


def _open(source: Input, name: str, keep: bool, host: str | None) -> CaptureFile:
    head = _head(source)
    if not head:
        raise WhywireError(f"{name} {source.damage or 'is empty: it has 0 bytes'}",
                           "" if source.damage else "was the recording stopped before it was written?")
    codec = _codec(head)
    if codec is None:
        return _recognise(source, head, name, host, "")
    inside = UnpackedInput(source, codec, keep, head)
    head = _head(inside)
    if not head:
        raise WhywireError(f"{name} is a {codec.name} file with nothing in it"
                           + (f": {inside.damage}" if inside.damage else ""), _EXPECTED)
    return _recognise(inside, head, name, host, codec.name)


def _codec(head: bytes) -> Codec | None:
    """Return the compression that a file begins with, if it can be unpacked here."""
    if head[:2] == b"\x1f\x8b":
        return gzip()
    return zstd() if head[:4] == b"\x28\xb5\x2f\xfd" else None


def _head(source: Input) -> bytes:
    """Read the first bytes; a pipe may hand them over in small pieces."""
    head = source.read(_HEAD)
    while 0 < len(head) < pcapng.HEADER_SIZE:
        piece = source.read(_HEAD)
        if not piece:
            break
        head += piece
    return head


def _recognise(source: Input, head: bytes, name: str, host: str | None, compression: str) -> CaptureFile:
    framer: Framer
    inside = f", {compression}" if compression else ""
    order = pcap.order_of(head)
    if order is not None:
        _check_size(head, pcap.HEADER_SIZE, "pcap", name)
        framer = pcap.PcapFramer(head, order, host)
        return CaptureFile(name, source, framer, head, pcap.HEADER_SIZE, inside)
    if head[:4] == b"\n\r\r\n"[:len(head)]:
        _check_size(head, pcapng.HEADER_SIZE, "pcapng", name)
    if pcapng.order_of(head) is not None:
        framer = pcapng.PcapngFramer(host)
        return CaptureFile(name, source, framer, head, 0, inside)
    looks, hint = describe(head)
    looks = f"a {compression} file that holds {looks}" if compression else looks
    looks += f" ({source.damage})" if source.damage else ""
    raise WhywireError(f"{name} is not a capture that can be read here; it looks like {looks}",
                       hint.replace("FILE", name) if hint and not compression else hint or _EXPECTED)


def _check_size(head: bytes, size: int, kind: str, name: str) -> None:
    if len(head) < size:
        raise WhywireError(f"{name} is cut in its header: a {kind} file begins with {size} bytes, "
                           f"this one has {len(head)}", "there is no packet in it; copy or record it again")


def _neighbours(path: Path) -> str:
    """Return a hint that names files with a name close to the one that is not there."""
    from difflib import get_close_matches

    try:
        names = [entry.name for entry in path.parent.iterdir()][:5000]
    except OSError:
        return f"the folder {path.parent} is not there either"
    close = get_close_matches(path.name, names, n=3, cutoff=0.6)
    return f"close to it: {', '.join(close)}" if close else f"look what is there: ls {path.parent}"

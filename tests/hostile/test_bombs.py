"""Small files that unpack to much, lines without end, pipes: memory stays within what docs/how-to/fuzz.md says."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from struct import pack

import pytest
from backports import zstd

from tools.fuzz.corpus import RECORDED, ROOT

MIB = 1 << 20
UNPACKED = 192
"""MiB in each of the files."""
SECTION = pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
INTERFACE = pack("<IIHHII", 1, 20, 101, 0, 0, 20)
PCAP = bytes.fromhex("d4c3b2a1020004000000000000000000ffffffff65000000")
PACKET = bytes.fromhex("4500002800010000400600000a0000010a0000029c400050000000000000000050020000") + bytes(4)
ONE = pack("<IIIIIII", 6, 32 + len(PACKET), 0, 0, 0, len(PACKET), len(PACKET)) + PACKET + pack("<I", 32 + len(PACKET))
PEAK = ("import re, sys\nfrom whywire.cli.main import main\ntry:\n    code = main(sys.argv[1:])\n"
        "except SystemExit as error:\n    code = error.code\n"
        "peak = re.search('VmHWM: *([0-9]+) kB', open('/proc/self/status').read().replace(chr(9), ''))\n"
        "print('PEAK', int(peak[1]) >> 10, file=sys.stderr)\nsys.exit(code)")
"""Not ru_maxrss: that one begins with the memory of the process that started this one."""


def zeros(mib: int) -> Iterable[bytes]:
    """Return so many MiB in pieces."""
    return (bytes(MIB) for _ in range(mib))


def block(mib: int) -> Iterable[bytes]:
    """Return a custom block of pcapng, which no reader needs."""
    size = pack("<I", (mib << 20) + 12)
    return [pack("<I", 0x0BAD) + size, *zeros(mib), size]


FILES: dict[str, Callable[[], Iterable[bytes]]] = {
    "nothing": lambda: zeros(UNPACKED),
    "one block": lambda: [SECTION, INTERFACE, *block(UNPACKED), ONE],
    "many blocks": lambda: [SECTION, INTERFACE, *(part for _ in range(UNPACKED // 4) for part in block(4)), ONE],
    "one frame": lambda: [PCAP, pack("<IIII", 1, 1, UNPACKED << 20, UNPACKED << 20), *zeros(UNPACKED)],
}


def packed(parts: Iterable[bytes], compression: str, path: Path) -> Path:
    """Write the parts compressed."""
    packer = zlib.compressobj(1, wbits=31) if compression == "gz" else zstd.ZstdCompressor()
    with path.open("wb") as file:
        for part in parts:
            file.write(packer.compress(part))
        file.write(packer.flush())
    assert path.stat().st_size < 2 * MIB
    return path


def peak(path: Path | str, given: Path | None = None) -> tuple[int, str]:
    """Explain in a process of its own; return its peak memory in MiB and what it said. ``given``: through a pipe."""
    command = [sys.executable, "-c", PEAK, "explain", str(path), "--format", "json"]
    data = None if given is None else given.read_bytes()
    run = subprocess.run(command, input=data, capture_output=True, timeout=120, check=False,
                         env={"PYTHONPATH": str(ROOT / "src")})
    said = run.stderr.decode()
    assert run.returncode in (0, 1, 2) and "Traceback" not in said, said[-2000:]
    text, _, memory = said.rpartition("PEAK ")
    return int(memory), text + run.stdout.decode()


@pytest.mark.parametrize("pipe", [False, True], ids=["file", "pipe"])
@pytest.mark.parametrize("compression", ["gz", "zst"])
@pytest.mark.parametrize("name", FILES)
def test_what_unpacks_to_much_is_not_held(name: str, compression: str, pipe: bool, tmp_path: Path) -> None:
    path = packed(FILES[name](), compression, tmp_path / f"bomb.{compression}")
    memory, said = peak("-" if pipe else path, path if pipe else None)
    assert memory < 64 + 60, said  # what is kept of the unpacked bytes, a block, and the program
    assert "claims" in said or "looks like" in said or '"packets": 1,' in said


@pytest.mark.parametrize("name", ["calls.jsonl", "wire.jsonl", "run.toml"])
def test_a_line_without_end_is_not_held(name: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RECORDED, tmp_path / "run"))
    with (folder / name).open("wb") as file:
        for part in zeros(UNPACKED):
            file.write(part)
    memory, said = peak(folder)
    assert memory < 100, said
    assert name in said


def test_many_lines_of_nonsense_are_not_held(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RECORDED, tmp_path / "run"))
    (folder / "calls.jsonl").write_bytes(b"{}\n" * MIB)
    memory, said = peak(folder)
    assert memory < 60, said
    assert "calls.jsonl has 1,048,571 more lines" in said

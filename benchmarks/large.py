"""Large captures: whywire against tshark and tcptrace, in the same run, as ratios of medians.

    ./dev compile                               once; without it the pass is plain Python, and this says so
    .venv/bin/python benchmarks/large.py [ROUNDS]                                 all of SIZES, then what is asked for
    .venv/bin/python benchmarks/large.py [ROUNDS] --packets N [--kinds http,tiny,bulk] [--without tshark,tcptrace]

Captures are made below the temporary folder by captures.py and kept there (12 GB for all of SIZES). Each command is run
once before it counts (page cache), then the commands take turns; above LARGE packets the peers run once only. tshark
and tcptrace need to be installed (apt-get install tshark tcptrace).
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(tempfile.gettempdir()) / "whywire-benchmarks"
SIZES = (("http", 1_000_000), ("tiny", 2_000_000), ("bulk", 2_000_000), ("http", 10_000_000))
"""HTTP-heavy; a million connections of two packets; one connection of 2 GB; ten times the first."""
LARGE = 5_000_000
PEERS = ("tshark -T fields", "tcptrace -n -l -r")
FIELDS = ["-T", "fields", "-e", "tcp.stream", "-e", "tcp.seq", "-e", "tcp.analysis.retransmission"]
READ = """
import os, sys
file, buffer = os.open(sys.argv[1], os.O_RDONLY), bytearray(4 << 20)
while os.readv(file, [buffer]):
    pass
"""
PASS = """
import sys
from whywire.capture.opening import open_capture
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_blocks
from whywire.packets.table import PacketTable
table = PacketTable()
tracker = Tracker(table)
for _ in decode_blocks(table, open_capture(sys.argv[1], again=False), 0):
    tracker.track()
    tracker.forget()
"""
"""The pass as a summary makes it: frames found, headers read, both directions followed, packets let go."""
IMPORTS = PASS[:PASS.index("for _")]


def commands(path: Path) -> dict[str, list[str]]:
    """Return what is compared."""
    python = sys.executable
    found = {
        "whywire --summary": [python, "-m", "whywire", "explain", str(path), "--summary"],
        "the pass alone": [python, "-c", PASS, str(path)],
        "reading in blocks": [python, "-c", READ, str(path)],
        "python, imports": [python, "-c", IMPORTS, str(path)],
        "python -c pass": [python, "-c", "pass"],
    }
    if shutil.which("tshark"):
        found["tshark -T fields"] = ["tshark", "-r", str(path), *FIELDS]
    if shutil.which("tcptrace"):
        found["tcptrace -n -l -r"] = ["tcptrace", "-n", "-l", "-r", str(path)]
    return found


def timed(command: list[str]) -> tuple[float, float]:
    """Run a command; return seconds of wall time, and MiB of peak memory."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def capture(kind: str, packets: int) -> Path:
    """Return the capture, made when it is not there."""
    path = FOLDER / f"{kind}-{packets}.pcap"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        scratch = path.with_suffix(".part")
        subprocess.run([sys.executable, ROOT / "benchmarks" / "captures.py", kind, str(packets), scratch], check=True)
        scratch.rename(path)
    return path


def compare(kind: str, packets: int, rounds: int, without: tuple[str, ...]) -> float:
    """Print the medians of one capture, and the ratios that count; return nanoseconds a packet."""
    path = capture(kind, packets)
    told = {name: command for name, command in commands(path).items() if name.split()[0] not in without}
    once = PEERS if packets > LARGE else ()
    for name, command in told.items():
        if name not in once:
            timed(command)
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in told}
    for number in range(rounds):
        for name, command in told.items():
            if number == 0 or name not in once:
                results[name].append(timed(command))
    print(f"\n{kind}, {packets:,} packets, {path.stat().st_size / 1e6:,.0f} MB, {rounds} rounds")
    seconds = {name: statistics.median(each[0] for each in found) for name, found in results.items()}
    for name, found in results.items():
        print(f"  {name:20} {seconds[name]:8.3f} s {peak(found):8.0f} MiB")
    ours = seconds["whywire --summary"]
    for peer in PEERS:
        if peer in seconds:
            print(f"  {peer} / whywire --summary: time {seconds[peer] / ours:.1f}, "
                  f"peak memory {peak(results[peer]) / peak(results['whywire --summary']):.1f}")
    pure = seconds["the pass alone"] - seconds["python, imports"]
    print(f"  the pass / reading: {pure / (seconds['reading in blocks'] - seconds['python -c pass']):.1f}")
    print(f"  ns a packet, whole process: {ours / packets * 1e9:.0f}", flush=True)
    return ours / packets * 1e9


def peak(found: list[tuple[float, float]]) -> float:
    """Return the most memory that any of the runs took, in MiB."""
    return max(memory for _, memory in found)


def everything(rounds: int, without: tuple[str, ...]) -> None:
    """Compare all of SIZES, then print how they stand to each other."""
    costs = {size: compare(*size, rounds, without) for size in SIZES}
    http, tiny, _, ten = (costs[size] for size in SIZES)
    print(f"\na packet of 10 M to one of 1 M: {ten / http:.2f} (wanted: at most 1.2)")
    print(f"a packet of 1 M connections to one of HTTP: {tiny / http:.2f} (wanted: at most 2)")
    print("wanted of http, 1 M packets: tshark 60, tcptrace 4, the pass at most 4 times the reading")


def main(words: list[str]) -> int:
    """Compare what the words ask for."""
    numbers = [int(word) for word in words if word.isdigit()]
    options = dict(pairwise(words))
    packets = int(options.get("--packets", "1000000"))
    rounds = next((number for number in numbers if number != packets), 5)
    kinds = options.get("--kinds", "http,tiny,bulk").split(",")
    without = tuple(options.get("--without", "").split(","))
    if not list((ROOT / "src" / "whywire").rglob("*.so")):
        print("the pass is plain Python here; ./dev compile makes it some 15 times faster")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "--packets" in words or "--kinds" in words:
        for kind in kinds:
            compare(kind, packets, rounds, without)
    else:
        everything(rounds, without)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

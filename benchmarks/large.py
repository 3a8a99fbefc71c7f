"""Large captures: whywire against tshark and tcptrace, in the same run, as ratios of medians.

    ./dev compile                               once; without it the pass is plain Python, and this says so
    .venv/bin/python benchmarks/large.py [ROUNDS] [--packets N] [--kinds http,tiny,bulk]

Captures are made below the temporary folder by captures.py and kept there. Each command is run once before it counts
(page cache), then the commands take turns. tshark and tcptrace need to be installed (apt-get install tshark tcptrace).
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
from whywire.packets.decode import decode_capture
Tracker(decode_capture(open_capture(sys.argv[1]), "x").table).track()
"""


def commands(path: Path) -> dict[str, list[str]]:
    """Return what is compared."""
    python = sys.executable
    found = {
        "whywire --summary": [python, "-m", "whywire", "explain", str(path), "--summary"],
        "the pass alone": [python, "-c", PASS, str(path)],
        "reading in blocks": [python, "-c", READ, str(path)],
        "python, imports": [python, "-c", PASS.replace("Tracker(decode", "False and Tracker(decode"), str(path)],
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


def compare(kind: str, packets: int, rounds: int) -> None:
    """Print the medians of one capture, and the ratios that count."""
    path = capture(kind, packets)
    told = commands(path)
    for command in told.values():
        timed(command)
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in told}
    for _ in range(rounds):
        for name, command in told.items():
            results[name].append(timed(command))
    print(f"\n{kind}, {packets:,} packets, {path.stat().st_size / 1e6:,.0f} MB, {rounds} rounds")
    seconds = {name: statistics.median(each[0] for each in found) for name, found in results.items()}
    for name, found in results.items():
        print(f"  {name:20} {seconds[name]:8.3f} s {max(each[1] for each in found):8.0f} MiB")
    ours = seconds["whywire --summary"]
    for peer in ("tshark -T fields", "tcptrace -n -l -r"):
        if peer in seconds:
            print(f"  {peer} / whywire --summary: {seconds[peer] / ours:.1f}")
    pure = seconds["the pass alone"] - seconds["python, imports"]
    print(f"  the pass / reading: {pure / (seconds['reading in blocks'] - seconds['python -c pass']):.1f}")
    print(f"  ns a packet, whole process: {ours / packets * 1e9:.0f}")


def main(words: list[str]) -> int:
    """Compare what the words ask for."""
    numbers = [int(word) for word in words if word.isdigit()]
    options = dict(pairwise(words))
    packets = int(options.get("--packets", "1000000"))
    rounds = next((number for number in numbers if number != packets), 5)
    kinds = options.get("--kinds", "http,tiny,bulk").split(",")
    if not list((ROOT / "src" / "whywire").rglob("*.so")):
        print("the pass is plain Python here; ./dev compile makes it some 15 times faster")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind in kinds:
        compare(kind, packets, rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long until whywire answers: whole processes, interleaved with their peers; prints ratios of medians.

    python benchmarks/startup.py [rounds]

``explain`` of a 10-packet file against ``tshark -r`` of the same file; ``whywire --help`` against ``python3 -c pass``.
Run it with the Python of the environment (.venv/bin/python) on an idle machine. Byte code is made first: a first start
compiles, later ones do not.
"""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CAPTURE = ROOT / "tests" / "captures" / "founding" / "a-v1.pcapng"
WHYWIRE = [sys.executable, "-c", "import sys; from whywire.cli.main import main; sys.exit(main())"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"}


def once(command: list[str]) -> float:
    """Return how many seconds a command took."""
    start = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def compared(ours: list[str], theirs: list[str], rounds: int) -> tuple[float, float]:
    """Return the medians of two commands, run in turn so that both see the same machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for command in (ours, theirs):
        once(command)
    for _ in range(rounds):
        for command, taken in zip((ours, theirs), times, strict=True):
            taken.append(once(command))
    return statistics.median(times[0]), statistics.median(times[1])


def report(what: str, ours: list[str], peer: str, theirs: list[str], rounds: int) -> None:
    """Measure two commands and print their medians, the ratio and the difference."""
    mine, other = compared(ours, theirs, rounds)
    print(f"{what:<30} {mine * 1000:7.1f} ms   {peer:<16} {other * 1000:7.1f} ms   "
          f"ratio {mine / other:.2f}   difference {(mine - other) * 1000:+.1f} ms")


def main() -> int:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    compileall.compile_dir(ROOT / "src" / "whywire", quiet=2)
    nothing = [sys.executable, "-c", "pass"]
    report("whywire --help", [*WHYWIRE, "--help"], "python -c pass", nothing, rounds)
    explain = [*WHYWIRE, "explain", str(CAPTURE)]
    report("whywire explain, 10 packets", explain, "python -c pass", nothing, rounds)
    tshark = shutil.which("tshark")
    if tshark is None:
        print("tshark is not installed: the comparison with it is missing")
        return 1
    report("whywire explain, 10 packets", explain, "tshark -r", [tshark, "-r", str(CAPTURE)], rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs labs again and again and counts the distinct packet sequences.

    python benchmarks/repeat.py [--noise N] [LAB ...] [COUNT]

A sequence is what the merged view shows, in the order packets left: direction, flags, relative sequence number, length,
relative acknowledgment. Ports, initial sequence numbers and times are aside. ``--noise N`` keeps N processes busy
beside.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from whywire.lab.catalogue import find, labs
from whywire.lab.run import run

FLAGS = "FSRPA"


def frames(path: Path) -> list[tuple[int, int, int, bytes]]:
    """Return (time ns, direction, packet id, frame) of each packet of one of the lab's own pcapng files."""
    data = path.read_bytes()
    found, at = [], 0
    while at < len(data):
        kind, length = (int.from_bytes(data[at + i : at + i + 4], "little") for i in (0, 4))
        if kind == 6:
            high, low, size = (int.from_bytes(data[at + i : at + i + 4], "little") for i in (12, 16, 20))
            options = at + 28 + (size + 3 & ~3)
            found.append((high << 32 | low, data[options + 4] & 3,
                          int.from_bytes(data[options + 12 : options + 20], "little"), data[at + 28 : at + 28 + size]))
        at += length
    return found


def sequence(folder: Path) -> tuple[str, ...]:
    """Return the run's packets as text, in the order they left their hosts."""
    left = [(packet_id, frame) for path in sorted(folder.glob("*.pcapng"))
            for _, direction, packet_id, frame in frames(path) if direction == 2]
    first: dict[tuple[bytes, bytes], int] = {}
    lines = []
    for _, frame in sorted(left):
        sender, receiver, tcp = frame[26:30], frame[30:34], frame[34:]
        one, other = (sender + tcp[0:2], receiver + tcp[2:4]), (receiver + tcp[2:4], sender + tcp[0:2])
        number, ack = int.from_bytes(tcp[4:8], "big"), int.from_bytes(tcp[8:12], "big")
        flags = "".join(name for bit, name in enumerate(FLAGS if tcp[13] & 8 else "FSR.A") if tcp[13] >> bit & 1)
        size = int.from_bytes(frame[16:18], "big") - 20 - (tcp[12] >> 4) * 4
        relative = number - first.setdefault(one, number)
        acked = f" ack {ack - first[other]}" if tcp[13] & 16 and other in first else ""
        lines.append(f"{sender[3]}>{receiver[3]} {flags} {relative}({size}){acked}")
    return tuple(lines)


def burn() -> None:
    """Keep a processor busy."""
    while True:
        pass


def main(arguments: list[str]) -> int:
    """Print a line for each lab; return 1 when any had more than one sequence."""
    noise = int(arguments[arguments.index("--noise") + 1]) if "--noise" in arguments else 0
    if noise:
        del arguments[arguments.index("--noise") : arguments.index("--noise") + 2]
    count = int(arguments.pop()) if arguments and arguments[-1].isdigit() else 20
    burners = [multiprocessing.Process(target=burn, daemon=True) for _ in range(noise)]
    for burner in burners:
        burner.start()
    worst = 0
    for lab in [find(name) for name in arguments] or list(labs()):
        seen: Counter[tuple[str, ...]] = Counter()
        seconds = []
        for _ in range(count):
            with tempfile.TemporaryDirectory() as folder:
                start = time.perf_counter()
                outcome = run(lab.plan(), Path(folder) / "run")
                seconds.append(time.perf_counter() - start)
                seen[(outcome.ended, *sequence(outcome.path))] += 1
        worst = max(worst, len(seen))
        print(f"{lab.name:12} {count} runs, {len(seen)} distinct sequence(s), {len(seen.most_common(1)[0][0]) - 1} "
              f"packets, median {statistics.median(seconds):.3f} s", flush=True)
        if len(seen) > 1:
            for variant, times in seen.most_common():
                print(f"  {times} times:", *variant, sep="\n    ")
    for burner in burners:
        burner.terminate()
    return 1 if worst > 1 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

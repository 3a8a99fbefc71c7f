"""Who caused each packet: runs every lab once and counts causes by kind and certainty; lists each unknown one.

    PYTHONPATH=src python3 benchmarks/causes.py [LAB ...]
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from whywire.capture.run import open_run
from whywire.connections import account
from whywire.lab.catalogue import find, labs
from whywire.lab.run import run
from whywire.packets.merge import open_view


def main(words: list[str]) -> int:
    """Run the labs named, or all, and print the table."""
    counts: Counter[tuple[str, str]] = Counter()
    unknown: list[str] = []
    for lab in [find(word) for word in words] or labs():
        with tempfile.TemporaryDirectory(prefix="whywire-causes-") as folder:
            opened = open_run(run(lab.plan({}), Path(folder) / "run").path)
            with open_view(opened) as view:
                found = account(view, opened)
        for connection in found.connections:
            for segment in connection.segments:
                cause = segment.cause
                counts[cause.kind.value, cause.certainty.value] += 1
                if cause.kind == "unknown":
                    decides = cause.decides.why.value if cause.decides else "nothing named"
                    unknown.append(f"{lab.name} p{segment.packet} {' '.join(segment.kinds)}: would decide: {decides}")
    total = sum(counts.values())
    print(f"{total} packets")
    for (kind, certainty), count in sorted(counts.items()):
        print(f"  {kind:8} {certainty:9} {count:4}  {count / total:5.1%}")
    print("unknown:", *(unknown or ["none"]), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""tshark as the oracle of streams and segment kinds: what it says is stored with its version, and asked again live.

``python -m tests.connections.tshark`` asks the tshark that is installed about all captures and stores the answers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

CAPTURES = Path(__file__).resolve().parent.parent / "captures"
STORED = Path(__file__).parent / "oracle" / "tshark.json"

FIELDS = {
    "retransmission": "retransmission", "fast_retransmission": "fast-retransmission",
    "spurious_retransmission": "spurious-retransmission", "out_of_order": "out-of-order",
    "duplicate_ack": "duplicate-ack", "keep_alive": "keep-alive", "keep_alive_ack": "keep-alive-ack",
    "window_update": "window-update", "window_full": "window-full", "zero_window": "zero-window",
    "zero_window_probe": "zero-window-probe", "zero_window_probe_ack": "zero-window-probe-ack",
    "lost_segment": "lost-segment", "ack_lost_segment": "acked-unseen", "reused_ports": "port-reused",
}
"""tshark's tcp.analysis fields and the words that whywire uses for them (spec JSON.md)."""

Answer = dict[str, object]


def files() -> list[Path]:
    """Return all captures of the repository that tshark can be asked about, by name."""
    found = (path for path in CAPTURES.rglob("*") if path.is_file() and ".pcap" in path.name)
    return sorted(found, key=name_of)


def name_of(path: Path) -> str:
    """Return how a capture is called in the stored answers."""
    return path.relative_to(CAPTURES).as_posix()


def program() -> str:
    """Return where tshark is; the test set-up installs it."""
    found = shutil.which("tshark")
    assert found, "tshark is missing; ./dev test installs it (apt-get install tshark)"
    return found


def version() -> str:
    """Return the version of the installed tshark, such as ``4.0.17``."""
    text = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    return text.split("(Wireshark)")[1].split()[0].rstrip(".")


def ask(path: Path) -> Answer:
    """Return what tshark says of a capture: the number of streams, and kind -> packet numbers."""
    wanted = [part for field in FIELDS for part in ("-e", f"tcp.analysis.{field}")]
    command = [program(), "-n", "-r", str(path), "-T", "fields", "-e", "frame.number", "-e", "tcp.stream", *wanted]
    output = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    streams: set[str] = set()
    kinds: dict[str, list[int]] = {}
    for line in output.splitlines():
        number, stream, *flags = line.split("\t")
        if not stream:
            continue
        streams.add(stream)
        said = {word for word, flag in zip(FIELDS.values(), flags, strict=True) if flag}
        if said & {"fast-retransmission", "spurious-retransmission"}:
            said.add("retransmission")  # whywire's words carry both
        for word in sorted(said):
            kinds.setdefault(word, []).append(int(number))
    return {"streams": len(streams), "kinds": kinds}


def stored() -> tuple[str, dict[str, Answer]]:
    """Return the stored answers and the version that gave them."""
    content = json.loads(STORED.read_text())
    return content["tshark"], content["captures"]


if __name__ == "__main__":
    answers = {name_of(path): ask(path) for path in files()}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(answer)}" for name, answer in answers.items())
    STORED.write_text(f'{{"tshark": "{version()}", "captures": {{\n{lines}\n}}}}\n')

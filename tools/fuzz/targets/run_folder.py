"""A run folder whose run.toml, calls.jsonl and wire.jsonl may hold anything, explained in every view.

The input is the three files, with a line of four dashes between them; the captures are those of a recorded lab.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random

from tools.fuzz.corpus import RECORDED
from tools.fuzz.explain import explain_capture
from whywire.base.errors import WhywireError
from whywire.capture.run import CALLS, META, WIRE, open_run
from whywire.packets.merge import open_view

BETWEEN = b"\n----\n"
FILES = (META, CALLS, WIRE)
_WORDS = (b"null", b"-1", b"0", b"true", b'""', b"[]", b"{}", b"1e400", b"NaN", b"9" * 30, b'"\\u0000"', b'"\\ud800"',
          b'"c"', b'"close"', b'"recv"', b'"accept"', b'"../../etc/passwd"', b'"BrokenPipeError"', b'"SO_LINGER"',
          b'"127.0.0.1:1"', b"1700000000000000000")
_DEEDS = b"".join(
    b'{"number": %d, "kind": "%s", "time_ns": %d, "frame": %d, "sender": "client", "receiver": "server", "rule": "x"}\n'
    % (number, kind, 1_700_000_000_000_000_000 + number, 2 * number)
    for number, kind in enumerate((b"dropped", b"delayed", b"duplicated", b"corrupted"), 1))


def seeds() -> Iterable[bytes]:
    """The recorded run's own files, and with deeds of the wire."""
    meta, calls, wire = ((RECORDED / name).read_bytes() for name in FILES)
    yield BETWEEN.join((meta, calls, wire))
    yield BETWEEN.join((meta, calls, _DEEDS))


def mutate(data: bytes, seed: int) -> bytes:
    """Change a value, a line, or a few bytes."""
    random = Random(seed)
    kind = random.randrange(4)
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    if kind == 0:
        parts = lines[at].split(b",")
        where = random.randrange(len(parts))
        key, colon, _ = parts[where].partition(b":")
        parts[where] = key + colon + random.choice(_WORDS) if colon else random.choice(_WORDS)
        lines[at] = b",".join(parts)
        return b"\n".join(lines)
    if kind == 1:
        to = random.randrange(len(lines))
        lines[at], lines[to] = lines[to], lines[at]
        return b"\n".join(lines)
    if kind == 2:
        lines[at:at + 1] = [lines[at]] * random.choice((0, 2, 2, 30))
        return b"\n".join(lines)
    out = bytearray(data)
    for _ in range(random.randint(1, 4)):
        out[random.randrange(len(out))] = random.choice(b'0123456789"{}[],:=.-\\eE\n \x00\xff')
    return bytes(out)


def one(data: bytes) -> None:
    """Write the folder, explain it merged and at each host."""
    folder = Path(tempfile.mkdtemp(prefix="whywire-fuzz-"))
    try:
        for host in ("client", "server"):
            shutil.copy(RECORDED / f"{host}.pcapng", folder)
        parts = data.split(BETWEEN, 2)
        for name, part in zip(FILES, parts, strict=False):
            (folder / name).write_bytes(part)
        for view in (None, "client", "server"):
            _explained(folder, view)
    finally:
        shutil.rmtree(folder)


def _explained(folder: Path, view: str | None) -> None:
    try:
        run = open_run(folder)
        capture = open_view(run, view)
    except WhywireError:
        return
    with closing(capture):
        explain_capture(capture, run, every_paper=view is None)

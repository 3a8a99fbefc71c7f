"""The caching proxy for minutes in front of an origin that is killed, restarted, stalled and resets at random.

    python benchmarks/soak.py [--minutes 10] [--store memory|disk|redis]

Every body carries its own checksum, its name and the moment it was made. So it is seen when a body is wrong, torn or of
another key, when something stale is given out as fresh (``must-revalidate``), and when a stored answer that is fresh is
not served. Descriptors and memory of the proxy are looked at from the second minute to the end. Exit code 1: something
was not right.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = 400
KEPT = 40
"""Names from here down stay fresh for good: they have to be served whatever the origin does."""


def body_of(name: int, made: float) -> bytes:
    """Return a body: its checksum, its name, when it was made, and filling."""
    filling = random.Random(name).randbytes(50 + name * 7919 % 90_000)
    rest = b"%d %.6f " % (name, made) + filling
    return hashlib.sha256(rest).hexdigest().encode() + b" " + rest


def lifetime(name: int) -> int:
    """Return how long a name stays fresh, in seconds; 0: it may not be stored."""
    return 86400 if name < KEPT else (0, 1, 2, 5)[name % 4]


# ---- the origin: this file, run with --origin PORT ----

async def origin(port: int) -> None:
    """Answer, and now and then misbehave."""
    whims = random.Random()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await answer(head, writer, whims)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


async def answer(head: bytes, writer: asyncio.StreamWriter, whims: random.Random) -> None:
    """Give one answer, whole most of the time."""
    name = int(head.split(b" ")[1].removeprefix(b"/o/"))
    made = time.time()
    body = body_of(name, made)
    whim = whims.random() if name >= KEPT else 1.0
    seconds = lifetime(name)
    policy = f"max-age={seconds}, must-revalidate" if seconds else "no-store"
    fields = f"HTTP/1.1 200 OK\r\nCache-Control: {policy}\r\nETag: \"{made}\"\r\n"
    if whim < 0.02:
        writer.transport.abort()
        raise ConnectionResetError
    if name % 3 == 0:
        framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:100], body[100:]) if piece)
        data = f"{fields}Transfer-Encoding: chunked\r\n\r\n".encode() + framed + b"0\r\n\r\n"
    else:
        data = f"{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body
    if whim < 0.10:
        writer.write(data[:whims.randrange(1, len(data))])
        await writer.drain()
        if whim < 0.04:
            await asyncio.sleep(3)
        if whim < 0.07:
            writer.transport.abort()
        raise ConnectionResetError
    writer.write(data)
    await writer.drain()
    if whim > 0.97 and name >= KEPT:
        raise ConnectionResetError


# ---- the clients ----

class Soak:
    """What was seen."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.stop = False

    async def client(self, number: int) -> None:
        """Ask for one name after the other, on a connection as long as it lives."""
        draw = random.Random(number)
        reader = writer = None
        while not self.stop:
            name = min(int(draw.paretovariate(0.6)) - 1, NAMES - 1) if draw.random() < 0.7 else draw.randrange(NAMES)
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(f"GET /o/{name} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
                assert reader is not None
                status, fields, body = await asyncio.wait_for(read_answer(reader), 30)
                self.judge(name, status, fields, body)
                if fields.get("connection") == "close":
                    writer.close()
                    writer = None
            except (asyncio.IncompleteReadError, ConnectionError):
                self.seen["cut"] += 1
                if name < KEPT:
                    self.wrong.append(f"{name}: a stored answer was cut")
                if writer is not None:
                    writer.close()
                writer = None
            except TimeoutError:
                self.wrong.append(f"{name}: no answer within 30 s")
                writer = None
            await asyncio.sleep(0.001)
        if writer is not None:
            writer.close()

    def judge(self, name: int, status: int, fields: dict[str, str], body: bytes) -> None:
        """Hold an answer against what it has to be."""
        kind = "hit" if "; hit" in fields.get("cache-status", "") else "collapsed" if "collapsed" in fields.get(
            "cache-status", "") else "other"
        self.seen[f"{status} {kind}"] += 1
        if status != 200:
            if name < KEPT or status not in (502, 504):
                self.wrong.append(f"{name}: {status} {fields}")
            return
        told, _, rest = body.partition(b" ")
        if hashlib.sha256(rest).hexdigest().encode() != told:
            self.wrong.append(f"{name}: the checksum is wrong, {len(body)} bytes")
            return
        said, made = rest.split(b" ", 2)[:2]
        if int(said) != name:
            self.wrong.append(f"{name}: the body of {int(said)}")
        late = time.time() - float(made) - max(lifetime(name), 0)
        if late > 6:  # 3 s of a stalled origin, and a machine that is busy with other things
            self.wrong.append(f"{name}: {late:.1f} s past its freshness, {fields}")


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Read one whole answer. Raises IncompleteReadError when it is cut."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    body = b""
    if "transfer-encoding" in fields:
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        body = await reader.readexactly(int(fields["content-length"]))
    return int(head[0].split(" ")[1]), fields, body


# ---- the run ----

def start_origin(port: int) -> subprocess.Popen[bytes]:
    """Start an origin on a port."""
    return subprocess.Popen([sys.executable, __file__, "--origin", str(port)], stderr=subprocess.DEVNULL)


def start_redis(folder: str) -> subprocess.Popen[bytes]:
    """Start a Redis of 64 MiB on a socket in a folder, and wait for it."""
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", f"{folder}/redis", "--save", "",
                               "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"], stdout=subprocess.DEVNULL)
    while not Path(folder, "redis").exists() and server.poll() is None:
        time.sleep(0.01)
    return server


async def trouble(port: int, running: list[subprocess.Popen[bytes]], end: float, seen: Counter[str]) -> None:
    """Kill, restart and stall the origin until ``end``."""
    draw = random.Random(3)
    while time.monotonic() < end:
        await asyncio.sleep(draw.uniform(2, 8))
        if draw.random() < 0.5:
            seen["origin killed"] += 1
            running[0].kill()
            running[0].wait()
            await asyncio.sleep(draw.uniform(0.2, 4))
            running[0] = start_origin(port)
        else:
            seen["origin stalled"] += 1
            running[0].send_signal(signal.SIGSTOP)
            await asyncio.sleep(draw.uniform(0.5, 3))
            running[0].send_signal(signal.SIGCONT)


def resources(pid: int) -> tuple[int, int]:
    """Return open descriptors and MiB of memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return len(list(Path(f"/proc/{pid}/fd").iterdir())), int(status.split("VmRSS:")[1].split()[0]) // 1024


async def soak(port: int, pid: int, origin_port: int, running: list[subprocess.Popen[bytes]], minutes: float) -> bool:
    """Run, print the figures, and tell whether all was right."""
    run = Soak(port)
    end = time.monotonic() + minutes * 60
    for name in range(KEPT):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /o/{name} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
        await read_answer(reader)
        writer.close()
    clients = [asyncio.create_task(run.client(number)) for number in range(24)]
    troubles = asyncio.create_task(trouble(origin_port, running, end, run.seen))
    samples = []
    while time.monotonic() < end:
        await asyncio.sleep(min(15, max(0.1, end - time.monotonic())))
        samples.append(resources(pid))
    run.stop = True
    await asyncio.gather(*clients, troubles)
    await asyncio.sleep(2)
    after = resources(pid)
    report(run, samples, after, minutes)
    return not run.wrong


def report(run: Soak, samples: list[tuple[int, int]], after: tuple[int, int], minutes: float) -> None:
    """Print what was seen."""
    total = sum(count for kind, count in run.seen.items() if kind[0].isdigit())
    print(f"{minutes:g} minutes, {total:,} answers, {run.seen['cut']:,} cut in the middle")
    for kind, count in sorted(run.seen.items()):
        print(f"  {kind:<16} {count:>10,}")
    print("descriptors and MiB, every 15 s:", " ".join(f"{fds}/{size}" for fds, size in samples))
    print(f"after the load: {after[0]} descriptors, {after[1]} MiB")
    print(f"{len(run.wrong)} answers that were not right")
    for line in run.wrong[:20]:
        print("  ", line[:300])


def main() -> int:
    """Run the soak."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--store", choices=("memory", "disk", "redis"), default="memory")
    parser.add_argument("--origin", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.origin:
        asyncio.run(origin(arguments.origin))
        return 0
    sys.path.insert(0, str(ROOT))
    from benchmarks.caches import free_port, wait_for
    port, origin_port = free_port(), free_port()
    running = [start_origin(origin_port)]
    wait_for(origin_port)
    with tempfile.TemporaryDirectory(prefix="whywire-soak-") as folder:
        store = {"memory": "memory", "disk": f"disk:{folder}/cache", "redis": f"unix://{folder}/redis"}[arguments.store]
        size = ["--size", "64M"] if arguments.store != "redis" else []
        redis = start_redis(folder) if arguments.store == "redis" else None
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        with subprocess.Popen(
                [sys.executable, "-m", "whywire", "proxy", f"http://127.0.0.1:{origin_port}", "--port", str(port),
                 "--store", store, *size, "--admin", "off", "--head-time", "2", "--idle-time", "2"],
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as proxy:
            try:
                wait_for(port)
                right = asyncio.run(soak(port, proxy.pid, origin_port, running, arguments.minutes))
            finally:
                proxy.terminate()
                running[0].kill()
                running[0].wait()
                if redis is not None:
                    redis.kill()
                    redis.wait()
        print(f"the proxy ended with {proxy.returncode}")
    return 0 if right and proxy.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

"""The file server for minutes under clients that stall, drip, reset, pipeline, upload and break off.

    nice python benchmarks/soak_server.py [--minutes 10]

Descriptors and memory of the server are written down after the first half minute and at the end, with all clients gone.
Between them a good client checks the content of what it gets. Exit code 1: something was not right. On a busy machine
a good client may itself be the slow one: a reset counts against the server only when the client had taken bytes within
the server's write time, and so does silence of 20 s, however long all of a client's files take.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import os
import random
import ssl
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = b"Host: a\r\nUser-Agent: soak\r\n\r\n"
AT_ONCE = struct.pack("ii", 1, 0)
WRITE_TIME, SILENCE = 6.0, 20.0


class Soak:
    """The clients and what they saw."""

    def __init__(self, port: int, files: dict[str, bytes], tls: ssl.SSLContext | None, dice: random.Random) -> None:
        self.port, self.files, self.tls, self.dice = port, files, tls, dice
        self.done: dict[str, int] = {}
        self.taken: dict[asyncio.StreamReader, float] = {}
        """When a good client got its last bytes."""
        self.slow = 0
        """Good clients that took nothing for the server's write time and were reset for it."""
        self.wrong: list[str] = []

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection."""
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)

    async def good(self) -> None:
        """Ask for files, also pipelined, and check their content."""
        reader, writer = await self.connect()
        self.taken[reader] = time.monotonic()
        try:
            for _ in range(self.dice.randrange(1, 8)):
                await self.some(reader, writer)
        except ConnectionError:
            if time.monotonic() - self.taken[reader] < WRITE_TIME - 1:
                raise
            self.slow += 1
        finally:
            del self.taken[reader]
            writer.close()

    async def some(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Ask for a few files at once."""
        names = self.dice.choices(list(self.files), k=self.dice.randrange(1, 6))
        writer.write(b"".join(b"GET /%b HTTP/1.1\r\nCookie: n=%d\r\n%b" % (
            name.encode(), self.dice.randrange(5000), HEAD) for name in names))
        for name in names:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SILENCE)
            length = left = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            content = hashlib.sha256()
            while left:
                piece = await asyncio.wait_for(reader.read(min(left, 1 << 18)), SILENCE)
                if not piece:
                    raise asyncio.IncompleteReadError(b"", left)
                self.taken[reader] = time.monotonic()
                content.update(piece)
                left -= len(piece)
            if not head.startswith(b"HTTP/1.1 200") or content.digest() != self.files[name]:
                self.wrong.append(f"{name}: {head[:60]!r}, {length} bytes")

    async def stall(self) -> None:
        """Ask for the largest file, and read a little or nothing."""
        reader, writer = await self.connect()
        writer.write(b"GET /large.bin HTTP/1.1\r\n" + HEAD)
        await reader.read(self.dice.choice((1, 1000, 100_000)))
        await asyncio.sleep(self.dice.random() * 10)
        self.abort(writer)

    async def drip(self) -> None:
        """Send a head byte by byte and never end it."""
        _, writer = await self.connect()
        for byte in b"GET /small.html HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100:
            writer.write(bytes((byte,)))
            await asyncio.sleep(0.05)
            if writer.is_closing():
                break
        writer.close()

    async def reset(self) -> None:
        """Reset at any point."""
        data = self.dice.choice((b"", b"GET", b"GET /large.bin HTTP/1.1\r\n" + HEAD,
                                 b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n" + HEAD + b"x" * 500))
        _, writer = await self.connect()
        writer.write(data)
        await asyncio.sleep(self.dice.random() * 0.1)
        self.abort(writer)

    async def flood(self) -> None:
        """Pipeline and read nothing."""
        _, writer = await self.connect()
        for _ in range(20):
            writer.write((b"GET /small.html HTTP/1.1\r\n" + HEAD) * 200)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(writer.drain(), 0.2)
        self.abort(writer)

    async def bad(self) -> None:
        """Send what is no request, or an upload that nobody wants."""
        reader, writer = await self.connect()
        writer.write(self.dice.choice((
            b"\x16\x03\x01 nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nX : y\r\n" + HEAD,
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HEAD + b"zz\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 300000\r\n" + HEAD + b"x" * 300_000)))
        head = await reader.read(12)
        if not head.startswith(b"HTTP/1.1 4"):
            self.wrong.append(f"an answer to what is no request: {head!r}")
        writer.close()

    @staticmethod
    def abort(writer: asyncio.StreamWriter) -> None:
        """Close by RST."""
        with contextlib.suppress(OSError):
            writer.get_extra_info("socket").setsockopt(1, 13, AT_ONCE)  # SOL_SOCKET, SO_LINGER
        writer.transport.abort()

    async def client(self, end: float) -> None:
        """Be one client after the other until ``end``."""
        kinds = [self.good, self.good, self.stall, self.drip, self.reset, self.flood, self.bad]
        while time.monotonic() < end:
            kind = self.dice.choice(kinds)
            try:
                await asyncio.wait_for(kind(), SILENCE if kind != self.good else 15 * SILENCE)
            except TimeoutError:
                self.wrong.append(f"{kind.__name__}: nothing for {SILENCE:g} s")
            except (OSError, asyncio.IncompleteReadError) as error:
                if kind == self.good:
                    self.wrong.append(f"good: {type(error).__name__} {error}")
            self.done[kind.__name__] = self.done.get(kind.__name__, 0) + 1


def figures(pid: int) -> tuple[int, int]:
    """Return descriptors and resident kilobytes of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return len(list(Path(f"/proc/{pid}/fd").iterdir())), pages * os.sysconf("SC_PAGE_SIZE") // 1024


async def run(pid: int, soak: Soak, minutes: float, clients: int) -> None:
    """Let the clients loose, twice; say what the server holds behind each time."""
    await asyncio.gather(*(soak.client(time.monotonic() + min(30, minutes * 20)) for _ in range(clients)))
    await asyncio.sleep(5)
    begin = figures(pid)
    print(f"begin: {begin[0]} descriptors, {begin[1]:,} kB", flush=True)
    await asyncio.gather(*(soak.client(time.monotonic() + minutes * 60) for _ in range(clients)))
    await asyncio.sleep(5)
    end = figures(pid)
    print(f"end:   {end[0]} descriptors, {end[1]:,} kB after {minutes:g} minutes; "
          f"{', '.join(f'{count} x {name}' for name, count in sorted(soak.done.items()))}, {soak.slow} too slow",
          flush=True)
    if end[0] > begin[0]:
        soak.wrong.append("descriptors were left open")
    if end[1] > begin[1] * 1.2 + 4000:
        soak.wrong.append("memory has grown")


def main() -> int:
    """Soak; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=40)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    dice = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="whywire-soak-") as name:
        folder = Path(name)
        files = {"small.html": 1000, "middle.html": 70_000, "odd.txt": 300_001, "large.bin": 8_000_000}
        for each, size in files.items():
            (folder / each).write_bytes(dice.randbytes(size))
        sums = {each: hashlib.sha256((folder / each).read_bytes()).digest() for each in files}
        command = [sys.executable, "-m", "whywire", "serve", name, "--port", "0", "--head-time", "5", "--write-time",
                   f"{WRITE_TIME:g}", "--idle-time", "15", "--body-time", "5", "--log", f"{name}/log"]
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stderr is not None
            port = int(process.stdout.readline().split("127.0.0.1:")[1].split("/")[0])
            soak = Soak(port, sums, None, dice)
            try:
                asyncio.run(run(process.pid, soak, arguments.minutes, arguments.clients))
            finally:
                process.terminate()
                said = process.stderr.read()
            code = process.wait(30)
        if code or "Traceback" in said:
            soak.wrong.append(f"the server ended with {code} and said:\n{said[-3000:]}")
    for line in sorted(set(soak.wrong))[:20]:
        print(f"wrong ({soak.wrong.count(line)} x): {line}")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

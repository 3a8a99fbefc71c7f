"""The caching proxy beside nginx proxy_cache and Varnish, in one interleaved run; prints ratios of medians.

    python benchmarks/caches.py [--rounds 5] [--seconds 3] [--objects 100000] [--only hits,ttfb,...]

One core for the cache under test, the other for wrk and the origins, so two cores are needed, and an idle machine. Only
the ratios mean something: these machines drift. Every part asks all caches in turn, round after round.

    hits      1 KB, 32 connections          browser   the same with a browser's header fields
    ttfb      time to first byte of misses  objects   hits over 100,000 objects
    zipf      a load larger than the memory: hit rate and speed
    cold      50 concurrent misses of one key, and ten concurrent answers that must not be stored, 1 s each
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
                  "Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.8", "Accept-Encoding": "gzip, deflate, br, zstd",
    "Sec-Ch-Ua": '"Chromium";v="131", "Not_A Brand";v="24"', "Sec-Ch-Ua-Mobile": "?0",
    "Sec-Ch-Ua-Platform": '"Linux"',
    "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none",
    "Upgrade-Insecure-Requests": "1",
    "Cookie": "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=2026-11-01",
}
SERVER_CORE, CLIENT_CORE = 0, 1


def free_port() -> int:
    """Return a port that the kernel says is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens on a port."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"nobody listens on port {port}")


@contextmanager
def process(command: list[str], core: int, port: int) -> Iterator[int]:
    """Run a server on a core; yields its port."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(["taskset", "-c", str(core), *command], env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as running:
        try:
            wait_for(port)
            yield port
        finally:
            running.terminate()
            try:
                running.wait(20)
            except subprocess.TimeoutExpired:
                running.kill()


NGINX = """
daemon off; worker_processes 1; pid {folder}/{name}.pid; error_log {folder}/{name}.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
  fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  {body}
}}
"""
ORIGIN = """server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}/site;
  add_header Cache-Control "max-age=86400"; location = /count {{ stub_status; }} }}"""
CACHE = """
  proxy_cache_path {folder}/cache-{name} levels=1:2 keys_zone=c:256m max_size={size} inactive=1d use_temp_path=off;
  upstream origin {{ server 127.0.0.1:{origin}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass http://origin; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_cache c; proxy_cache_lock on; proxy_cache_key $host$request_uri; }} }}"""


def nginx(folder: Path, name: str, body: str) -> list[str]:
    """Return the command of an nginx with this configuration."""
    path = folder / f"{name}.conf"
    path.write_text(NGINX.format(folder=folder, name=name, body=body))
    return ["nginx", "-p", str(folder), "-c", str(path)]


class Bench:
    """The origin and the caches in front of it."""

    def __init__(self, folder: Path, stack: ExitStack, memory: str = "1G") -> None:
        self.folder = folder
        self.origin = free_port()
        body = ORIGIN.format(folder=folder, port=self.origin)
        stack.enter_context(process(nginx(folder, "origin", body), CLIENT_CORE, self.origin))
        self.caches = {name: stack.enter_context(started) for name, started in caches(folder, self.origin, memory)}


def caches(folder: Path, origin: int, memory: str):  # type: ignore[no-untyped-def]
    """Yield name and process of each cache in front of a port; each may keep ``memory``."""
    port = free_port()
    yield "whywire", process([sys.executable, "-m", "whywire", "proxy", f"http://127.0.0.1:{origin}", "--port",
                              str(port), "--size", memory, "--admin", "off"], SERVER_CORE, port)
    port = free_port()
    name = f"nginx-{port}"
    body = CACHE.format(folder=folder, name=name, size=memory.lower(), origin=origin, port=port)
    yield "nginx", process(nginx(folder, name, body), SERVER_CORE, port)
    if shutil.which("varnishd"):
        port = free_port()
        yield "varnish", process(["varnishd", "-F", "-n", str(folder / f"varnish-{port}"), "-a", f"127.0.0.1:{port}",
                                  "-b", f"127.0.0.1:{origin}", "-s", f"malloc,{memory}", "-p", "thread_pools=1"],
                                 SERVER_CORE, port)


def wrk(port: int, path: str, seconds: float, *more: str) -> float:
    """Return requests a second."""
    done = subprocess.run(["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", "-c32", f"-d{max(1, round(seconds))}",
                           *more, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    bad = [line for line in done.stdout.splitlines() if "Non-2xx" in line or "Socket errors" in line]
    if bad:
        print("   ", *bad)
    return float(done.stdout.split("Requests/sec:")[1].split()[0])


def table(title: str, found: dict[str, list[float]], unit: str, *, less_is_better: bool = False) -> None:
    """Print the medians, and whywire's as a ratio of each peer's."""
    medians = {name: statistics.median(values) for name, values in found.items()}
    print(f"\n{title}")
    for name, value in medians.items():
        ratio = "" if name == "whywire" else f"   whywire / {name}: {medians['whywire'] / value:.2f}"
        spread = f"{min(found[name]):,.0f} to {max(found[name]):,.0f}"
        print(f"  {name:<8} {value:>10,.0f} {unit}   ({spread}){ratio}{' (less is better)' if less_is_better else ''}")


def hits(bench: Bench, arguments: argparse.Namespace, fields: dict[str, str] | None = None) -> None:
    """Cached answers of 1 KB."""
    words = [word for name, value in (fields or {}).items() for word in ("-H", f"{name}: {value}")]
    found: dict[str, list[float]] = {name: [] for name in bench.caches}
    for port in bench.caches.values():
        wrk(port, "/1k", 0.5, *words)
    for _ in range(arguments.rounds):
        for name, port in bench.caches.items():
            found[name].append(wrk(port, "/1k", arguments.seconds, *words))
    table(f"hits, 1 KB{', with the fields of a browser' if fields else ''}", found, "requests/s")


def first_bytes(port: int, paths: list[str]) -> list[float]:
    """Return the microseconds from request to first byte of each path, on one connection."""
    found = []
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for path in paths:
            start = time.perf_counter_ns()
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            got = client.recv(65536)
            found.append((time.perf_counter_ns() - start) / 1000)
            head, _, body = got.partition(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += client.recv(65536)
    return found


def ttfb(bench: Bench, arguments: argparse.Namespace) -> None:
    """Misses one after the other; the origin asked directly shows what can't be saved."""
    os.sched_setaffinity(0, {CLIENT_CORE})
    ports = {**bench.caches, "origin": bench.origin}
    found: dict[str, list[float]] = {name: [] for name in ports}
    for number in range(arguments.rounds * 5):
        for name, port in ports.items():
            paths = [f"/1k?{name}-{number}-{one}" for one in range(101)]
            found[name].append(statistics.median(first_bytes(port, paths)[1:]))
    os.sched_setaffinity(0, {SERVER_CORE, CLIENT_CORE})
    table("time to first byte of a miss", found, "us", less_is_better=True)


LUA = """
local paths, at = {}, %d
for line in io.lines("%s") do paths[#paths + 1] = line end
request = function() at = at %% #paths + 1; return wrk.format("GET", paths[at]) end
"""


def load(folder: Path, name: str, paths: list[str], start: int = 0) -> Path:
    """Write a script that makes wrk ask for these paths in order."""
    listed, script = folder / f"{name}.txt", folder / f"{name}.lua"
    listed.write_text("\n".join(paths) + "\n")
    script.write_text(LUA % (start, listed))
    return script


def objects(bench: Bench, arguments: argparse.Namespace) -> None:
    """Hits over many objects."""
    paths = [f"/1k?{number}" for number in range(arguments.objects)]
    random.Random(1).shuffle(paths)
    script = load(bench.folder, "objects", paths)
    for name, port in bench.caches.items():
        start = time.monotonic()
        for part in range(0, len(paths), 5000):
            first_bytes(port, paths[part:part + 5000])
        print(f"  {name}: {len(paths):,} objects filled in {time.monotonic() - start:.0f} s")
    found: dict[str, list[float]] = {name: [] for name in bench.caches}
    for _ in range(arguments.rounds):
        for name, port in bench.caches.items():
            found[name].append(wrk(port, "/", arguments.seconds, "-s", str(script)))
    table(f"hits over {len(paths):,} objects of 1 KB", found, "requests/s")


def asked(bench: Bench) -> int:
    """Return how many requests the origin has answered."""
    with socket.create_connection(("127.0.0.1", bench.origin)) as client:
        client.sendall(b"GET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        got = b""
        while piece := client.recv(65536):
            got += piece
    return int(got.split(b"requests\n")[1].split()[2])


def zipf(folder: Path, arguments: argparse.Namespace) -> None:
    """20,000 objects of 16 KB, asked for by Zipf's law, with memory for a fifth of them."""
    draw = random.Random(2)
    weights = [1 / (rank + 1) ** 0.9 for rank in range(20_000)]
    numbers = draw.choices(range(20_000), weights, k=200_000)
    with ExitStack() as stack:
        bench = Bench(folder, stack, "64M")
        script = load(folder, "zipf", [f"/16k?{number}" for number in numbers])
        found: dict[str, list[float]] = {name: [] for name in bench.caches}
        rates: dict[str, list[float]] = {name: [] for name in bench.caches}
        for port in bench.caches.values():
            wrk(port, "/", arguments.seconds * 2, "-s", str(script))
        for number in range(arguments.rounds):
            script = load(folder, f"zipf-{number}", [f"/16k?{one}" for one in draw.choices(numbers, k=100_000)])
            for name, port in bench.caches.items():
                before, start = asked(bench), time.monotonic()
                found[name].append(wrk(port, "/", arguments.seconds, "-s", str(script)))
                answered = found[name][-1] * (time.monotonic() - start)
                rates[name].append(100 - 100 * (asked(bench) - before) / answered)
        table("Zipf (0.9) over 20,000 objects of 16 KB, memory for 64 MiB", found, "requests/s")
        table("its hit rate", rates, "%")


class SlowOrigin:
    """Answers after a while, and counts. ``/once``: may be stored; anything else may not."""

    def __init__(self) -> None:
        self.port, self.asked = 0, 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        async def begin() -> None:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
        self._loop.run_until_complete(begin())
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked += 1
                path = head.split(b" ")[1]
                policy = b"max-age=60" if path.startswith(b"/once") else b"no-store"
                late = path.startswith(b"/late")
                await asyncio.sleep(1 if late else 0)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nCache-Control: " + policy + b"\r\n\r\nabc")
                await asyncio.sleep(0 if late else 1)
                writer.write(b"def")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def together(port: int, path: str, count: int) -> float:
    """Ask for a path from many connections at once; return the seconds until all have the whole answer."""
    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        got = await reader.read()
        assert got.endswith(b"abcdef"), got
        writer.close()

    async def every() -> float:
        start = time.monotonic()
        await asyncio.gather(*(one() for _ in range(count)))
        return time.monotonic() - start
    return asyncio.run(every())


def cold(folder: Path) -> None:
    """Concurrent misses of one key; concurrent answers that must not be stored."""
    origin = SlowOrigin()
    print("\n50 concurrent cold misses; ten concurrent answers that must not be stored, 1 s each "
          "(body late, then head late twice)")
    for name, started in caches(folder, origin.port, "64M"):
        with started as port:
            before = origin.asked
            took = together(port, "/once", 50)
            count = origin.asked - before
            rest = [together(port, path, 10) for path in ("/body", "/late", "/late")]
            print(f"  {name:<8} {count:>3} requests to the origin in {took:.2f} s;   "
                  + ", ".join(f"{one:.2f} s" for one in rest))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--only", default="hits,browser,ttfb,cold,zipf,objects")
    arguments = parser.parse_args()
    missing = [program for program in ("nginx", "wrk", "taskset") if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"missing: {', '.join(missing)}; apt-get install nginx-light wrk util-linux varnish")
    only = arguments.only.split(",")
    with tempfile.TemporaryDirectory(prefix="whywire-caches-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "site").mkdir()
        (folder / "site" / "1k").write_bytes(random.Random(0).randbytes(1024))
        (folder / "site" / "16k").write_bytes(random.Random(0).randbytes(16384))
        print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
        with ExitStack() as stack:
            bench = Bench(folder, stack)
            for part, run in (("hits", hits), ("ttfb", ttfb), ("objects", objects)):
                if part in only:
                    run(bench, arguments)
            if "browser" in only:
                hits(bench, arguments, BROWSER)
        if "cold" in only:
            cold(folder)
        if "zipf" in only:
            zipf(folder, arguments)
        print(f"\nload of the machine behind: {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The file server beside nginx and the servers of Python's frameworks: requests a second, in one interleaved run.

    python benchmarks/servers.py                 all cases, median of 3 rounds of 3 s
    python benchmarks/servers.py --cases 1k,tls --rounds 1 --seconds 1
    python benchmarks/servers.py --idle 10000    memory of idle connections

Each server is one process on the first core, wrk with one thread and 32 connections on the second. On a machine that
does other things too, requests a second say little, so the CPU time a request takes in the server is printed beside;
both as ratios to whywire (above 1: whywire is better). Needs nginx and wrk; aiohttp and Starlette with uvicorn take
part where they can be imported by --peers PYTHON.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-US,en;q=0.5", "Accept-Encoding: gzip, deflate, br, zstd", "Connection: keep-alive",
    "Referer: http://127.0.0.1/index.html", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin", "Cookie: session=3f786850e387550fdab836ed7e6dc881de23001b; theme=dark",
)
NGINX = """\
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 20000; }}
http {{ access_log {log}; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; keepalive_requests 1000000; keepalive_timeout 300;
types {{ text/html html; }}
server {{ listen 127.0.0.1:{port}{tls}; root {site}; {how} }} }}
"""
AIOHTTP = """\
import sys
from aiohttp import web
app = web.Application()
app.router.add_static("/", sys.argv[1])
web.run_app(app, host="127.0.0.1", port=int(sys.argv[2]), access_log=None, print=None)
"""
STARLETTE = """\
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
app = Starlette(routes=[Mount("/", StaticFiles(directory=sys.argv[1]))])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical")
"""
# case: path, script for wrk, options of whywire, needs TLS, access logs, the servers it is compared with
CASES: dict[str, dict[str, object]] = {
    "1k": {"path": "/1k.html", "peers": ("nginx", "nginx best", "aiohttp", "starlette")},
    "browser": {"path": "/1k.html", "lua": "browser", "peers": ("nginx", "nginx best")},
    "files": {"path": "/", "lua": "files", "peers": ("nginx", "nginx best")},
    "cookie": {"path": "/1k.html", "lua": "cookie", "peers": ("nginx", "nginx best")},
    "100k": {"path": "/100k.html", "peers": ("nginx", "nginx best")},
    "10m": {"path": "/10m.html", "peers": ("nginx", "nginx best")},
    "log": {"path": "/1k.html", "log": True, "peers": ("nginx", "nginx best")},
    "tls": {"path": "/1k.html", "tls": True, "peers": ("nginx", "nginx best")},
}


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


def make_site(folder: Path) -> Path:
    """Write the files that are asked for."""
    site = folder / "site"
    (site / "many").mkdir(parents=True)
    for name, size in (("1k", 1 << 10), ("100k", 100 << 10), ("10m", 10 << 20)):
        (site / f"{name}.html").write_bytes(os.urandom(size))
    for number in range(1000):
        (site / "many" / f"{number}.html").write_bytes(os.urandom(1024))
    folder.chmod(0o755)
    return site


def make_script(folder: Path, kind: str) -> Path:
    """Write a script for wrk."""
    headers = "\\r\\n".join(BROWSER)
    if kind == "files":
        path, tail = '"/many/" .. (n % 1000) .. ".html"', '""'
    else:
        path, tail = '"/1k.html"', '"; n=" .. n' if kind == "cookie" else '""'
    script = folder / f"{kind}.lua"
    script.write_text(f'local n = 0\nlocal head = " HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n{headers}"\n'
                      f'request = function() n = n + 1\n  return "GET " .. {path} .. head .. {tail} .. "\\r\\n\\r\\n"\n'
                      "end\n")
    return script


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate of our own."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-days", "2"],
                   check=True, capture_output=True)
    return cert, key


def command_of(name: str, folder: Path, port: int, case: dict[str, object], peers: str) -> list[str]:
    """Return what starts a server."""
    site, cert, key = folder / "site", folder / "cert.pem", folder / "key.pem"
    if name == "whywire":
        return [sys.executable, "-m", "whywire", "serve", str(site), "--port", str(port), "--per-address", "0",
                *(["--cert", str(cert), "--key", str(key)] if case.get("tls") else []),
                *(["--log", str(folder / "whywire.log")] if case.get("log") else [])]
    if name.startswith("nginx"):
        best = "sendfile off; open_file_cache max=2000 inactive=60s;"
        how = best if name == "nginx best" else "sendfile on; tcp_nopush on;"
        config = folder / f"{name.replace(' ', '-')}.conf"
        secure = f"ssl_certificate {cert}; ssl_certificate_key {key};" if case.get("tls") else ""
        config.write_text(NGINX.format(folder=folder, port=port, site=site, how=how + secure,
                                       tls=" ssl" if case.get("tls") else "",
                                       log=f"{folder}/nginx.log" if case.get("log") else "off"))
        return ["nginx", "-c", str(config)]
    return [peers, "-c", AIOHTTP if name == "aiohttp" else STARLETTE, str(site), str(port)]


@contextlib.contextmanager
def server(command: list[str], port: int) -> Iterator[int]:
    """Run a server on the first core; give the process that does the work."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(["taskset", "-c", "0", *command], env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 15
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit(f"{command[0]} does not listen")
                time.sleep(0.05)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            yield int(children[0]) if children else process.pid
        finally:
            process.terminate()
            process.wait(20)


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> int:
    """Return the resident bytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(pid: int, url: str, script: Path | None, seconds: int) -> tuple[float, float]:
    """Return requests a second, and microseconds of the server's CPU for each."""
    before = cpu(pid)
    done = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", "-c32", f"-d{seconds}s", "--timeout", "10",
                           *(["-s", str(script)] if script else []), url], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+) requests in ([\d.]+)(m?s)", done.stdout)
    if found is None or "Non-2xx" in done.stdout or found[1] == "0":
        raise SystemExit(f"wrk says:\n{done.stdout}{done.stderr}")
    count, took = int(found[1]), float(found[2]) / (1000 if found[3] == "ms" else 1)
    return count / took, (cpu(pid) - before) / count * 1e6


def run_case(name: str, folder: Path, arguments: argparse.Namespace, have: set[str]) -> None:
    """Measure one case round by round and print its rows."""
    case = CASES[name]
    names = ["whywire", *(peer for peer in case["peers"] if peer in have)]  # type: ignore[attr-defined]
    script = make_script(folder, str(case["lua"])) if "lua" in case else None
    scheme = "https" if case.get("tls") else "http"
    results: dict[str, list[tuple[float, float]]] = {one: [] for one in names}
    with contextlib.ExitStack() as stack:
        running = {}
        for one in names:
            port = free_port()
            running[one] = port, stack.enter_context(
                server(command_of(one, folder, port, case, arguments.peers), port))
        for turn in range(arguments.rounds + 1):
            for one, (port, pid) in running.items():
                found = measure(pid, f"{scheme}://127.0.0.1:{port}{case['path']}", script,
                                arguments.seconds if turn else 1)
                if turn:  # the first is for warming up
                    results[one].append(found)
    rate, work = (statistics.median(found[index] for found in results["whywire"]) for index in (0, 1))
    for one, found in results.items():
        its_rate, its_work = (statistics.median(each[index] for each in found) for index in (0, 1))
        print(f"{name:8} {one:11} {its_rate:9,.0f} req/s {its_work:8.1f} us CPU   "
              f"whywire is {rate / its_rate:5.2f}x in requests, {its_work / work:5.2f}x in CPU", flush=True)


def run_idle(count: int, folder: Path, arguments: argparse.Namespace) -> None:
    """Open connections, ask once on each, and say what each costs while it waits."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for name in ("whywire", "nginx"):
        port = free_port()
        command = command_of(name, folder, port, {}, arguments.peers)
        with server(command + (["--idle-time", "300"] if name == "whywire" else []), port) as pid, \
                contextlib.ExitStack() as stack:
            with socket.create_connection(("127.0.0.1", port)) as warm:
                warm.sendall(b"GET /1k.html HTTP/1.1\r\nHost: a\r\n\r\n")
                warm.recv(4096)
            before, peers = memory(pid), []
            for _ in range(count):
                peer = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
                peer.sendall(b"GET /1k.html HTTP/1.1\r\nHost: a\r\n\r\n")
                peer.recv(4096)
                peers.append(peer)
            after = memory(pid)
            alive = 0
            for peer in peers:  # all of them still answer
                peer.sendall(b"GET /1k.html HTTP/1.1\r\nHost: a\r\n\r\n")
                alive += peer.recv(4096).startswith(b"HTTP/1.1 200")
            print(f"idle     {name:11} {alive:,} of {count:,} connections held, "
                  f"{(after - before) / count:,.0f} bytes each, {after / 1e6:.0f} MB in all", flush=True)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--idle", type=int, metavar="N", help="measure N idle connections instead")
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="has aiohttp, starlette, uvicorn")
    arguments = parser.parse_args()
    missing = [tool for tool in ("nginx", "wrk", "taskset", "openssl") if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"Please install {', '.join(missing)}.")
    have = {"nginx", "nginx best"} | {
        name for name, modules in (("aiohttp", "aiohttp"), ("starlette", "starlette, uvicorn"))
        if subprocess.run([arguments.peers, "-c", f"import {modules}"], capture_output=True,
                          check=False).returncode == 0}
    with tempfile.TemporaryDirectory(prefix="whywire-bench-") as name:
        folder = Path(name)
        make_site(folder)
        make_certificate(folder)
        if arguments.idle:
            run_idle(arguments.idle, folder, arguments)
            return
        for case in arguments.cases.split(","):
            run_case(case, folder, arguments, have)


if __name__ == "__main__":
    main()

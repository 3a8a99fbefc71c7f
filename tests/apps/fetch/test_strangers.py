"""Servers that others wrote: nginx and Python's own."""

from __future__ import annotations

import functools
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.fetch.scripted import fetched, tree
from tests.conftest import needed
from tests.lab.bench import eventually
from whywire.apps.fetch.options import ALL, REFUSED

BIG = bytes(range(256)) * 4000
CONFIG = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ }}
http {{
  access_log off; keepalive_timeout 1;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  gzip on; gzip_types *; gzip_min_length 1;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/site;
    location /slow/ {{ alias {folder}/site/; limit_rate 200k; }}
    location /moved {{ return 301 /small.txt; }}
  }}
}}
"""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = needed("nginx", "./dev test installs it where it may, or says what to install")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "site").mkdir()
    (folder / "site" / "big.bin").write_bytes(BIG)
    os.utime(folder / "site" / "big.bin", (1_700_000_000, 1_700_000_000))
    (folder / "site" / "small.txt").write_bytes(b"small " * 100)
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "conf").write_text(CONFIG.format(folder=folder, port=port))
    process = subprocess.Popen([program, "-p", folder, "-c", folder / "conf"], stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: _listens(port), 10), (folder / "errors").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_nginx_over_one_connection(nginx: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{nginx}"
    code, said = fetched(tmp_path, [f"{url}/big.bin", f"{url}/moved", f"{url}/none"])
    assert code == REFUSED
    assert [line.partition(",")[0] for line in said] == [
        "/big.bin: HTTP/1.1 200 OK", "/moved: HTTP/1.1 301 Moved Permanently", "/small.txt: HTTP/1.1 200 OK",
        "/none: HTTP/1.1 404 Not Found"]
    assert tree(tmp_path) == {"big.bin": BIG, "small.txt": b"small " * 100}


def test_nginx_s_gzip_is_chunked_and_undone(nginx: int, tmp_path: Path) -> None:
    code, _ = fetched(tmp_path, [f"http://127.0.0.1:{nginx}/small.txt"], compressed=True)
    assert (code, tree(tmp_path)) == (ALL, {"small.txt": b"small " * 100})


def test_ctrl_c_keeps_the_part_and_the_next_fetch_goes_on(nginx: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{nginx}/slow/big.bin"
    part = tmp_path / "big.bin.part"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    process = subprocess.Popen([sys.executable, "-m", "whywire", "fetch", url], cwd=tmp_path, env=environment,
                               stdout=subprocess.PIPE, text=True)
    try:
        assert eventually(lambda: part.exists() and part.stat().st_size > 0, 20)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[0]
    finally:
        process.kill()
    assert process.returncode == 130
    assert said == "/slow/big.bin: what has come is kept in big.bin.part; the same command goes on with it\n"
    kept = part.stat().st_size
    assert BIG.startswith(part.read_bytes())
    code, lines = fetched(tmp_path, [url])
    assert code == ALL
    assert lines == [f"/slow/big.bin: HTTP/1.1 206 Partial Content, 1,024,000 bytes (1.0 MB), of which {kept:,} were "
                     "there, saved as big.bin"]
    assert tree(tmp_path) == {"big.bin": BIG}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("version", "connections"), [("HTTP/1.0", 3), ("HTTP/1.1", 1)])
def test_python_s_own_server(version: str, connections: int, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "a.txt").write_bytes(b"a")
    handler = functools.partial(type("Handler", (_Quiet,), {"protocol_version": version}), directory=tmp_path / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            code, said = fetched(tmp_path / "to", [f"{url}/a.txt", f"{url}/", f"{url}/a.txt"])
        finally:
            server.shutdown()
            thread.join(10)
    assert code == ALL
    assert sum("opening a new one" in line for line in said) == connections - 1
    assert sorted(tree(tmp_path / "to")) == ["a-2.txt", "a.txt", "index.html"]

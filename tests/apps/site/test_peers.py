"""Clients that others wrote: curl, Python's http.client, nginx as a proxy, Chromium."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.site import nginx, ours
from tests.apps.site.asked import FILES, build
from tests.apps.site.raw import ask
from tests.conftest import needed

Address = tuple[str, int]
LARGE = 5_000_000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = build(tmp_path_factory.mktemp("peers"))
    (made / "large.bin").write_bytes(hashlib.shake_128(b"large").digest(LARGE))
    return made


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[Address]:
    said: list[str] = []
    with ours.running(root, said, listing=True) as found:
        yield found
    assert said == []


@pytest.fixture(scope="module")
def curl() -> str:
    return needed("curl", "./dev test installs it where it may, or says what to install")


def curled(curl: str, address: Address, path: str, *options: str) -> bytes:
    url = f"http://{address[0]}:{address[1]}{path}"
    done = subprocess.run([curl, "-sS", "--max-time", "20", "--path-as-is", *options, url], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_curl_gets_what_is_in_the_file(curl: str, address: Address, root: Path) -> None:
    for path in ("/a.txt", "/big.bin", "/large.bin", "/empty.txt"):
        assert curled(curl, address, path) == (root / path[1:]).read_bytes()


def test_curl_unpacks_a_variant_and_resumes_a_download(curl: str, address: Address, root: Path, tmp_path: Path) -> None:
    assert curled(curl, address, "/b.css", "--compressed") == FILES["b.css"]
    whole = (root / "large.bin").read_bytes()
    (tmp_path / "part").write_bytes(whole[:1_234_567])
    curled(curl, address, "/large.bin", "-C", "-", "-o", str(tmp_path / "part"))
    assert (tmp_path / "part").read_bytes() == whole


def test_curl_asks_only_when_something_changed(curl: str, address: Address, tmp_path: Path) -> None:
    tag = str(tmp_path / "tag")
    say = ("-o", str(tmp_path / "out"), "-w", "%{http_code}")
    assert curled(curl, address, "/a.txt", "--etag-save", tag, *say) == b"200"
    assert curled(curl, address, "/a.txt", "--etag-compare", tag, *say) == b"304"
    assert curled(curl, address, "/a.txt", "-z", "Sun, 06 Nov 1994 08:49:37 GMT", *say) == b"304"
    assert curled(curl, address, "/a.txt", "-z", "Sun, 06 Nov 1994 08:49:36 GMT", *say) == b"200"


def test_curl_follows_to_a_folder_and_sees_its_list(curl: str, address: Address) -> None:
    assert b"file.txt" in curled(curl, address, "/noindex", "-L")
    assert curled(curl, address, "/dir", "-L") == FILES["dir/index.html"]


def test_curl_takes_several_ranges(curl: str, address: Address) -> None:
    got = curled(curl, address, "/big.bin", "-r", "0-9,1000-1009")
    assert got.count(b"Content-Range: bytes ") == 2 and bytes(range(10)) in got
    assert curled(curl, address, "/big.bin", "-r", "-3") == bytes((253, 254, 255))


def test_curl_sends_what_we_refuse(curl: str, address: Address) -> None:
    say = ("-o", os.devnull, "-w", "%{http_code}")
    assert curled(curl, address, "/a.txt", "-d", "a=1", *say) == b"405"
    assert curled(curl, address, "/a.txt", "-T", "/dev/null", *say) == b"405"
    assert curled(curl, address, "/../canary.txt", *say) == b"400"
    assert curled(curl, address, "/a.txt", "-X", "OPTIONS", *say) == b"204"
    assert curled(curl, address, "/nothing", "-H", "Accept: text/plain").startswith(b"404 Not Found\n")


def test_http_client_asks_many_times_on_one_connection(address: Address, root: Path) -> None:
    connection = http.client.HTTPConnection(*address, timeout=20)
    try:
        for turn in range(3):
            for name in ("a.txt", "big.bin", "large.bin", "nothing", "dir/", "empty.txt"):
                for method in ("GET", "HEAD"):
                    connection.request(method, f"/{name}")
                    answer = connection.getresponse()
                    content = answer.read()
                    path = root / name / "index.html" if name.endswith("/") else root / name
                    if path.exists():
                        assert answer.status == 200 and int(answer.headers["Content-Length"]) == path.stat().st_size
                        assert content == (path.read_bytes() if method == "GET" else b""), (turn, name, method)
                    else:
                        assert answer.status == 404
    finally:
        connection.close()


def test_http_client_reads_each_variant(address: Address) -> None:
    connection = http.client.HTTPConnection(*address, timeout=20)
    try:
        connection.request("GET", "/b.css", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert gzip.decompress(answer.read()) == FILES["b.css"]
        tag = answer.headers["ETag"]
        connection.request("GET", "/b.css", headers={"Accept-Encoding": "identity", "If-None-Match": tag})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, FILES["b.css"])
    finally:
        connection.close()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_nginx_as_a_proxy_gets_the_same(address: Address, root: Path, tmp_path: Path, version: str) -> None:
    program = needed("nginx", "./dev test installs it where it may, or says what to install")
    with nginx.in_front(program, address, version, tmp_path / "nginx") as front:
        for name in ("a.txt", "big.bin", "large.bin", "empty.txt"):
            got = ask(front, f"GET /{name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            assert (got.status, got.body == (root / name).read_bytes()) == (200, True), name
        got = ask(front, b"GET /a.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-2\r\nConnection: close\r\n\r\n")
        assert (got.status, got.body, got.fields["content-range"]) == (206, b"The", "bytes 0-2/900")
        assert ask(front, b"HEAD /big.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").fields["etag"]
        assert ask(front, b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status == 404


def test_chromium_shows_a_list_and_goes_to_the_folder(address: Address, tmp_path: Path) -> None:
    program = needed("chromium", "./dev test installs it where it may, or says what to install")
    done = subprocess.run([program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                           f"--user-data-dir={tmp_path}", "--dump-dom", f"http://{address[0]}:{address[1]}/noindex"],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
    assert b'<a href="./file.txt">file.txt</a>' in done.stdout and b'<a href="../">../</a>' in done.stdout

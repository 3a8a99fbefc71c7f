"""Bodies that are broken off and gone on with, and gzip."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.fetch.scripted import CUT, fetched, ok, scripted, tree
from whywire.apps.fetch.body import validator
from whywire.apps.fetch.options import ALL, FAILED, REFUSED
from whywire.protocols.http1.events import Response

BODY = bytes(range(256)) * 40


def server_of(body: bytes, tag: bytes = b'"v1"', cut: int = 0) -> Callable[[bytes], bytes]:
    """Return an answer that knows ranges as RFC 9110 has them; with ``cut`` it breaks off there."""
    def answer(head: bytes) -> bytes:
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if b"range" in fields and fields.get(b"if-range", tag) == tag:
            start = int(fields[b"range"].removeprefix(b"bytes=").rstrip(b"-"))
            if start >= len(body):
                return b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n"
            part = body[start:]
            return (b"HTTP/1.1 206 Partial Content\r\nETag: %b\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d"
                    b"\r\n\r\n%b" % (tag, start, len(body) - 1, len(body), len(part), part))
        said = ok(body, b"ETag: " + tag + b"\r\n")
        return said[:len(said) - len(body) + cut] + CUT if cut else said
    return answer


def broken_off(folder: Path, port_of: list[int]) -> str:
    with scripted(server_of(BODY, cut=1000)) as server:
        code, said = fetched(folder, [f"{server.url}/big.bin"])
        port_of.append(server.port)
    assert code == FAILED
    assert said[0] == "/big.bin: what has come is kept in big.bin.part; the same command goes on with it"
    assert "broken off" in said[1]
    assert tree(folder)["big.bin.part"] == BODY[:1000]
    return server.url


def resume(folder: Path, answer: Callable[[bytes], bytes], port: int,
           **options: object) -> tuple[int, list[str], list[bytes]]:
    """Fetch the same URL from another server: its port is written into what is remembered of the first one."""
    with scripted(answer) as server:
        info = folder / "big.bin.part.info"
        if info.exists():
            info.write_text(info.read_text().replace(f":{port}/", f":{server.port}/"))
        code, said = fetched(folder, [f"{server.url}/big.bin"], **options)
        return code, said, server.heads


def test_a_broken_off_body_is_gone_on_with(tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    code, said, heads = resume(tmp_path, server_of(BODY), ports[0])
    assert code == ALL
    assert said == ["/big.bin: HTTP/1.1 206 Partial Content, 10,240 bytes (10.2 kB), of which 1,000 were there, "
                    "saved as big.bin"]
    assert b'Range: bytes=1000-\r\nIf-Range: "v1"\r\n' in heads[0]
    assert tree(tmp_path) == {"big.bin": BODY}


def test_a_body_that_has_changed_is_fetched_from_the_start(tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    code, said, _ = resume(tmp_path, server_of(BODY[::-1], b'"v2"'), ports[0])
    assert code == ALL
    assert "from the start: it is not what the partial file was of" in said[0]
    assert tree(tmp_path) == {"big.bin": BODY[::-1]}


def test_a_body_that_has_become_shorter(tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    code, _, heads = resume(tmp_path, server_of(b"short"), ports[0])
    assert (code, len(heads), tree(tmp_path)) == (ALL, 2, {"big.bin": b"short"})


def test_fresh_does_not_go_on(tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    code, _, heads = resume(tmp_path, server_of(BODY), ports[0], fresh=True)
    assert (code, tree(tmp_path)) == (ALL, {"big.bin": BODY})
    assert b"Range" not in heads[0]


def test_another_url_does_not_touch_the_part(tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    before = tree(tmp_path)
    with scripted(lambda _: ok(b"other")) as server:
        fetched(tmp_path, [f"{server.url}/x/big.bin"])
    assert tree(tmp_path) == {**before, "big-2.bin": b"other"}


def test_a_refusal_keeps_the_part(tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    code, _, _ = resume(tmp_path, lambda _: b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", ports[0])
    assert code == REFUSED
    assert tree(tmp_path)["big.bin.part"] == BODY[:1000]


@pytest.mark.parametrize("content_range", [b"bytes 0-9/10", b"bytes 999-9999/10000", b"", b"items 1000-1001/2000"])
def test_another_part_than_asked_for_is_refused(content_range: bytes, tmp_path: Path) -> None:
    ports: list[int] = []
    broken_off(tmp_path, ports)
    wrong = b"HTTP/1.1 206 Partial Content\r\nContent-Range: %b\r\nContent-Length: 3\r\n\r\nbad" % content_range
    code, said, _ = resume(tmp_path, lambda _: wrong, ports[0])
    assert code == FAILED
    assert any("another part (206)" in line for line in said)
    assert tree(tmp_path)["big.bin.part"] == BODY[:1000]


def test_a_206_that_nobody_asked_for(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2/9\r\nContent-Length: 3\r\n\r\nbad"
    with scripted(lambda _: answer) as server:
        code, _ = fetched(tmp_path, [f"{server.url}/a"])
    assert (code, tree(tmp_path)) == (FAILED, {})


def test_without_a_validator_nothing_is_kept(tmp_path: Path) -> None:
    with scripted(lambda _: ok(BODY)[:500] + CUT) as server:
        code, _ = fetched(tmp_path, [f"{server.url}/a"])
    assert (code, tree(tmp_path)) == (FAILED, {})


def test_gzip_when_asked_for(tmp_path: Path) -> None:
    zipped = ok(gzip.compress(BODY), b"Content-Encoding: gzip\r\n")
    with scripted(lambda _: zipped) as server:
        assert fetched(tmp_path, [f"{server.url}/a"], compressed=True)[0] == ALL
        _, said = fetched(tmp_path, [f"{server.url}/b"])
    assert b"Accept-Encoding: gzip\r\n" in server.heads[0]
    assert b"Accept-Encoding: identity\r\n" in server.heads[1]
    assert tree(tmp_path)["a"] == BODY
    assert "as sent (gzip)" in said[0]


@pytest.mark.parametrize("body", [gzip.compress(BODY)[:-9], b"no gzip at all"])
def test_gzip_that_is_none(body: bytes, tmp_path: Path) -> None:
    with scripted(lambda _: ok(body, b"Content-Encoding: gzip\r\n")) as server:
        code, said = fetched(tmp_path, [f"{server.url}/a"], compressed=True)
    assert (code, tree(tmp_path)) == (FAILED, {})
    assert "gzip" in said[-1]


@pytest.mark.parametrize(("fields", "value"), [
    ({"etag": '"a"'}, '"a"'), ({"etag": 'W/"a"'}, ""), ({}, ""),
    ({"last-modified": "Sat, 21 Nov 2026 05:00:00 GMT", "date": "Sat, 21 Nov 2026 06:00:00 GMT"},
     "Sat, 21 Nov 2026 05:00:00 GMT"),
    ({"last-modified": "Sat, 21 Nov 2026 06:00:00 GMT", "date": "Sat, 21 Nov 2026 06:00:00 GMT"}, ""),
    ({"last-modified": "yesterday", "date": "Sat, 21 Nov 2026 06:00:00 GMT"}, ""),
])
def test_only_strong_validators(fields: dict[str, str], value: str) -> None:
    headers = tuple((name.encode(), text.encode()) for name, text in fields.items())
    assert validator(Response(status=200, headers=headers)) == value

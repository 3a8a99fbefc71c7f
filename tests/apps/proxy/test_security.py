"""Request smuggling, poisoning by unkeyed input, cache deception by path tricks, and forward mode as a way inside."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.apps.proxy.bench import QUICKLY, ProxyBench, run
from tests.apps.proxy.origin import Visit, always
from whywire.apps.proxy.settings import Guard, ProxySettings

HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
SMUGGLED = {
    "both lengths, CL.TE": f"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {5 + len(HIDDEN)}\r\n"
                           f"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "both lengths, TE.CL": "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                           f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n0\r\n\r\n",
    "two lengths": f"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "length with a sign": f"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +{len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "space before the colon": f"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length : {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "coding in disguise": "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\n"
                          f"0\r\n\r\n{HIDDEN}",
    "coding behind a tab": "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\nContent-Length: 5\r\n\r\n"
                           f"0\r\n\r\n{HIDDEN}",
    "folded field": f"POST /x HTTP/1.1\r\nHost: a\r\nX: a\r\n Content-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "bare LF in a field": f"GET /x HTTP/1.1\r\nHost: a\r\nX: a\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "bare CR in a field": f"GET /x HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "chunk size too large": "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n"
                            + HIDDEN,
    "chunk extension with LF": "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               f"2;\nxx\r\n0\r\n\r\n{HIDDEN}",
}


async def counts_requests(visit: Visit) -> None:
    """An origin that reads strictly by what the heads say, and knows every request that it was sent."""
    while True:
        head = await visit.head()
        if "transfer-encoding: chunked" in head:
            await visit.reader.readuntil(b"0\r\n\r\n")
        elif "content-length: " in head:
            await visit.reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
        await visit.ok(fields="")


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_two_readers_could_understand_in_two_ways_goes_no_further(name: str) -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send(SMUGGLED[name])
        answer = await client.answer("POST")
        assert answer.status in (400, 501)
        assert await client.reader.read() == b""  # closed: nothing behind it is read as a request
        client.close()
        assert [head for head in at.origin.heads if "/hidden" in head] == []
    run(counts_requests, test)


def test_a_content_that_looks_like_a_request_stays_content() -> None:
    async def test(at: ProxyBench) -> None:
        for framing in (f"Content-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
                        f"Transfer-Encoding: chunked\r\n\r\n{len(HIDDEN):x};ext=1\r\n{HIDDEN}\r\n0\r\n\r\n"):
            client = await at.connect()
            await client.send(f"POST /x HTTP/1.1\r\nHost: a\r\n{framing}")
            assert (await client.answer("POST")).status == 200
            client.close()
        assert [head.split(" ")[1] for head in at.origin.heads] == ["/x", "/x"]
        assert "ext" not in "".join(at.origin.heads)
    run(counts_requests, test)


def test_an_answer_that_splits_itself_splits_nothing_here() -> None:
    async def answer(visit: Visit) -> None:
        await visit.head()
        await visit.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nok"
                         "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nCache-Control: max-age=60\r\n\r\nevil")
        await visit.reader.read()

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        for path in ("/a", "/b"):
            await client.send(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
            assert (await client.answer()).body == b"ok"
        client.close()
    run(answer, test)


def test_a_get_with_content_neither_reads_nor_fills_the_cache() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            got = await visit.reader.readexactly(4) if "content-length: 4" in head else b"good"
            await visit.ok(got)

    async def test(at: ProxyBench) -> None:
        assert (await at.get("/x", body=b"evil")).body == b"evil"
        assert (await at.get("/x")).body == b"good"
        assert (await at.get("/x", body=b"EVIL")).body == b"EVIL"
        assert (await at.get("/x")).body == b"good"
    run(answer, test)


REFLECTED = ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-Port", "X-Host", "Forwarded",
             "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X_Forwarded_Host", "X-Forwarded-Prefix",
             "X-Forwarded-Anything", "X-Original-Method", "X-Override-URL", "Proxy", "X-Envoy-Original-Path",
             "Fastly-Host", "X-Matched-Path", "Transfer_Encoding", "Content_Length", "Content_Type")


@pytest.mark.parametrize("field", REFLECTED)
def test_an_origin_that_reflects_what_no_key_holds_is_not_poisoned(field: str) -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.ok((await visit.head()).encode("latin-1"))

    async def test(at: ProxyBench) -> None:
        assert b"evil" not in (await at.get("/x", f"{field}: evil.example")).body
        assert b"evil" not in (await at.get("/x")).body
    run(answer, test)


@pytest.mark.parametrize("host", ["a:80", "a:", "A:0080"])
def test_a_port_that_no_key_holds_never_reaches_the_origin(host: str) -> None:
    """Else it would stand in a redirect that everybody gets."""
    async def test(at: ProxyBench) -> None:
        for fields in ((), ("Cache-Control: max-age=60",)):  # with and without the quick path
            await at.get(f"/x{len(fields)}", *fields, host=host)
            await at.get(f"http://{host}/y{len(fields)}", *fields)
        assert [head.split("host: ")[1].split("\r\n")[0] for head in at.origin.heads] == ["a"] * 4
    run(always(), test)


def test_a_field_with_an_underscore_chooses_no_variant_for_others() -> None:
    async def cgi(visit: Visit) -> None:
        while True:
            head = (await visit.head()).replace("_", "-")
            await visit.ok(b"de" if "accept-language: de" in head else b"none",
                           "Vary: Accept-Language\r\nCache-Control: max-age=60\r\n")

    async def test(at: ProxyBench) -> None:
        assert (await at.get("/x", "Accept_Language: de")).body == b"de"
        assert (await at.get("/x")).body == b"none"
        assert (await at.get("/x")).body == b"none"
        assert len(at.origin.heads) == 2
    run(cgi, test)


def test_trailers_of_a_request_bring_nothing_that_is_no_trailer() -> None:
    seen: list[bytes] = []

    async def answer(visit: Visit) -> None:
        await visit.head()
        seen.append(await visit.reader.readuntil(b"\r\n\r\n"))
        await visit.ok()

    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
                          "X-Sum: 1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\nHost: b\r\nCookie: c\r\n"
                          "Authorization: d\r\nX-Forwarded-Host: e\r\n\r\n")
        assert (await client.answer("POST")).status == 200
        client.close()
        assert seen == [b"1\r\na\r\n0\r\nx-sum: 1\r\n\r\n"]
    run(answer, test)


def test_connection_can_not_take_a_field_out_of_the_key_and_leave_it_in_the_request() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            await visit.ok(b"de" if "accept-language: de" in head else b"none",
                           "Vary: Accept-Language\r\nCache-Control: max-age=60\r\n")

    async def test(at: ProxyBench) -> None:
        for _ in range(2):
            got = await at.get("/x", "Accept-Language: de", "Connection: Accept-Language")
            assert got.body == b"none"
            assert (await at.get("/x", "Accept-Language: de")).body == b"de"
            assert (await at.get("/x")).body == b"none"
    run(answer, test)


def test_two_hosts_share_nothing_whatever_the_target_says() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            head = await visit.head()
            await visit.ok(head.split("host: ")[1].split("\r\n")[0].encode())

    async def test(at: ProxyBench) -> None:
        assert (await at.get("http://evil/x", host="a")).body == b"evil"
        assert (await at.get("/x", host="a")).body == b"a"
        assert (await at.get("/x", host="evil")).body == b"evil"
    run(answer, test)


TRICKS = ("/account", "/account/", "/account/x.css", "/account;x.css", "/account%2fx.css", "/account%00.css",
          "/account?x.css",
          "/account%3fx.css", "/account%23x.css", "//account", "/./account", "/x/../account", "/ACCOUNT", "/acc%6funt",
          "/account?a=1&b=2", "/account?b=2&a=1", "/account?", "/account\\x.css", "/account..%2fx")


def test_the_key_is_what_the_origin_gets_byte_for_byte() -> None:
    async def answer(visit: Visit) -> None:
        while True:
            await visit.ok((await visit.head()).split(" ")[1].encode("latin-1"))

    async def test(at: ProxyBench) -> None:
        for _ in range(3):
            for path in TRICKS:
                assert (await at.get(path)).body == path.encode()
        assert sorted(head.split(" ")[1] for head in at.origin.heads) == sorted(TRICKS)
    run(answer, test)


def test_a_fragment_in_a_target_is_refused() -> None:
    async def test(at: ProxyBench) -> None:
        assert (await at.get("/account#x.css")).status == 400
        assert at.origin.heads == []
    run(always(), test)


def test_the_extension_makes_nothing_cacheable() -> None:
    async def test(at: ProxyBench) -> None:
        for _ in range(2):
            await at.get("/account/x.css")
        assert len(at.origin.heads) == 2
    run(always(b"private matters", ""), test)


FORWARD = ProxySettings(timeouts=QUICKLY)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1",
                                  "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"])
def test_a_forward_proxy_is_no_way_inside(host: str) -> None:
    async def test(at: ProxyBench) -> None:
        got = await at.get(f"http://{host}:{at.origin.port}/x", host=host)
        assert got.status == 403
        client = await at.connect()
        await client.send(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")
        assert (await client.answer("CONNECT")).status == 403
        client.close()
        assert at.origin.visits == 0
    run(always(), test, FORWARD, forward=True)


def test_a_name_that_changes_its_address_is_connected_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[str] = []

    async def test(at: ProxyBench) -> None:
        loop = asyncio.get_running_loop()
        resolve = loop.getaddrinfo

        async def rebinds(host: str, port: int, **more: object) -> object:
            if host != "rebinds.example":
                return await resolve(host, port, **more)  # type: ignore[arg-type]
            asked.append(host)
            address = "1.1.1.1" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        async def connect(_: object, host: str, *__: object, **___: object) -> object:
            connected.append(host)
            raise ConnectionRefusedError(111, "refused")
        monkeypatch.setattr(loop, "getaddrinfo", rebinds, raising=False)
        monkeypatch.setattr(loop, "create_connection", connect, raising=False)
        statuses = []
        for _ in range(2):
            statuses.append((await at.proxy_only("http://rebinds.example/x", "rebinds.example")).status)
        assert statuses == [502, 403]
        assert connected == ["1.1.1.1"]
    run(always(), test, FORWARD, forward=True)


@pytest.mark.parametrize("port", [22, 25, 80, 6379])
def test_connect_leads_to_the_allowed_ports_only(port: int) -> None:
    async def test(at: ProxyBench) -> None:
        client = await at.connect()
        await client.send(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")
        got = await client.answer("CONNECT")
        assert (got.status, got.get("proxy-status")) == (403, "whywire; error=http_request_denied")
        client.close()
    run(always(), test, ProxySettings(timeouts=QUICKLY, guard=Guard(private=True)), forward=True)


def test_a_reverse_proxy_is_no_forward_proxy() -> None:
    async def test(at: ProxyBench) -> None:
        await at.get("http://169.254.169.254/latest", host="a")
        assert "host: 169.254.169.254" in at.origin.heads[0]  # asked of our origin, not of that host
        client = await at.connect()
        await client.send(f"CONNECT 127.0.0.1:{at.origin.port} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await client.answer("CONNECT")).status == 405
        client.close()
    run(always(), test)


PART = "HTTP/1.1 206 Partial Content\r\nCache-Control: max-age=60\r\nETag: \"1\"\r\nContent-Range: bytes 0-9/100\r\n"


@pytest.mark.parametrize(("answer", "status"), [
    (f"{PART}Content-Length: 5\r\n\r\n01234", 502), (f"{PART}Content-Length: 0\r\n\r\n", 502),
    (f"{PART}Content-Length: 11\r\n\r\n0123456789a", 502),
    (f"{PART}Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n0\r\n\r\n", 206), (f"{PART}\r\n01234", 206),
])
def test_a_part_that_is_not_what_it_says_is_neither_whole_nor_stored(answer: str, status: int) -> None:
    async def lies(visit: Visit) -> None:
        await visit.head()
        await visit.send(answer)

    async def test(at: ProxyBench) -> None:
        for asked in (1, 2):
            got = await at.get("/x", "Range: bytes=0-9")
            assert (got.status, got.whole) == (status, status == 502)
            assert len(at.origin.heads) == asked
        assert await at.proxy.keeper.store.entries() == []
    run(lies, test)


def test_a_part_without_a_body_is_a_part() -> None:
    async def heads(visit: Visit) -> None:
        await visit.head()
        await visit.send(f"{PART}Content-Length: 10\r\n\r\n")

    async def test(at: ProxyBench) -> None:
        got = await at.get("/x", "Range: bytes=0-9", method="HEAD")
        assert (got.status, got.whole, got.get("content-length")) == (206, True, "10")
    run(heads, test)


@pytest.mark.parametrize("how", ["down", "nonsense", "cut"])
def test_no_client_hears_where_the_origin_is(how: str) -> None:
    async def fails(visit: Visit) -> None:
        await visit.head()
        if how == "nonsense":
            await visit.send(b"what\r\n\r\n")

    async def test(at: ProxyBench) -> None:
        if how == "down":
            await at.origin.stop()
        got = await at.get("/x")
        told = got.body.decode() + str(got.headers)
        assert got.status == 502
        assert "The origin " in told
        assert str(at.origin.port) not in told
        assert "127.0.0.1" not in told
    run(fails, test)

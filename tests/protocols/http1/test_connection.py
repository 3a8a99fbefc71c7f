"""The strict tier as conversations: what goes in, what comes out, in which states that leaves both ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whywire.protocols.http1 import (
    Connection,
    ConnectionClosed,
    Data,
    EndOfMessage,
    InformationalResponse,
    LocalProtocolError,
    RemoteProtocolError,
    Request,
    Response,
)
from whywire.protocols.http1 import states as s
from whywire.protocols.http1.connection import CLIENT, SERVER
from whywire.protocols.http1.events import Event

GET = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
HOST = ((b"Host", b"h"),)


def events(connection: Connection) -> list[Event]:
    found = []
    while (event := connection.next_event()) is not None:
        found.append(event)
    return found


def server(data: bytes, **options: frozenset[str]) -> Connection:
    connection = Connection(SERVER, **options)  # type: ignore[arg-type]
    connection.receive(data)
    return connection


def ok(connection: Connection, body: bytes = b"", *fields: tuple[bytes, bytes]) -> bytes:
    length = ((b"Content-Length", str(len(body)).encode()),)
    return (connection.send(Response(status=200, reason="OK", headers=(*length, *fields)))
            + connection.send(Data(body)) + connection.send(EndOfMessage()))


def test_one_cycle_and_the_next() -> None:
    end = server(GET + GET.replace(b"/a", b"/b"))
    assert [type(event) for event in events(end)] == [Request, EndOfMessage]
    assert end.request is not None
    assert end.request.target == "/a"
    assert (end.theirs, end.mine) == (s.DONE, s.SEND_RESPONSE)
    assert ok(end, b"hi") == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    assert events(end) == []  # the pipelined request waits for its cycle
    end.start_next_cycle()
    events(end)
    assert end.request.target == "/b"


def test_both_ends_understand_each_other() -> None:
    client, end = Connection(CLIENT), Connection(SERVER)
    sent = client.send(Request(method="POST", target="/", headers=(*HOST, (b"Transfer-Encoding", b"chunked"))))
    sent += client.send(Data(b"abc")) + client.send(EndOfMessage(trailers=((b"sum", b"3"),)))
    end.receive(sent)
    got = events(end)
    assert got[1:] == [Data(b"abc", got[1].at), EndOfMessage(len(sent), 3, ((b"sum", b"3"),))]  # type: ignore[union-attr]
    client.receive(ok(end, b"fine"))
    assert [type(event) for event in events(client)] == [Response, Data, EndOfMessage]
    assert {client.mine, client.theirs, end.mine, end.theirs} == {s.DONE}


@pytest.mark.parametrize(("request_fields", "response_fields"), [
    (((b"Connection", b"close"),), ()), ((), ((b"Connection", b"close"),)),
])
def test_close_asked_for_by_either_end(request_fields: tuple[tuple[bytes, bytes], ...],
                                       response_fields: tuple[tuple[bytes, bytes], ...]) -> None:
    client, end = Connection(CLIENT), Connection(SERVER)
    end.receive(client.send(Request(method="GET", target="/", headers=HOST + request_fields))
                + client.send(EndOfMessage()))
    events(end)
    client.receive(ok(end, b"x", *response_fields))
    events(client)
    assert {end.mine, end.theirs, client.mine, client.theirs} == {s.MUST_CLOSE}
    with pytest.raises(LocalProtocolError):
        end.start_next_cycle()
    assert end.send(ConnectionClosed()) == b""
    client.receive(b"")
    assert [type(event) for event in events(client)] == [ConnectionClosed]


@pytest.mark.parametrize(("data", "status"), [
    (b"GET / HTTP/1.1\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400), (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (b"GET /" + b"a" * 9000, 414), (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 101 + b"\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000, 431), (b"PRI * HTTP/2.0\r\n", 505),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400),
    (b"GET / HTTP/1.1\nHost: a\n\n", 400), (b"GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;\r\n", 400),
])
def test_what_a_server_refuses(data: bytes, status: int) -> None:
    end = server(data)
    with pytest.raises(RemoteProtocolError) as caught:
        events(end)
    assert caught.value.status == status
    assert end.theirs == s.ERROR
    assert end.send(Response(status=status, reason="No", headers=((b"Content-Length", b"0"),))).startswith(b"HTTP/1.1")
    assert end.next_event() is None


def test_a_request_that_ends_early_is_refused() -> None:
    end = server(GET[:-5])
    end.receive(b"")
    with pytest.raises(RemoteProtocolError, match="middle of a message"):
        events(end)


@pytest.mark.parametrize(("head", "ends"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Con", True),
    (b"HTTP/1.1 204 No Content\r\n", True),
    (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /a", True),
    (b"HTTP/1.1 103 Early Hints\r\nLink: </a", True),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Big: " + b"a" * (1 << 17), False),
])
def test_an_answer_whose_head_does_not_come_whole_is_none(head: bytes, ends: bool) -> None:
    client = Connection(CLIENT)
    client.send(Request(method="GET", target="/", headers=HOST))
    client.send(EndOfMessage())
    client.receive(head)
    if ends:
        client.receive(b"")
    with pytest.raises(RemoteProtocolError, match="middle of a message" if ends else "larger than the limit") as caught:
        client.next_event()
    assert caught.value.status == 502
    assert client.response is None


def test_what_is_forgiven_passes() -> None:
    end = server(b"GET / HTTP/1.1\r\n\r\n", forgive=frozenset(("no-host",)))
    assert [type(event) for event in events(end)] == [Request, EndOfMessage]


def test_100_continue() -> None:
    end = server(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    events(end)
    assert end.peer_waits_for_continue
    assert end.send(InformationalResponse(status=100, reason="Continue")) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert not end.peer_waits_for_continue
    end.receive(b"ab")
    assert [type(event) for event in events(end)] == [Data, EndOfMessage]


def test_head_has_the_length_and_no_body() -> None:
    end = server(GET.replace(b"GET", b"HEAD"))
    events(end)
    written = end.send(Response(status=200, headers=((b"Content-Length", b"5"),)))
    with pytest.raises(LocalProtocolError):
        end.send(Data(b"12345"))
    assert written + end.send(EndOfMessage()) == b"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize("body", [b"12", b"1234"])
def test_a_body_of_another_length_than_promised(body: bytes) -> None:
    end = server(GET)
    events(end)
    end.send(Response(status=200, headers=((b"Content-Length", b"3"),)))
    with pytest.raises(LocalProtocolError):
        end.send(Data(body)), end.send(EndOfMessage())


def test_a_body_until_close() -> None:
    end = server(b"GET / HTTP/1.0\r\n\r\n")
    events(end)
    with pytest.raises(LocalProtocolError, match="chunks"):
        end.send(Response(status=200, headers=((b"Transfer-Encoding", b"chunked"),)))
    with pytest.raises(LocalProtocolError, match="interim"):
        end.send(InformationalResponse(status=103))
    end.send(Response(status=200))
    assert end.send(Data(b"abc")) == b"abc"
    end.send(EndOfMessage())
    assert end.mine == s.MUST_CLOSE


@pytest.mark.parametrize(("status", "state", "rest"), [(101, s.SWITCHED, b"\x00raw"), (200, s.DONE, b"\x00raw")])
def test_an_upgrade_is_accepted_or_not(status: int, state: str, rest: bytes) -> None:
    end = server(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n" + rest)
    events(end)
    assert end.theirs == s.MIGHT_SWITCH
    end.send(Response(status=status, headers=((b"Content-Length", b"0"),) if status == 200 else ()))
    assert end.theirs == state
    assert end.take_unread() == rest


def test_connect() -> None:
    client = Connection(CLIENT)
    client.send(Request(method="CONNECT", target="h:1", headers=((b"Host", b"h:1"),)))
    client.send(EndOfMessage())
    client.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nraw")
    assert [type(event) for event in events(client)] == [Response]
    assert (client.mine, client.theirs) == (s.SWITCHED, s.SWITCHED)
    assert client.take_unread() == b"raw"


def test_an_answer_before_the_upgrade_request_is_complete_refuses_it() -> None:
    end = server(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nUpgrade: x\r\n\r\n")
    events(end)
    ok(end)
    end.receive(b"ab" + GET)
    assert [type(event) for event in events(end)] == [Data, EndOfMessage]
    end.start_next_cycle()
    assert [type(event) for event in events(end)] == [Request, EndOfMessage]


def test_a_client_refuses_what_no_request_asked_for() -> None:
    client = Connection(CLIENT)
    client.receive(b"HTTP/1.1 100 Continue\r\n\r\n")
    with pytest.raises(RemoteProtocolError):
        events(client)
    unsolicited = Connection(CLIENT)
    unsolicited.receive(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    assert [type(event) for event in events(unsolicited)] == [Response, EndOfMessage]


def test_bytes_behind_the_last_response_are_refused() -> None:
    client = Connection(CLIENT)
    client.send(Request(method="GET", target="/", headers=HOST))
    client.send(EndOfMessage())
    client.receive(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\nmore")
    with pytest.raises(RemoteProtocolError, match="behind the last"):
        events(client)


def test_sending_out_of_turn_changes_nothing() -> None:
    end = Connection(SERVER)
    with pytest.raises(LocalProtocolError):
        end.send(InformationalResponse(status=100))
    with pytest.raises(LocalProtocolError):
        end.send(Data(b"x"))
    assert (end.mine, end.theirs) == (s.IDLE, s.IDLE)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([GET, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab", b"\r\n", b"x", b"",
                                 b"GET / HTTP/1.0\r\n\r\n", b"\x00", b"Upgrade: x\r\n"]), max_size=6))
def test_a_server_loop_raises_nothing_but_protocol_errors(pieces: list[bytes]) -> None:
    end = Connection(SERVER)
    for piece in pieces:
        end.receive(piece)
        try:
            while (event := end.next_event()) is not None:
                if isinstance(event, EndOfMessage):
                    ok(end)
                    if end.mine == s.DONE == end.theirs:
                        end.start_next_cycle()
        except RemoteProtocolError as error:
            assert error.status in (400, 414, 431, 501, 505)
            assert end.theirs == s.ERROR
            return
    assert end.theirs != s.ERROR

from __future__ import annotations

from tests.story.factories import C, S, connection, end
from whywire.report.html.lanes import lanes
from whywire.story.records import Connection
from whywire.story.roles import Roles


def test_the_client_is_left() -> None:
    made = lanes([connection()])
    assert [lane.title for lane in made.lanes] == ["client", "server"]
    assert [lane.address for lane in made.lanes] == ["10.0.0.1:50001", "10.0.0.2:80"]
    assert made.place == {(1, C): 0, (1, S): 1}


def test_a_host_and_its_program_are_named() -> None:
    one = connection(client=end("10.0.0.1:50001", host="client", program="client.py"))
    assert lanes([one]).lanes[0].title == "client (client.py)"


def test_what_is_server_and_client_stands_between() -> None:
    asked = connection(1, client=end("10.0.0.1:50001"), server=end("10.0.0.3:8080"))
    origin = connection(2, client=end("10.0.0.3:50002"), server=end("10.0.0.2:80"))
    made = lanes([origin, asked])
    assert [lane.address.split(":")[0] for lane in made.lanes] == ["10.0.0.1", "10.0.0.3", "10.0.0.2"]
    assert (made.place[1, C], made.place[1, S], made.place[2, C], made.place[2, S]) == (0, 1, 1, 2)


def test_loopback_gets_a_line_a_side() -> None:
    one = connection(1, client=end("127.0.0.1:50001"), server=end("127.0.0.1:80"))
    other = connection(2, client=end("127.0.0.1:50002"), server=end("127.0.0.1:80"))
    made = lanes([one, other])
    assert [lane.title for lane in made.lanes] == ["client", "server"]
    assert [lane.address for lane in made.lanes] == ["127.0.0.1", "127.0.0.1:80"]
    assert made.place == {(1, C): 0, (1, S): 1, (2, C): 0, (2, S): 1}


def loopback(number: int, client: int, server: int, program: tuple[str | None, str | None] = (None, None),
             host: str | None = None) -> Connection:
    return connection(number, client=end(f"127.0.0.1:{client}", host=host, program=program[0]),
                      server=end(f"127.0.0.1:{server}", host=host, program=program[1]))


def test_three_programs_at_one_address_are_three_life_lines() -> None:
    asked, upstream, hit = loopback(1, 50001, 9998), loopback(2, 50002, 9999), loopback(3, 50003, 9998)
    made = lanes([asked, upstream, hit], Roles(((1, 2),), {(1, S): False, (2, C): False, (3, S): False}))
    assert [(lane.title, lane.address) for lane in made.lanes] == [
        ("client", "127.0.0.1"), ("likely proxy", "127.0.0.1:9998"), ("server", "127.0.0.1:9999")]
    assert made.place == {(1, C): 0, (1, S): 1, (2, C): 1, (2, S): 2, (3, C): 0, (3, S): 1}


def test_one_leg_of_a_proxy_names_it() -> None:
    made = lanes([loopback(2, 50002, 9999)], Roles(((1, 2),), {(1, S): True, (2, C): True}))
    assert [(lane.title, lane.address) for lane in made.lanes] == [
        ("proxy", "127.0.0.1:50002"), ("server", "127.0.0.1:9999")]


def test_programs_that_a_trace_names_are_life_lines() -> None:
    asked = loopback(1, 50001, 9998, ("ask.py", "proxy.py"), "here")
    upstream = loopback(2, 50002, 9999, ("proxy.py", "server.py"), "here")
    made = lanes([upstream, asked])
    assert [lane.title for lane in made.lanes] == ["here (ask.py)", "here (proxy.py)", "here (server.py)"]
    assert [made.place[1, C], made.place[1, S], made.place[2, C], made.place[2, S]] == [0, 1, 1, 2]


def test_a_host_that_listens_at_many_places_keeps_one_line_for_them() -> None:
    made = lanes([loopback(number, 50_000 + number, 9_000 + number) for number in range(1, 9)])
    assert [lane.title for lane in made.lanes] == ["client", "server"]


def test_ipv6() -> None:
    one = connection(client=end("[2001:db8::1]:50001"), server=end("[2001:db8::2]:80"))
    other = connection(2, client=end("[2001:db8::1]:50002"), server=end("[2001:db8::2]:80"))
    assert [lane.address for lane in lanes([one, other]).lanes] == ["[2001:db8::1]", "[2001:db8::2]:80"]

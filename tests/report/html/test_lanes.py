from __future__ import annotations

from tests.story.factories import C, S, connection, end
from whywire.report.html.lanes import lanes


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


def test_ipv6() -> None:
    one = connection(client=end("[2001:db8::1]:50001"), server=end("[2001:db8::2]:80"))
    other = connection(2, client=end("[2001:db8::1]:50002"), server=end("[2001:db8::2]:80"))
    assert [lane.address for lane in lanes([one, other]).lanes] == ["[2001:db8::1]", "[2001:db8::2]:80"]

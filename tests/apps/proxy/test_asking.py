"""What the origin is asked is what is in the key."""

from __future__ import annotations

from whywire.apps.cache import Decision
from whywire.apps.http.app import Body, Request
from whywire.apps.proxy.asking import Asking
from whywire.apps.proxy.place import Place

HEADERS = (("host", "a:8080"), ("if-none-match", '"theirs"'), ("range", "bytes=0-1"), ("accept", "*/*"))


def asking(body: Body | None = None, *more: tuple[str, str]) -> Asking:
    request = Request("GET", "/x?y", "1.1", (("host", "a:8080"), *more), "a:8080", body or Body(), "unix:")
    return Asking(request, None, Place("http", "127.0.0.1", 8000), "/x?y", HEADERS)


def test_the_uri_is_made_of_host_and_target_as_the_origin_gets_them() -> None:
    assert asking().uri == "http://a:8080/x?y"
    assert asking().for_cache.headers == HEADERS


def test_conditions_replace_those_of_the_client() -> None:
    decision = Decision("forward", set_fields=(("if-none-match", '"ours"'),), drop_fields=frozenset(("range",)))
    asked = asking().ask(decision)
    assert asked.headers == (("host", "a:8080"), ("accept", "*/*"), ("if-none-match", '"ours"'))
    assert (asked.target, asked.body, asked.expects) == ("/x?y", None, False)


def test_content_and_expectation_go_on() -> None:
    class Content(Body):
        kind = "length"
        length = 5
    asked = asking(Content(), ("expect", "100-Continue")).ask()
    assert isinstance(asked.body, Content)
    assert asked.expects
    assert asking(Content()).for_cache.content

"""The JSON of requests and responses, as spec JSON.md has it, and of what is around them."""

from __future__ import annotations

import json
from typing import Any

from tests.exchanges.talk import GET, Talk, get, ok
from whywire.report.exchanges import exchanges_of, use_of
from whywire.report.json import as_object
from whywire.story import tell

MESSAGE = {"first_packet", "last_packet", "bytes"}


def told(talk: Talk) -> dict[str, Any]:
    """Return a conversation's JSON, read back."""
    account, found = talk.account()
    loaded: dict[str, Any] = json.loads(json.dumps(as_object(tell(account, exchanges=found))))
    return loaded


def test_the_fields_of_the_format() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", get("/a/b/2.jpg"))
    talk.down("c1", ok(b"xyz"))
    (one,) = told(talk)["connections"][0]["exchanges"]
    assert one.keys() >= {"id", "protocol", "request", "response"}
    assert one["request"].keys() >= MESSAGE | {"method", "target"}
    assert one["response"].keys() >= MESSAGE | {"status"}
    assert (one["id"], one["protocol"], one["request"]["target"], one["response"]["status"]) == (
        "x1", "http/1.1", "/a/b/2.jpg", 200)


def test_a_response_that_was_not_seen_is_null() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    (one,) = told(talk)["connections"][0]["exchanges"]
    assert one["response"] is None


def test_without_exchanges_there_is_null_and_with_none_an_empty_list() -> None:
    assert (exchanges_of(None, 1), use_of(None, 1)) == (None, None)
    talk = Talk()
    talk.open("c1")
    found = told(talk)
    assert (found["connections"][0]["exchanges"], found["links"]) == ([], [])
    assert found["connections"][0]["use"]["unused"] == "so far"


def test_races_waits_problems_and_interim_responses_can_be_written() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    talk.down("c1", b"HTTP/1.1 103 Early Hints\r\n\r\n" + ok())
    talk.open("c2")
    talk.up("c2", GET)
    talk.fin("c1", "down", after=1.0)
    talk.down("c2", ok())
    talk.up("c1", GET, ack=False)
    talk.rst("c1", "down")
    talk.up("c2", b"\x00\n")
    found = told(talk)
    one, two = (connection["use"] for connection in found["connections"])
    assert [interim["status"] for interim in found["connections"][0]["exchanges"][0]["interim"]] == [103]
    assert one["races"][0] | {"reset": 0} == {
        "exchange": "x3", "request": 17, "fin": 13, "knew": True, "reset": 0, "certainty": "inferred"}
    assert [(wait["exchange"], wait["behind"], wait["released"]) for wait in two["waits"]] == [("x2", "c1", 13)]
    assert [problem["from"] for problem in two["problems"]] == ["client"]


def test_links_point_by_reference() -> None:
    talk = Talk()
    talk.open("c1")
    talk.up("c1", GET)
    talk.down("c1", ok())
    talk.close("c1")
    talk.open("c2")
    (link,) = told(talk)["links"]
    assert (link["kind"], link["from"], link["to"], link["because"]) == ("replaces", "c1", "c2", ["p8", "p12"])

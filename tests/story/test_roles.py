"""Who is a proxy: both of its ends, every connection to it, and how sure that is."""

from __future__ import annotations

import pytest

from tests.story.accounts import founding, spoken
from tests.story.factories import C, S
from whywire.base.ref import Ref
from whywire.connections.model import Certainty
from whywire.exchanges.model import Exchanges, Link
from whywire.report.terminal import render
from whywire.story import tell
from whywire.story.roles import Roles, roles

PROXY = "e-calc-proxy.pcapng"


def test_both_ends_of_a_proxy_and_every_connection_to_it() -> None:
    """c4 is a third question to the same place: it is the proxy's whatever becomes of it."""
    found = roles(spoken(PROXY), founding(PROXY).connections)
    assert found.legs == ((1, 2), (4, 5))
    assert dict(found.proxies) == dict.fromkeys(((1, S), (2, C), (3, S), (4, S), (5, C)), False)
    assert (found.title(2, C), found.title(2, S)) == ("likely proxy", None)


def test_what_a_trace_shows_is_not_likely() -> None:
    link = Link("proxy-forward", Ref("c", 1), Ref("c", 2), Certainty.KNOWN, (1, 2))
    found = roles(Exchanges((), (), (link,)), founding(PROXY).connections)
    assert found.title(1, S) == "proxy"
    assert found.title(3, S) == "proxy"


def test_an_answer_from_the_cache_names_no_other_leg() -> None:
    link = Link("proxy-hit", Ref("c", 3), Ref("c", 1), Certainty.LIKELY, (1, 2))
    found = roles(Exchanges((), (), (link,)), ())
    assert (found.legs, dict(found.proxies)) == ((), {(3, S): False})


@pytest.mark.parametrize("name", ["a-v1.pcapng", "e-calc-direct.pcapng"])
def test_without_a_proxy_there_is_none(name: str) -> None:
    assert roles(spoken(name), founding(name).connections) == Roles()
    assert roles(None, founding(name).connections) == Roles()


def test_the_life_lines_of_the_text_name_it() -> None:
    heads = [line.split("ms", 1)[1].split("  ") for line in render(tell(founding(PROXY), exchanges=spoken(PROXY)), 120)
             .split("\n") if line.startswith(" #")]
    assert [[part.strip() for part in head if part.strip()] for head in heads] == [
        ["client", "server, likely proxy"], ["client, likely proxy", "server"], ["client", "server, likely proxy"],
        ["client", "server, likely proxy"], ["client, likely proxy", "server"]]

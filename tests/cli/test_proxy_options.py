"""Every option of `whywire proxy` works, or is refused by its name."""

from __future__ import annotations

import argparse

import pytest

from whywire.base.errors import WhywireError
from whywire.cli.proxy import configure
from whywire.cli.proxy_options import refuse_unused


def look(*words: str) -> None:
    parser = argparse.ArgumentParser()
    configure(parser)
    refuse_unused(vars(parser.parse_args(list(words))), vars(parser.parse_args([])))


@pytest.mark.parametrize(("words", "message"), [
    ("calc://a:1 --unix /x", "--unix is for HTTP"), ("calc://a:1 --log-format json", "--log-format is for HTTP"),
    ("calc://a:1 --forwarded-for off", "--forwarded-for is for HTTP"), ("calc://a:1 --cert x", "--cert is for HTTP"),
    ("calc://a:1 --idle-time 3", "--idle-time is for HTTP"), ("calc://a:1 --total-time 3", "--total-time is for HTTP"),
    ("calc://a:1 --connect-ports 80", "--connect-ports is for HTTP"), ("calc://a:1 --forward", "--forward is for HTTP"),
    ("http://a --allow-private", "--allow-private is for --forward"),
    ("http://a --connect-ports 80", "--connect-ports is for --forward"),
    ("http://a --store redis://h --size 1G", "--size is for memory and disk"), ("http://a --sync", "--sync is for"),
    ("http://a --store redis://h --sync", "--sync is for"), ("http://a --log-format json", "--log-format needs --log"),
    ("http://a --key x", "--key needs --cert"), ("http://a --unix /x --host ::", "--host is not looked at"),
    ("stats --store memory2", "--store is for a proxy that starts"), ("purge x --host ::", "--host is for a proxy"),
    ("list --links 3", "list asks one that runs"),
])
def test_what_would_do_nothing_is_refused(words: str, message: str) -> None:
    with pytest.raises(WhywireError) as caught:
        look(*words.split())
    assert message in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("words", [
    "calc://a:1 --admin /x --store disk:/x --sync --size 1G --largest 1K --links 3 --connect-time 1 --head-time 1",
    "calc://a:1 --host :: --port 1", "--forward --allow-private --connect-ports 1", "stats --admin /x --port 5",
    "http://a --unix /x --port 3 --log - --log-format json --cert c --key k --forwarded --idle-time 1 --total-time 1",
    "http://a --size 1G --forwarded-for off", "http://a --store redis://h --largest 5",
])
def test_what_means_something_is_taken(words: str) -> None:
    look(*words.split())

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whywire.apps.site.rules import HeaderRule, Redirect, Rules, url_safe, with_vary

OURS = (("Content-Type", "text/html"), ("X-Content-Type-Options", "nosniff"))


@pytest.mark.parametrize(("rule", "path", "query", "location"), [
    (Redirect("/old", "/new"), "/old", "", "/new"),
    (Redirect("/old", "/new"), "/old/", "", None),
    (Redirect("/old", "/new"), "/old", "?a=1", "/new?a=1"),
    (Redirect("/old", "/new?b#c"), "/old", "?a=1", "/new?b#c"),
    (Redirect("/old", "/new#c"), "/old", "?a=1", "/new?a=1#c"),
    (Redirect("/old/", "/new/*", tail=True), "/old/a/b", "", "/new/a/b"),
    (Redirect("/old/", "/new/*", tail=True), "/older", "", None),
    (Redirect("/old/", "/gone", tail=True), "/old/a", "", "/gone"),
    (Redirect("/old/", "https://b.example/x/*", tail=True), "/old/a", "?q", "https://b.example/x/a?q"),
    (Redirect("/old", "/*", tail=True), "/old/evil.example", "", "/evil.example"),
    (Redirect("/old", "/*", tail=True), "/old", "", "/"),
])
def test_where_a_redirect_leads(rule: Redirect, path: str, query: str, location: str | None) -> None:
    assert rule.location(path, query) == location


@given(st.text(st.sampled_from("/\\.:@evil?%")), st.text(st.characters(max_codepoint=255)))
def test_a_redirect_within_the_site_stays_within_it(tail: str, query: str) -> None:
    location = Redirect("/a", "/*", tail=True).location("/a" + tail, "?" + query)
    assert location is not None and location.startswith("/") and not location.startswith("//")
    assert not set(location[location.index("?"):]) & set("\r\n\0\" <>")


def test_escapes_of_a_query_stay_and_the_rest_is_escaped() -> None:
    assert url_safe("?a=%41&b=\xe4 \r\n\"#") == "?a=%41&b=%E4%20%0D%0A%22%23"


def rule(path: str, *fields: tuple[str, str], always: bool = False) -> HeaderRule:
    return HeaderRule(re.compile(path), fields, always)


def test_fields_of_rules_are_added_and_the_last_counts() -> None:
    rules = Rules(headers=(rule(".*", ("Cache-Control", "no-cache"), ("X-A", "1")),
                           rule(r".*\.css", ("cache-control", "max-age=9"))))
    assert rules.fields_for("/a.css", 200, OURS) == (*OURS, ("cache-control", "max-age=9"), ("X-A", "1"))
    assert rules.fields_for("/a", 304, OURS) == (*OURS, ("Cache-Control", "no-cache"), ("X-A", "1"))
    assert rules.fields_for("/a", 404, OURS) == OURS


def test_a_rule_for_errors_too_and_one_that_takes_ours_away() -> None:
    rules = Rules(headers=(rule(".*", ("X-Content-Type-Options", ""), ("X-A", "1"), always=True),))
    assert rules.fields_for("/a", 404, OURS) == (OURS[0], ("X-A", "1"))


def test_vary_grows() -> None:
    rules = Rules(headers=(rule(".*", ("Vary", "Origin")),))
    assert rules.fields_for("/", 200, (("Vary", "Accept-Encoding"),)) == (("Vary", "Accept-Encoding, Origin"),)
    assert rules.fields_for("/", 200, ()) == (("Vary", "Origin"),)
    assert with_vary((("A", "b"),), "C") == (("A", "b"), ("Vary", "C"))

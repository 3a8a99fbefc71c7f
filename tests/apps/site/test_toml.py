from __future__ import annotations

from pathlib import Path

import pytest

from tests.apps.site.fakes import ask, serving
from whywire.apps.site.rules import Redirect, Rules
from whywire.apps.site.toml import load_rules, read_rules
from whywire.base.errors import WhywireError

WHOLE = """\
listing = true
charset = "iso-8859-1"
index = ["start.htm", "index.html"]

[[redirects]]
from = "/old page"
to = "/new page.html"

[[redirects]]
from = "/blog/*"
to = "https://blog.example/*"
status = 308

[[headers]]
path = "/*.css"
set = { "Cache-Control" = "max-age=60" }

[[headers]]
always = true
[headers.set]
X-A = "1"

[errors]
404 = "/errors/404.html"

[types]
".foo" = "text/x-foo; charset=utf-8"
"""


def test_a_whole_file() -> None:
    rules = read_rules(WHOLE, "site.toml")
    assert (rules.listing, rules.charset, rules.index) == (True, "iso-8859-1", ("start.htm", "index.html"))
    assert rules.redirects == (Redirect("/old%20page", "/new%20page.html"),
                               Redirect("/blog/", "https://blog.example/*", 308, True))
    assert [(one.fields, one.always) for one in rules.headers] == [
        ((("Cache-Control", "max-age=60"),), False), ((("X-A", "1"),), True)]
    assert rules.headers[0].path.fullmatch("/a/b.css") and not rules.headers[0].path.fullmatch("/a.csss")
    assert (rules.errors, rules.types) == ({404: "/errors/404.html"}, {".foo": "text/x-foo; charset=utf-8"})
    assert read_rules("", "site.toml") == Rules()


@pytest.mark.parametrize(("text", "told", "hint"), [
    ("listing = yes", "s.toml: Invalid value (at line 1, column 11).", "toml.io"),
    ("\nlisting = 1", "s.toml, line 2: listing: has to be true or false.", ""),
    ("redirect = []", "s.toml, line 1: redirect: no such key.", "Did you mean redirects?"),
    ("frobnicate = 1", "s.toml, line 1: frobnicate: no such key.", "Possible here: listing, charset"),
    ('charset = "a b"', "s.toml, line 1: charset: 'a b' can't be used.", ""),
    ('index = ["a/b"]', "s.toml, line 1: index: 'a/b' is not the name of a file.", ""),
    ("redirects = 1", "s.toml, line 1: redirects: has to be a list.", ""),
    ("redirects = [1]", "s.toml, line 1: redirects: has to be a list of tables.", "[[redirects]]"),
    ('[[redirects]]\nto = "/a"', "s.toml, line 1: redirects[1].from: is missing.", "It is a text."),
    ('[[redirects]]\nfrom = "/a"\nto = "/b"\n[[redirects]]\nfrom = "/a"\nto = "/b"\nstatus = 200',
     "s.toml, line 7: redirects[2].status: 200 is not a redirect.", "301"),
    ('[[redirects]]\nfrom = "a"\nto = "/b"', "s.toml, line 2: redirects[1].from: 'a' is not a path of the site.", ""),
    ('[[redirects]]\nfrom = "/../a"\nto = "/b"', "redirects[1].from: '/../a' is not a path of the site.", ""),
    ('[[redirects]]\nfrom = "/a"\nto = "//b.example"', "line 3: redirects[1].to: '//b.example' is neither", ""),
    ('[[redirects]]\nfrom = "/a"\nto = "javascript:x"', "redirects[1].to: 'javascript:x' is neither", ""),
    ('[[redirects]]\nfrom = "/a"\nto = "/b/*"', "redirects[1].to: one star", ""),
    ('[[redirects]]\nfrom = "/a*"\nto = "/b*/*"', "redirects[1].to: one star", ""),
    ('[[redirects]]\nfrom = "/a*"\nto = "https://b.example*"', "redirects[1].to: 'https://b.example*' is neither", ""),
    ('[[redirects]]\nfrom = "/a"\nto = "/b\\r\\nX: y"', "redirects[1].to: '/b\\r\\nX: y' holds a control", ""),
    ('[[redirects]]\nfrom = "/a*b"\nto = "/c"', "line 2: redirects[1].from: '/a*b' has a star that is not", "%2A"),
    ('[[redirects]]\nfrom = "/a"\nto = "/a?b"', "line 3: redirects[1].to: leads to '/a?b', which this", ""),
    ('[[redirects]]\nfrom = "/*"\nto = "/index.html"', "redirects[1].to: leads to '/index.html', which this", ""),
    ('[[redirects]]\nfrom = "/a/*"\nto = "/a/b/*"', "redirects[1].to: leads to '/a/b/*', which this", ""),
    ('[[headers]]\nset = { "X A" = "1" }', "s.toml, line 2: headers[1].X A: is not the name of a header field.", ""),
    ('[[headers]]\nset = { X-A = "1\\r\\nX-B: 2" }', "headers[1].X-A: has to be one line of printable ASCII", ""),
    ('[[headers]]\nset = { X-A = 1 }', "headers[1].X-A: has to be one line", ""),
    ('[[headers]]\n[headers.set]\ncontent-length = "1"', "line 3: headers[1].content-length: is written by", ""),
    ('[[headers]]\npath = "a.css"\nset = {}', "s.toml, line 2: headers[1].path: 'a.css' begins neither", ""),
    ('[errors]\nnone = "/a"', "s.toml, line 2: errors.none: is not the status of an error.", ""),
    ('[errors]\n404 = "a"', "s.toml, line 2: errors.404: 'a' is not a path", ""),
    ('[errors]\n404 = 1', "s.toml, line 2: errors.404: has to be a text.", ""),
    ('[types]\nfoo = "a/b"', "s.toml, line 2: types.foo: is not the end of a file's name.", ""),
    ('[types]\n".foo" = "a/b\\r\\nX: y"', "s.toml, line 2: types..foo: 'a/b\\r\\nX: y' is not a media type.", ""),
])
def test_what_cannot_be_used_is_said_with_its_place(text: str, told: str, hint: str) -> None:
    with pytest.raises(WhywireError) as problem:
        read_rules(text, "s.toml")
    assert told in problem.value.what and hint in problem.value.hint and problem.value.exit_code == 2


def test_a_rule_before_it_can_break_a_circle_and_a_star_can_be_part_of_a_name() -> None:
    rules = read_rules('redirects = [{ from = "/a/b", to = "/c" }, { from = "/a/*", to = "/a/b" }, '
                       '{ from = "/x%2Ay", to = "/z" }, { from = "/w/*", to = "https://w.example/w/*" }]', "s.toml")
    assert [rule.source for rule in rules.redirects] == ["/a/b", "/a/", "/x*y", "/w/"]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(WhywireError, match="No such file"):
        load_rules(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(WhywireError, match="not UTF-8"):
        load_rules(tmp_path / "bad.toml")


def test_the_rules_are_served(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    for name, text in {"start.htm": "start", "a.css": "css", "b.foo": "foo"}.items():
        (tmp_path / "site" / name).write_text(text)
    (tmp_path / "site" / "errors").mkdir()
    (tmp_path / "site" / "errors" / "404.html").write_text("our own page")
    (tmp_path / "site.toml").write_text(WHOLE)
    with serving(tmp_path / "site", load_rules(tmp_path / "site.toml")) as site:
        assert ask(site, "/").body == b"start"
        assert ask(site, "/").fields["Content-Type"] == "text/html; charset=iso-8859-1"
        assert ask(site, "/a.css").fields["Cache-Control"] == "max-age=60"
        assert ask(site, "/b.foo").fields["Content-Type"] == "text/x-foo; charset=utf-8"
        moved = ask(site, "/blog/2026/a%20b?x=1")
        assert (moved.status, moved.fields["Location"]) == (308, "https://blog.example/2026/a%20b?x=1")
        assert ask(site, "/old%20page").fields["Location"] == "/new%20page.html"
        missing = ask(site, "/missing")
        assert (missing.status, missing.body, missing.fields["X-A"]) == (404, b"our own page", "1")
        assert ask(site, "/errors/404.html").status == 200
        (tmp_path / "site" / "errors" / "404.html").unlink()
        assert b"404 Not Found" in ask(site, "/missing").body

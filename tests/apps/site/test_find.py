from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.site.fakes import ask, descriptors, serving
from whywire.apps.site import Rules, Site, SiteConfig
from whywire.apps.site.beneath import Folder
from whywire.apps.site.find import Finder
from whywire.apps.site.refused import Refused
from whywire.apps.site.target import place

OLD, NEW = (1_500_000_000,) * 2, (1_600_000_000,) * 2


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with variants, good and bad."""
    (tmp_path / "canary").write_text("outside")
    top = tmp_path / "root"
    top.mkdir()
    files = {"style.css": "plain", "style.css.br": "BR", "style.css.zst": "ZST", "style.css.gz": "GZ",
             "stale.js": "plain", "stale.js.gz": "GZ", "empty.js": "plain", "empty.js.gz": "", "dir.js": "plain",
             "out.js": "plain", "only.gz": "GZ"}
    for name, text in files.items():
        (top / name).write_text(text)
        os.utime(top / name, NEW)
    os.utime(top / "stale.js.gz", OLD)
    (top / "dir.js.gz").mkdir()
    (top / "out.js.gz").symlink_to("../canary")
    return top


@pytest.fixture
def site(root: Path) -> Iterator[Site]:
    with serving(root) as made:
        yield made


@pytest.mark.parametrize(("accepts", "coding", "body"), [
    ("gzip, br, zstd", "br", b"BR"), ("gzip, zstd", "zstd", b"ZST"), ("gzip", "gzip", b"GZ"),
    ("deflate", None, b"plain"),
    ("br;q=0, gzip;q=0.1", "gzip", b"GZ"),
    ("identity, gzip;q=0.5", None, b"plain"), ("gzip, identity;q=0", "gzip", b"GZ")])
def test_the_best_variant_is_served(site: Site, accepts: str, coding: str | None, body: bytes) -> None:
    got = ask(site, "/style.css", accept_encoding=accepts)
    assert (got.status, got.fields.get("Content-Encoding"), got.body) == (200, coding, body)
    assert got.fields["Content-Type"] == "text/css; charset=utf-8"
    assert got.fields["Vary"] == "Accept-Encoding"


def test_each_variant_has_its_tag(site: Site) -> None:
    codings = ("br", "zstd", "gzip", "")
    tags = {coding: ask(site, "/style.css", accept_encoding=coding).fields["ETag"] for coding in codings}
    assert len(set(tags.values())) == 4
    for coding, tag in tags.items():
        got = ask(site, "/style.css", accept_encoding=coding, if_none_match=tag)
        assert (got.status, got.fields["Vary"]) == (304, "Accept-Encoding")
    assert ask(site, "/style.css", accept_encoding="br", if_none_match=tags["gzip"]).status == 200


@pytest.mark.parametrize("name", ["stale.js", "empty.js", "dir.js", "out.js"])
def test_what_is_no_good_variant_is_not_there(site: Site, name: str) -> None:
    got = ask(site, f"/{name}", accept_encoding="gzip")
    assert (got.body, "Vary" in got.fields, "Content-Encoding" in got.fields) == (b"plain", False, False)


def test_a_variant_without_its_file_is_only_itself(site: Site) -> None:
    assert ask(site, "/only", accept_encoding="gzip").status == 404
    got = ask(site, "/only.gz", accept_encoding="gzip")
    assert (got.fields["Content-Type"], "Content-Encoding" in got.fields) == ("application/gzip", False)


def test_when_nothing_is_acceptable(site: Site) -> None:
    got = ask(site, "/out.js", accept_encoding="identity;q=0")
    assert got.status == 406
    assert got.fields["Vary"] == "Accept-Encoding, Accept"


def test_a_large_file_is_left_open_and_its_variants_are_not(root: Path) -> None:
    (root / "style.css").write_bytes(b"x" * 1000)
    (root / "style.css.br").write_bytes(b"y" * 500)
    folder = Folder(str(root))
    before = descriptors()
    found, seen = Finder(folder, SiteConfig(str(root), small=100)).find(place("/style.css"), ("br", ""))
    assert found.data is None and found.coding == "br" and found.size == 500 and os.fstat(found.fd).st_size == 500
    assert seen is not None and len(seen.files) == 3
    assert descriptors() == before + 1
    found.close()
    folder.close()


def test_folders(root: Path) -> None:
    (root / "a").mkdir()
    (root / "b").mkdir()
    (root / "b" / "start.htm").write_text("start")
    (root / "c").mkdir()
    (root / "c" / "index.html").mkdir()
    with serving(root, Rules(index=("index.html", "start.htm"))) as site:
        assert ask(site, "/a/").status == 403
        assert ask(site, "/b/").body == b"start"
        assert ask(site, "/c/").status == 403
        assert ask(site, "/style.css/").status == 404
        assert ask(site, "/b/start.htm/").status == 404
        assert ask(site, "/d/").status == 404


@pytest.mark.parametrize(("target", "location"), [
    ("/a", "/a/"), ("//a", "/a/"), ("/./a", "/a/"), ("/a?x=1&y=/../", "/a/?x=1&y=/../"),
    ("/a?\xe4\"<", "/a/?%E4%22%3C"),
    ("//evil.example", None), ("//evil.example/..%2f", None), ("/%2Fevil.example", None), ("/evil.example%2f..", None),
    ("/\\evil.example", None),
    ("http://evil.example/a", "/a/"), ("//evil.example/../a", "/a/")])
def test_a_folder_without_its_slash_is_redirected_never_to_a_host(root: Path, target: str,
                                                                                  location: str | None) -> None:
    (root / "a").mkdir()
    with serving(root) as site:
        got = ask(site, target)
    assert (got.status, got.fields.get("Location")) == ((301, location) if location else (404, None))


def test_a_folder_named_like_a_host_is_redirected_to_itself(root: Path) -> None:
    (root / "evil.example").mkdir()
    with serving(root) as site:
        assert ask(site, "//evil.example").fields["Location"] == "/evil.example/"


def test_hidden_files_look_missing(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("secret")
    (root / ".well-known").mkdir()
    (root / ".well-known" / "security.txt").write_text("public")
    with serving(root, listing=True) as site:
        hidden, gone = ask(site, "/.git/config"), ask(site, "/nothing")
        assert (hidden.status, hidden.body) == (gone.status, gone.body) == (404, gone.body)
        assert ask(site, "/.git/").status == ask(site, "/.git").status == 404
        assert ask(site, "/.well-known/security.txt").body == b"public"


def test_a_file_that_may_not_be_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_text("private")
        path.chmod(0)
        Path(folder).chmod(0o755)
        user = os.geteuid()
        try:
            if user == 0:
                os.seteuid(65534)  # root may read every file, nobody may not
            with serving(Path(folder)) as site:
                assert ask(site, "/a.txt").status == 403
        finally:
            os.seteuid(user)


def test_a_missing_descriptor_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(24, "Too many open files")

    folder = Folder(str(root))
    monkeypatch.setattr(folder, "open", full)
    with pytest.raises(Refused) as refused:
        Finder(folder, SiteConfig(str(root))).find(place("/style.css"), ("",))
    assert refused.value.status == 503
    folder.close()


def test_an_index_and_an_error_page_that_are_links_out_are_refused(root: Path) -> None:
    (root / "linked").mkdir()
    (root / "linked" / "index.html").symlink_to("../../canary")
    (root / "404.html").symlink_to("../canary")
    with serving(root, Rules(errors={404: "/404.html"}), listing=True) as site:
        for target in ("/linked/", "/linked/index.html", "/nothing"):
            got = ask(site, target)
            assert got.status == 404 and b"outside" not in got.body and b"404 Not Found" in got.body


def test_without_openat2_the_answers_are_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "in").symlink_to("style.css")
    targets = ("/style.css", "/in", "/out.js.gz", "/dir.js.gz", "/", "/nothing", "/style.css/x", "/..%2fcanary")
    with serving(root, listing=True) as site:
        before = [ask(site, target, accept_encoding="gzip") for target in targets]
    monkeypatch.setattr(Folder, "_kernel_can", lambda _: False)
    with serving(root, listing=True) as site:
        assert site._folder.walks
        assert [ask(site, target, accept_encoding="gzip") for target in targets] == before

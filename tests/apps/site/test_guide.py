"""docs/how-to/serve-files.md: its curl examples, its TOML file and what it says of the keys are true."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from tests.apps.site import ours
from tests.conftest import ROOT, needed
from whywire.apps.site import SiteConfig, toml

TEXT = (ROOT / "docs" / "how-to" / "serve-files.md").read_text()
SHOWN = "127.0.0.1:8080"


def fences(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_what_curl_shows(tmp_path: Path) -> None:
    needed("curl", "./dev test installs it where it may, or says what to install")
    root = tmp_path / "www"
    (root / "docs").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".git" / "config").write_text("secret")
    (root / "hello.txt").write_text("Hello\n")
    (tmp_path / "secret.txt").write_text("secret")
    with ours.running(root, []) as (host, port):
        for fence in fences("text"):
            shown = ""
            for command in re.findall(r"^\$ (.*)$", fence, re.MULTILINE):
                done = subprocess.run(["sh", "-c", command.replace(SHOWN, f"{host}:{port}")], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=20, check=True)
                shown += f"$ {command}\n{done.stdout.replace(f'{host}:{port}', SHOWN)}"
            assert shown == fence


def test_the_file_of_the_guide_is_read_and_has_every_key() -> None:
    text = fences("toml")[0]
    rules = toml.read_rules(text, "site.toml")
    assert [(one.source, one.goal, one.tail) for one in rules.redirects] == [
        ("/old.html", "/new.html", False), ("/blog/", "https://blog.example/*", True)]
    assert rules.errors == {404: "/errors/404.html"} and rules.types[".gmi"].startswith("text/gemini")
    found = tomllib.loads(text)
    assert set(found) == set(toml.TOP)
    assert {key for one in found["redirects"] for key in one} == set(toml.REDIRECT)
    assert {key for one in found["headers"] for key in one} == set(toml.HEADERS)


def test_what_it_says_of_sizes_and_times() -> None:
    config = SiteConfig("")
    assert config.check_every == 1.0 and config.small == 256 << 10
    assert "looked at once a second" in TEXT and "Up to 256 KiB" in TEXT

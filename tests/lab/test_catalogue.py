from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from whywire.base.errors import WhywireError
from whywire.lab import catalogue
from whywire.lab.catalogue import FOLDER, find, labs, load


def test_a_folder_is_a_lab_without_any_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER / "v4", tmp_path / "mine")
    (tmp_path / "other").mkdir()
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    assert [lab.name for lab in labs()] == ["mine"]
    assert find("mine").title == load(FOLDER / "v4").title


def test_a_parameter_reaches_the_command() -> None:
    lab = find("v4")
    [param] = lab.params
    assert (param.name, param.default, param.unit) == ("sleep", 0.5, "s")
    assert param.help
    assert [host.command for host in lab.plan().hosts] == [
        "{python} client.py {server} 12345", "{python} server.py 12345 0.5"]
    assert lab.plan({"sleep": 5}).hosts[1].command == "{python} server.py 12345 5"


def test_what_can_not_be_varied() -> None:
    with pytest.raises(WhywireError, match="it has: sleep"):
        find("v4").plan({"nap": 1})
    with pytest.raises(WhywireError, match="it has: nothing"):
        find("v1").plan({"sleep": 1})


@pytest.mark.parametrize("name", ["nothing", "", "..", "../labs/v1", "/etc"])
def test_an_unknown_name_lists_the_known(name: str) -> None:
    with pytest.raises(WhywireError, match=r"there are: .*v1, v2"):
        find(name)


@pytest.mark.parametrize("text", ["", "title = 'x'", "title = ", "title='x'\n[[hosts]]\nname='a'",
                                  "title='x'\nhosts=3", "title='x'\n[wire]\nmuddy=1\n[[hosts]]\nname='a'\n"
                                  "address='10.0.0.1'\nrole='client'\ncommand='x'"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "lab.toml").write_text(text)
    with pytest.raises(WhywireError, match=r"lab\.toml can't be used"):
        load(tmp_path)


def test_settings_of_the_wire(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "v1", tmp_path / "mine")
    with (tmp_path / "mine" / "lab.toml").open("a") as file:
        file.write("\n[wire]\ndelay_ms = 2.5\nrate_mbit = 1\nburst_ms = 1\nrules = ['drop data 1 from client']\n"
                   "[run]\nquiet_s = 3\n")
    plan = load(tmp_path / "mine").plan()
    assert (plan.delay_ns, plan.rate_bits, plan.burst_ns, plan.quiet_s) == (2_500_000, 1_000_000, 1_000_000, 3)
    assert [rule.text for rule in plan.rules] == ["drop data 1 from client"]


def test_a_variant_takes_the_place_of_the_commands() -> None:
    lab = find("http-page")
    assert list(lab.variants) == ["real", "browser"]
    own, real, browser = (lab.plan(variant=name).hosts for name in ("", "real", "browser"))
    assert "browser.py" in own[0].command
    assert "{python} -m whywire fetch" in real[0].command
    assert "{python} -m whywire serve" in real[1].command
    assert dict(real[0].environment)["PYTHONPATH"].startswith(str(FOLDER.parent.parent))
    assert browser[0].command.startswith("chromium")
    assert browser[1] == own[1]  # it says nothing of a browser
    with pytest.raises(WhywireError, match="it has: real, browser"):
        lab.plan(variant="imaginary")
    with pytest.raises(WhywireError, match="it has: none"):
        find("v1").plan(variant="real")


def test_files_and_the_scripts_that_are_named_go_to_the_host() -> None:
    client, server = find("http-page").plan().hosts
    assert [file.name for file in client.files] == ["browser.py", "document.txt", "image.txt"]
    assert {file.name: file.picture for file in server.files}["site/a/b/6.jpg"] == 531923
    assert [path.name for path in find("http-page").programs()] == ["browser.py", "server.py"]
    assert find("http-index").scripts == FOLDER / "http"

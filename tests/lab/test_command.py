from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from whywire.base.errors import WhywireError
from whywire.lab.command import Program, prepare
from whywire.lab.plan import HostPlan


def prepared(folder: Path, command: str, path: str | None = None) -> Program:
    """Return a command of host ``client``, looked up in ``folder``."""
    environment = () if path is None else (("PATH", path),)
    return prepare(HostPlan("client", "10.0.0.1", command, "client", str(folder), environment), {"server": "server"})


def test_words_are_split_like_a_shell_does(tmp_path: Path) -> None:
    found = prepared(tmp_path, "sh -c 'exit 3' {server} \"a b\"")
    assert found.arguments == ("sh", "-c", "exit 3", "server", "a b")
    assert Path(found.path).is_absolute()
    assert os.access(found.path, os.X_OK)
    assert (found.name, found.is_python, found.script) == ("sh", False, None)


def test_a_python_that_is_not_there_is_ours(tmp_path: Path) -> None:
    (tmp_path / "client.py").touch()
    for word in ("python", "python3"):
        found = prepared(tmp_path, f"{word} client.py {{server}}", path=str(tmp_path))
        assert found.path == sys.executable
        assert found.arguments == (word, "client.py", "server")


def test_our_own_python_is_shown_as_python(tmp_path: Path) -> None:
    (tmp_path / "client.py").touch()
    found = prepared(tmp_path, "{python} client.py")
    assert (found.path, found.command) == (sys.executable, "python client.py")


@pytest.mark.parametrize(("words", "name", "script", "flag"), [
    ("client.py 1", "client.py", "client.py", ""), ("-u client.py -I", "client.py", "client.py", ""),
    ("-W error -X dev client.py", "client.py", "client.py", ""), ("-uI client.py", "client.py", "client.py", "-I"),
    ("-S client.py", "client.py", "client.py", "-S"), ("-m http.server 80", "http.server", None, ""),
    ("-E -m pip", "pip", None, "-E"), ("-c pass", "python -c", None, ""), ("", "python3", None, ""),
    ("-", "python -", None, ""),
])
def test_what_python_runs(tmp_path: Path, words: str, name: str, script: str | None, flag: str) -> None:
    (tmp_path / "client.py").touch()
    found = prepared(tmp_path, f"python3 {words}")
    assert (found.name, found.script, found.untraced_by) == (name, script, flag)
    assert found.is_python


def test_a_program_of_the_folder(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text("#!/usr/bin/env python3\n")
    script.chmod(0o755)
    found = prepared(tmp_path, "./run.py {server}")
    assert (found.path, found.script, found.is_python) == (str(tmp_path / "run.py"), "./run.py", True)


@pytest.mark.parametrize(("command", "what", "hint"), [
    ("", "is empty", "--client"), ("   ", "is empty", "--client"), ("a 'b", "can't be split", "quote"),
    ("no-such-thing", "not on the PATH", "whole path"), ("notes.txt", "not on the PATH", "./notes.txt"),
    ("./nothing", "does not exist", "path"), ("./notes.txt", "is not executable", "chmod"),
    ("python3 missing.py", "missing.py", "folder"),
])
def test_what_can_not_be_run_is_said(tmp_path: Path, command: str, what: str, hint: str) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(WhywireError) as caught:
        prepared(tmp_path, command)
    assert what in caught.value.what
    assert "client" in caught.value.what
    assert hint in caught.value.hint


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WhywireError, match="should run in does not exist"):
        prepared(tmp_path / "gone", "sh")


def test_a_folder_of_the_path_that_may_not_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"

    def refuse(path: Path) -> bool:
        if path.parent == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return os.path.exists(path)  # noqa: PTH110 (the method itself is replaced)

    monkeypatch.setattr(Path, "is_file", refuse)
    assert prepared(tmp_path, "sh -c true", path=f"{closed}{os.pathsep}/bin").path == "/bin/sh"


@pytest.mark.parametrize(("command", "operator"), [
    ("{python} server.py | cat", "|"), ("{python} server.py && echo done", "&&"), ("{python} server.py || true", "||"),
    ("{python} server.py > out.txt", ">"), ("{python} server.py >out.txt", ">"), ("{python} server.py 2>&1", "2>"),
    ("{python} server.py < in.txt", "<"), ("{python} server.py >> log", ">>"), ("{python} server.py; echo", ";"),
    ("{python} server.py ; echo", ";"), ("{python} server.py &", "&"), ("{python} server.py&", "&"),
])
def test_what_only_a_shell_understands_is_refused(tmp_path: Path, command: str, operator: str) -> None:
    (tmp_path / "server.py").touch()
    with pytest.raises(WhywireError, match="which only a shell understands") as caught:
        prepare(HostPlan("server", "10.0.0.2", command, cwd=str(tmp_path)), {})
    assert repr(operator) in caught.value.what
    assert caught.value.hint.endswith(f"sh -c {shlex.quote(command)}")


@pytest.mark.parametrize("command", [
    "sh -c 'cat < in | wc > out; true &'", 'sh -c "a && b"', "{python} server.py '|' \\; \\&",
    "{python} server.py a=>b x|y",
    "{python} server.py http://server/?a=1&b=2", "{python} server.py 'a' \"> b\"",
])
def test_a_quoted_operator_and_one_inside_a_word_are_arguments(tmp_path: Path, command: str) -> None:
    (tmp_path / "server.py").touch()
    assert prepare(HostPlan("server", "10.0.0.2", command, cwd=str(tmp_path)), {}).arguments

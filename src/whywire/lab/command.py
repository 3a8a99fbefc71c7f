"""A command as typed, split like a shell would, its program found, before anything is started."""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from whywire.base.errors import WhywireError
from whywire.lab.plan import HostPlan

_PYTHON = re.compile(r"python[0-9.]*")
_RAW_WORD = re.compile(r"(?:[^\s'\"\\]|\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\")+", re.DOTALL)
"""A word as typed, with its quotes."""
_OPERATOR = re.compile(r"(?:\|\|?&?|&&?|;)(?=\w|$)|(?:[0-9]*|&)(?:>>?|<)(?=[^=]|$)")
_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")
_NO_TRACER = "IES"


@dataclass(frozen=True, slots=True)
class Program:
    """A program ready to be executed."""

    host: HostPlan
    path: str
    """Absolute, or relative to the working folder."""
    arguments: tuple[str, ...]
    """With the program's name as typed first."""
    name: str
    """How the story names it: a script's file name, a module's name, or the command's first word."""
    script: str | None = None
    """The Python script named in the command."""
    is_python: bool = False
    untraced_by: str = ""
    """The option of Python that keeps the tracer out: ``-I``, ``-E`` or ``-S``."""

    @property
    def command(self) -> str:
        """The command as it is started, the names filled in."""
        return shlex.join(self.arguments)


def prepare(host: HostPlan, names: dict[str, str]) -> Program:
    """Split and look up a host's command; ``names`` fills the braces. Raises WhywireError."""
    try:
        words = shlex.split(host.command)
    except ValueError as error:
        raise WhywireError(f"the command of {host.name} can't be split into words: {host.command} ({error})",
                           "quote it as for a shell, such as --server 'python server.py 12345'") from error
    operator = _shell_operator(host.command)
    if operator is not None:
        raise WhywireError(f"the command of {host.name} holds {operator!r}, which only a shell understands: "
                           f"{host.command}",
                           f"programs are started without a shell; with one it is: sh -c {shlex.quote(host.command)}")
    if not words:
        raise WhywireError(f"the command of {host.name} is empty", f"give --{host.name} a program to run")
    if not Path(host.cwd).is_dir():
        raise WhywireError(f"the folder that {host.name} should run in does not exist: {host.cwd}")
    first = words[0]
    words = [_filled(word, {**names, "python": sys.executable}) for word in words]
    path = _find(words[0], host)
    arguments = ("python", *words[1:]) if first == "{python}" else tuple(words)
    base = Path(arguments[0]).name
    if _PYTHON.fullmatch(base) is None:
        script = arguments[0] if arguments[0].endswith(".py") else None
        return Program(host, path, arguments, base, script, script is not None)
    name, script, flag = _python_parts(arguments[1:])
    if script is not None and not (Path(host.cwd) / script).exists():
        raise WhywireError(f"the program of {host.name} does not exist: {script} (in {Path(host.cwd).resolve()})",
                           "check the file's name and the folder that whywire is started in")
    return Program(host, path, arguments, name or base, script, True, flag)


def _shell_operator(command: str) -> str | None:
    """Return the first word of a command that is a shell's (a pipe, a list, a redirection); None where there is none.

    Quoted ones are arguments, and so is an operator in the middle of a word: an address may hold ``&``.
    """
    for found in _RAW_WORD.finditer(command):
        operator = _OPERATOR.match(found[0])
        if operator is not None:
            return operator[0]
        if found[0].endswith((";", "&")) and not found[0].endswith("\\" + found[0][-1]):
            return found[0][-1]
    return None


def _filled(word: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        word = word.replace("{" + name + "}", value)
    return word


def _is_file(path: Path) -> bool:
    """Tell whether a file is there, as far as this user may look: a folder of the PATH may be closed to him."""
    try:
        return path.is_file()
    except OSError:
        return False


def _find(word: str, host: HostPlan) -> str:
    """Return the path of a program like a shell finds it."""
    if "/" in word:
        path = Path(host.cwd) / word
        if _is_file(path) and os.access(path, os.X_OK):
            return word if Path(word).is_absolute() else str(path.absolute())
        why = "is not executable" if _is_file(path) else "does not exist"
        hint = f"chmod +x {word}, or start it with its interpreter" if _is_file(path) else "check the path"
        raise WhywireError(f"the program of {host.name} {why}: {word}", hint)
    search = dict(host.environment).get("PATH", os.environ.get("PATH", os.defpath))
    for folder in search.split(os.pathsep):
        path = Path(folder or ".") / word
        if _is_file(path) and os.access(path, os.X_OK):
            return str(path.absolute())
    if word in ("python", "python3"):  # Debian has no `python`
        return sys.executable
    here = _is_file(Path(host.cwd) / word)
    raise WhywireError(f"the program of {host.name} does not exist: {word} is not on the PATH",
                       f"for the file in this folder write ./{word}, or 'python {word}'" if here
                       else "check its name, or give its whole path")


def _python_parts(words: tuple[str, ...]) -> tuple[str, str | None, str]:
    """Return (name for the story, script or None, option that keeps the tracer out) of Python's arguments."""
    flag = ""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "-m" and at + 1 < len(words):
            return words[at + 1], None, flag
        if word.startswith("-c") or word == "-":
            return "python -c" if word != "-" else "python -", None, flag
        if not word.startswith("-"):
            return Path(word).name, word, flag
        if not word.startswith("--") and word[1] not in "WX":
            flag = next((f"-{letter}" for letter in word[1:] if letter in _NO_TRACER), flag)
        at += 2 if word in _WITH_VALUE else 1
    return "", None, flag

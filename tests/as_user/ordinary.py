"""An ordinary user for the tests of the lab: no account is made, root drops to a user id that owns nothing else.

Such a user can't read what lies in root's closed home: the repository, a Python, a .venv. So it gets a copy of the tree
and of the test tools, a HOME and a folder for output in a place of its own, and a Python that it can start.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from tempfile import mkdtemp

USER = 12345
"""Not that of nobody: in a user namespace everybody unmapped looks like nobody."""
TOOLS = ("pytest", "hypothesis")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "runs", ".*_cache", ".hypothesis", "*.egg-info")


def dropped(command: Sequence[str | Path], *, cwd: Path = Path("/"), timeout: float = 20,
            environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as the ordinary user. Only root may call this."""
    return subprocess.run(command, cwd=cwd, env=environment or {"PATH": os.defpath}, user=USER, group=USER,
                          extra_groups=[], umask=0o022, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout, check=False)


def pythons() -> Iterator[str]:
    """Yield the Pythons of this machine, that of the tests first."""
    yield getattr(sys, "_base_executable", sys.executable)
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        for folder in ("/usr/bin", "/usr/local/bin", *os.environ.get("PATH", "").split(os.pathsep)):
            if os.access(f"{folder}/{name}", os.X_OK):
                yield f"{folder}/{name}"


def readable_python() -> str | None:
    """Return a Python, 3.11 or later, that the ordinary user can start; None where there is none."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in dict.fromkeys(pythons()):
        try:
            if dropped([python, "-I", "-c", question]).returncode == 0:
                return python
        except (OSError, subprocess.TimeoutExpired):
            continue
    return None


def needed(names: Sequence[str]) -> set[str]:
    """Return the distributions that ``names`` need, themselves included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name.lower() in found:
            continue
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # wanted on another system or by an extra only
        found.add(name.lower())
        plain = [text for text in requires if "extra ==" not in text]
        waiting += [match[0] for text in plain if (match := re.match(r"[A-Za-z0-9._-]+", text))]
    return found


def copy_tools(to: Path) -> None:
    """Copy the test tools and what they need; they are plain Python, so another Python can run them."""
    for name in needed(TOOLS):
        for file in metadata.files(name) or []:
            if ".." not in file.parts and file.suffix != ".pyc":
                target = to / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), target)


def give_away(folder: Path) -> None:
    """Make the ordinary user the owner of a folder and all that is in it."""
    for inner, _, files in os.walk(folder):
        os.chown(inner, USER, USER)
        for name in files:
            os.chown(Path(inner, name), USER, USER, follow_symlinks=False)


@contextmanager
def place(tree: Path) -> Iterator[Path]:
    """Make a folder with ``tree`` (a copy of the repository), ``tools``, ``home`` and ``tmp``; remove it afterwards."""
    folder = Path(mkdtemp(prefix="whywire-as-user-", dir="/tmp"))
    try:
        shutil.copytree(tree, folder / "tree", ignore=LEFT_OUT)
        copy_tools(folder / "tools")
        for name in ("home", "tmp"):
            (folder / name).mkdir()
        give_away(folder)
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment_in(folder: Path) -> dict[str, str]:
    """Return the environment of a login that knows nothing of root's."""
    kept = {name: os.environ[name] for name in ("CI", "LANG", "LC_ALL") if name in os.environ}
    return {**kept, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "TERM": "dumb", "USER": "ordinary",
            "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(folder / "tools")}

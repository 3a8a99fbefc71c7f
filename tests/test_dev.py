"""The set-up script, in a copy of the tree: what the first command of the README does on a machine that has nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from whywire import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what ./dev needs, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("a fresh clone")
    for name in ("dev", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder)
    for name in ("src", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    return folder


def dev(clone: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Call ./dev from another folder, with nothing of this environment but PATH."""
    environment = {"PATH": path or os.environ["PATH"], "HOME": str(clone), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([clone / "dev", *words], cwd="/", env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


def only(folder: Path, **programs: str) -> str:
    """Return a PATH with the usual small tools, and ``programs`` as shell scripts instead of Pythons."""
    for name in ("sh", "dirname", "cat", "cksum", "env"):
        (folder / name).symlink_to(shutil.which(name) or "")
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_the_first_call_makes_an_environment_of_its_own_and_the_second_none(clone: Path) -> None:
    first = dev(clone, "--version")
    assert (first.returncode, first.stdout, first.stderr) == (0, f"whywire {__version__}\n", "")
    made = (clone / ".venv" / "whywire.stamp").stat().st_mtime_ns
    assert sorted(path.name for path in clone.iterdir()) == sorted(
        [".venv", "dev", "pyproject.toml", "README.md", "LICENSE", "src", "tools"])
    before = time.perf_counter()
    assert dev(clone, "--version").stdout == first.stdout
    assert time.perf_counter() - before < 5
    assert (clone / ".venv" / "whywire.stamp").stat().st_mtime_ns == made


def test_a_change_of_the_project_file_is_seen(clone: Path) -> None:
    dev(clone, "--version")
    made = (clone / ".venv" / "whywire.stamp").read_text()
    with (clone / "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    assert dev(clone, "--version").returncode == 0
    assert (clone / ".venv" / "whywire.stamp").read_text() != made


def test_a_folder_that_moved_gets_a_new_environment(clone: Path, tmp_path: Path) -> None:
    dev(clone, "--version")
    moved = tmp_path / "moved"
    shutil.copytree(clone, moved, symlinks=True)
    shutil.rmtree(moved / "src" / "whywire" / "labs", ignore_errors=True)
    assert dev(moved, "--version").stdout == f"whywire {__version__}\n"
    paths = list((moved / ".venv").rglob("whywire.pth"))
    assert [path.read_text() for path in paths] == [f"{moved / 'src'}\n"]


def test_a_python_that_is_too_old_is_named(clone: Path, tmp_path: Path) -> None:
    shutil.rmtree(clone / ".venv", ignore_errors=True)
    done = dev(clone, "--version", path=only(tmp_path, python3="echo 3.9 0"))
    assert done.returncode == 1
    assert "python3 is 3.9" in done.stderr
    assert "3.11" in done.stderr


def test_no_python_at_all(clone: Path, tmp_path: Path) -> None:
    shutil.rmtree(clone / ".venv", ignore_errors=True)
    done = dev(clone, "--version", path=only(tmp_path))
    assert done.returncode == 1
    assert "no Python" in done.stderr
    assert "apt-get install" in done.stderr


def test_a_python_without_venv_names_the_package(clone: Path, tmp_path: Path) -> None:
    shutil.rmtree(clone / ".venv", ignore_errors=True)
    (tmp_path / "hollow").mkdir()
    (tmp_path / "hollow" / "venv.py").write_text("raise ImportError('left out', name='venv')\n")
    script = f'PYTHONPATH="{tmp_path / "hollow"}" exec "{sys.executable}" "$@"'
    done = dev(clone, "--version", path=only(tmp_path, python3=script))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert done.returncode == 1
    assert f"sudo apt-get install python{version}-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wheel_holds_all_that_the_lab_needs(clone: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index",
                    "-w", tmp_path, clone], check=True, capture_output=True, timeout=120,
                   env={**os.environ, "WHYWIRE_PLAIN": "1"})  # tests/kernel compiles
    [wheel] = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("whywire/")}
    source = clone / "src"
    wanted = {path.relative_to(source).as_posix() for path in (source / "whywire").rglob("*")
              if path.is_file() and "__pycache__" not in path.parts}
    assert packed == wanted

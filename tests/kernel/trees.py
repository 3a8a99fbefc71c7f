"""Two trees of the package: compiled and plain. What runs in one must say the same in the other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.so")


def plain(folder: Path) -> Path:
    """Copy the package without compiled modules."""
    shutil.copytree(ROOT / "src" / "whywire", folder / "whywire", ignore=LEFT_OUT)
    return folder


def compiled(folder: Path) -> Path:
    """Copy the package and compile the kernel in it; a compilation that fails fails the test with its output."""
    done = subprocess.run([sys.executable, "-m", "tools.kernel.build", folder], cwd=ROOT, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return folder


def run(tree: Path, script: str, *words: str | Path) -> str:
    """Run a script against a tree; return what it printed."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", script, *words], cwd=ROOT, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout

"""Compiles the pass over captures where Cython and a C compiler are there; elsewhere it stays plain Python.

WHYWIRE_PLAIN=1 in the environment leaves it plain. Everything else stands in pyproject.toml.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setuptools import Extension, setup

sys.path.insert(0, str(Path(__file__).parent))


def modules() -> list[Extension]:
    """Return what is to be compiled."""
    if os.environ.get("WHYWIRE_PLAIN"):
        return []
    try:
        from tools.kernel.build import extensions

        return extensions(Path("build/kernel"))
    except ImportError:
        return []


setup(ext_modules=modules())

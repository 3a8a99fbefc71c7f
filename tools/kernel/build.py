"""Calls Cython and the C compiler. Needs both; without them whywire runs as plain Python."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tools.kernel.translate import translate
from tools.kernel.world import KERNEL, SOURCE

if TYPE_CHECKING:
    from setuptools import Extension

SUFFIX = sysconfig.get_config_var("EXT_SUFFIX") or ".so"


def extensions(out: Path) -> list[Extension]:
    """Translate into ``out``, to C; return what setuptools compiles."""
    from Cython.Build import cythonize
    from setuptools import Extension

    written = translate(out)
    names = [str(path.relative_to(out).with_suffix("")).replace("/", ".") for path in written]
    found = [Extension(name, [str(path)], extra_compile_args=["-w"], optional=True)
             for name, path in zip(names, written, strict=True)]
    made: list[Extension] = cythonize(found, include_path=[str(out)], quiet=True)
    return made


def compile_into(tree: Path) -> None:
    """Compile the kernel and put the modules into ``tree``, a folder that holds the package. Raises OSError."""
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    with tempfile.TemporaryDirectory(prefix="whywire-kernel-") as scratch:
        command = build_ext(Distribution({"name": "whywire", "ext_modules": extensions(Path(scratch))}))
        command.build_lib, command.build_temp, command.parallel = f"{scratch}/lib", f"{scratch}/temp", os.cpu_count()
        command.finalize_options()
        command.run()
        made = list(Path(scratch, "lib").rglob(f"*{SUFFIX}"))
        if len(made) != len(KERNEL):
            raise OSError(f"{len(KERNEL) - len(made)} of {len(KERNEL)} modules could not be compiled; see above")
        forget(tree)
        for path in made:
            shutil.copy2(path, tree / path.relative_to(Path(scratch, "lib")))


def forget(tree: Path) -> None:
    """Take compiled modules out of a tree: plain Python again."""
    for path in (tree / "whywire").rglob("*.so"):
        path.unlink()


def main(words: list[str]) -> int:
    """Compile for this folder, or for a copy of the package below the folder that is named."""
    tree = SOURCE
    if words:
        tree = Path(words[0]).resolve()
        shutil.copytree(SOURCE / "whywire", tree / "whywire", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    try:
        compile_into(tree)
    except ImportError as error:
        print(f"{error.name} is missing: the pass stays plain Python (slower, the same answers)")
        return 1
    print(f"compiled: {len(KERNEL)} modules in {tree}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

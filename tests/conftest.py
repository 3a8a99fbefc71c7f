"""What all tests share: where the repository is, and peers that must be there in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# the same examples in every run; how long one takes depends on who else uses the machine
settings.register_profile("whywire", deadline=None, derandomize=True)
settings.load_profile("whywire")


def needed(name: str, hint: str) -> str:
    """Return where the program ``name`` is; without it the test fails in CI and is left out elsewhere.

    Servers stand in sbin, which is not in every user's path.
    """
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        problem = f"{name} is not installed; {hint}"
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(problem)
    return found


def pytest_configure() -> None:
    """Refuse to test compiled modules that are older than their sources."""
    for module in (ROOT / "src" / "whywire").rglob("*.so"):
        source = module.with_name(module.name.split(".")[0] + ".py")
        if source.stat().st_mtime > module.stat().st_mtime:
            pytest.exit(f"{module.name} was compiled from another {source.name}; ./dev compile, or delete it", 4)


@pytest.fixture(scope="session")
def tshark() -> str:
    """Return the path of tshark, the oracle of many tests."""
    return needed("tshark", "./dev test installs it where it may, or says what to install")


@pytest.fixture(scope="session")
def founding() -> Path:
    """Return the folder of the founding captures."""
    return ROOT / "tests" / "captures" / "founding"

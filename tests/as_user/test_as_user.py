"""When root runs the tests, those that make hosts and start programs run once more as an ordinary user.

An ordinary user's lab works in a user namespace, root's without one, so both ways are tested on one machine.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.as_user import ordinary

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("tests/lab", "tests/cli")
LEFT_OUT = ("tests/cli/test_proxy_stores.py", "tests/cli/test_serve.py", "tests/cli/test_table.py")
"""They need libraries that the ordinary user's Python has not, and nothing in them depends on who calls."""
AT_MOST_S = 480

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the tests of the lab run as an ordinary user already")


@pytest.fixture(scope="module")
def python() -> str:
    """Return a Python that the ordinary user can start."""
    found = ordinary.readable_python()
    if found is None:
        problem = "no Python, 3.11 or later, that others than root can start (apt-get install python3)"
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(problem)
    return found


def test_the_tests_of_the_lab_pass_as_an_ordinary_user(python: str, capsys: pytest.CaptureFixture[str]) -> None:
    suites = [name for name in SUITES if (ROOT / name).is_dir()]
    with ordinary.place(ROOT) as folder:
        done = ordinary.dropped([python, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *suites,
                                 *(f"--ignore={name}" for name in LEFT_OUT)], cwd=folder / "tree",
                                timeout=AT_MOST_S, environment=ordinary.environment_in(folder))
    assert done.returncode == 0, f"as user {ordinary.USER} with {python}:\n{done.stdout}"
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 0
    with capsys.disabled():  # told to whoever reads the log
        sys.stdout.write(f"\nas user {ordinary.USER} with {python}: {done.stdout.strip().splitlines()[-1]}\n")


def test_the_ordinary_user_is_nobody_special(python: str) -> None:
    question = "import os; print(os.getresuid(), os.getgroups())"
    assert ordinary.dropped([python, "-I", "-c", question]).stdout == f"{(ordinary.USER,) * 3} []\n"

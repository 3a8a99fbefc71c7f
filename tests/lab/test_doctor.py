from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.bench import can_run_labs, plan
from whywire.base.errors import WhywireError
from whywire.lab import doctor
from whywire.lab.isolation import is_privileged
from whywire.lab.run import run
from whywire.lab.session import EngineError

ROOT = Path(__file__).resolve().parent.parent.parent
DENY_UNSHARE = """\
import ctypes, errno, struct
libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 272, "aarch64": 97}[__import__("platform").machine()]
code = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | errno.EPERM), (0x06, 0, 0, 0x7FFF0000)]
program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in code))
head = ctypes.create_string_buffer(struct.pack("HP", len(code), ctypes.addressof(program)))
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, head) == 0
"""
NO_NAMESPACES_LEFT = """\
import os
from whywire.lab import doctor, isolation, kernel, probe
doctor.examine()  # loads all there is to load while root's Python can still be read
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(12345, 12345, 12345)
    os.setresuid(12345, 12345, 12345)
    kernel._call("prctl", 4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: lost with the change of user, needed to map users
isolation.enter_user_namespace()
open("/proc/sys/user/max_user_namespaces", "w").write("0")
for room in (isolation, probe, doctor):
    room.is_privileged = lambda: False  # as after the exec of a program, which gives up the rights
"""
ASK = """\
from whywire.lab import doctor
found = doctor.examine()
print(found)
print("RUNS", found.can_run)
doctor.require()
"""


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def asked(setting: str, question: str = ASK) -> subprocess.CompletedProcess[str]:
    """Run a question in a process to which something is forbidden."""
    return subprocess.run([sys.executable, "-c", setting + question], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": f"{ROOT}/src:" + os.environ.get("PYTHONPATH", "")})


def test_this_machine_runs_labs() -> None:
    found = doctor.examine()
    assert found.can_run
    assert found.tier == ("T2" if is_privileged() else "T1")
    assert {"Python", "system", "user", "namespaces", "hosts and wire"} <= {name for name, _ in found.facts}
    assert str(found).endswith(found.sentence)
    doctor.require()


def test_a_seccomp_filter_is_named() -> None:
    answer = asked(DENY_UNSHARE)
    assert "RUNS False" in answer.stdout
    assert "seccomp" in answer.stdout
    assert "refused: a" in answer.stdout
    if not is_privileged():
        assert "this machine can't run labs: a seccomp filter" in answer.stderr


def test_the_sysctl_that_is_zero_is_named_with_its_command() -> None:
    answer = asked(NO_NAMESPACES_LEFT)
    assert "user.max_user_namespaces is 0" in answer.stdout
    assert "sudo sysctl -w user.max_user_namespaces=15000" in answer.stdout
    assert "RUNS False" in answer.stdout
    assert "WhywireError: this machine can't run labs: this system allows no such namespaces" in answer.stderr


def test_a_run_on_such_a_machine_says_the_same_and_leaves_no_folder(tmp_path: Path) -> None:
    first = plan(tmp_path)
    question = (f"from whywire.lab.plan import two_hosts\nfrom whywire.lab.run import run\n"
                f"run(two_hosts('x', {first.hosts[1].command!r}, {first.hosts[0].command!r}, cwd={str(tmp_path)!r}), "
                f"{str(tmp_path / 'run')!r})\n")
    answer = asked(DENY_UNSHARE, question)
    assert "this machine can't run labs: a seccomp filter" in answer.stderr
    assert not (tmp_path / "run").exists()
    run(first, tmp_path / "run")


def test_a_bug_of_ours_is_called_one() -> None:
    error = doctor.explain(EngineError("the lab's engine failed: KeyError: 3", 0, "Traceback ..."))
    assert "bug in whywire" in error.hint
    assert "Traceback" in error.hint
    refused = doctor.explain(EngineError("a network namespace (unshare CLONE_NEWNET)", errno.ENOSPC))
    assert "limit of namespaces" in refused.what


def test_another_system_is_told_what_works_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    found = doctor.examine()
    assert not found.can_run
    assert "Linux" in found.sentence
    with pytest.raises(WhywireError, match="whywire explain works here"):
        doctor.require()


def test_it_says_whether_recording_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    told = dict(doctor.examine().facts)["capturing"]
    assert told.startswith("allowed") == (doctor.sniffer.refused() is None)
    monkeypatch.setattr(doctor.sniffer, "refused", lambda: ("it needs a right", "sudo this\n  or that"))
    assert dict(doctor.examine().facts)["capturing"] == "it needs a right; sudo this or that"

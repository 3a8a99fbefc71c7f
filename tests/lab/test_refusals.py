from __future__ import annotations

import errno

import pytest

from whywire.lab.refusals import Locks, look, reason

USER_STEP, NET_STEP = "a user namespace (unshare CLONE_NEWUSER)", "a network namespace (unshare CLONE_NEWNET)"


@pytest.mark.parametrize(("step", "number", "settings", "command"), [
    (USER_STEP, errno.EPERM, {"kernel.unprivileged_userns_clone": 0},
     "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    (USER_STEP, errno.ENOSPC, {"user.max_user_namespaces": 0}, "sudo sysctl -w user.max_user_namespaces=15000"),
    (NET_STEP, errno.ENOSPC, {"user.max_net_namespaces": 0}, "sudo sysctl -w user.max_net_namespaces=15000"),
    (NET_STEP, errno.EPERM, {"kernel.apparmor_restrict_unprivileged_userns": 1},
     "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    ("the user map of the namespace (/proc/self/uid_map)", errno.EACCES,
     {"kernel.apparmor_restrict_unprivileged_userns": 1},
     "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
])
def test_a_setting_and_the_command_that_changes_it(
        step: str, number: int, settings: dict[str, int], command: str) -> None:
    what, hint = reason(step, number, Locks(settings, False, False, 1000))
    [name] = settings
    assert f"{name} is {settings[name]}" in what
    assert command in hint


def test_open_settings_are_not_blamed() -> None:
    locks = Locks({"kernel.unprivileged_userns_clone": 1, "kernel.apparmor_restrict_unprivileged_userns": 0,
                   "user.max_user_namespaces": 90000}, False, False, 1000)
    what, hint = reason(USER_STEP, errno.EPERM, locks)
    assert "kernel." not in what
    assert "Operation not permitted" in what
    assert "sudo" in hint


@pytest.mark.parametrize(("container", "word"), [(True, "--privileged"), (False, "sandbox")])
def test_a_seccomp_filter(container: bool, word: str) -> None:
    what, hint = reason(USER_STEP, errno.EPERM, Locks({}, True, container, 1000))
    assert "seccomp" in what
    assert word in hint


def test_a_root_without_capabilities() -> None:
    what, hint = reason(NET_STEP, errno.EPERM, Locks({"kernel.unprivileged_userns_clone": 0}, False, True, 0))
    assert "CAP_SYS_ADMIN" in what
    assert "container" in hint


@pytest.mark.parametrize(("step", "number", "word"), [
    ("a pair of virtual interfaces (veth)", errno.EOPNOTSUPP, "modprobe veth"),
    ("a packet socket (AF_PACKET)", errno.EAFNOSUPPORT, "modprobe af_packet"),
    (USER_STEP, errno.EINVAL, "CONFIG_USER_NS"), ("setting net.ipv4.tcp_rmem", errno.EROFS, "container"),
])
def test_what_the_kernel_lacks(step: str, number: int, word: str) -> None:
    assert word in reason(step, number, Locks({}, False, False, 1000))[1]


def test_this_machine_can_be_looked_at() -> None:
    locks = look()
    assert all(isinstance(value, int) for value in locks.settings.values())
    assert "user.max_user_namespaces" in locks.settings

"""From a step that the system refused to the setting that refused it, and the command that changes it.

No one errno says which of the locks it was, so the settings are looked at: user_namespaces(7), namespaces(7),
Documentation/admin-guide/sysctl, and what distributions and containers add.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

USERNS_CLONE = "kernel.unprivileged_userns_clone"
APPARMOR = "kernel.apparmor_restrict_unprivileged_userns"
MAX_USER, MAX_NET, MAX_PID = "user.max_user_namespaces", "user.max_net_namespaces", "user.max_pid_namespaces"
SETTINGS = (USERNS_CLONE, APPARMOR, MAX_USER, MAX_NET, MAX_PID)

_CONTAINER = ("start the container with --privileged (Docker, Podman), or run whywire outside of it")


@dataclass(frozen=True, slots=True)
class Locks:
    """What can stand in the way. A setting that this kernel does not have is left out."""

    settings: dict[str, int]
    seccomp: bool
    """A seccomp filter looks at this process's system calls: a container, or a sandbox."""
    container: bool
    user: int
    """Effective user id."""


def look() -> Locks:
    """Read the settings of this machine."""
    settings = {}
    for name in SETTINGS:
        try:
            settings[name] = int(Path("/proc/sys", *name.split(".")).read_text("ascii"))
        except (OSError, ValueError):
            continue
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        status = ""
    container = any(Path(path).exists() for path in ("/.dockerenv", "/run/.containerenv", "/run/systemd/container"))
    return Locks(settings, "Seccomp:\t2" in status, container, os.geteuid())


def reason(step: str, number: int, locks: Locks) -> tuple[str, str]:
    """Return (what stands in the way, what to do) for a refused step and the kernel's errno."""
    settings = locks.settings
    if number == errno.ENOSPC:
        for name in (MAX_USER, MAX_NET, MAX_PID):
            if settings.get(name) == 0:
                return f"this system allows no such namespaces: {name} is 0", _sysctl(name, 15000, locks)
        return f"{step} is refused: the system's limit of namespaces is reached (user.max_*_namespaces)", \
            "wait until other programs have ended, or raise the limit"
    if "user" in step or number in (errno.EPERM, errno.EACCES):
        if settings.get(USERNS_CLONE) == 0 and locks.user != 0:
            return f"ordinary users may not make user namespaces: {USERNS_CLONE} is 0", _sysctl(USERNS_CLONE, 1, locks)
        if settings.get(APPARMOR) == 1 and locks.user != 0:
            return (f"AppArmor keeps ordinary users from user namespaces: {APPARMOR} is 1",
                    _sysctl(APPARMOR, 0, locks))
        if locks.seccomp:
            where = "of this container" if locks.container else "that this process runs under"
            return f"a seccomp filter {where} forbids {step}", \
                _CONTAINER if locks.container else "run whywire outside of the sandbox"
        if locks.user == 0:
            return f"{step} is refused although this is root: it lacks CAP_SYS_ADMIN, CAP_NET_ADMIN or CAP_NET_RAW", \
                _CONTAINER if locks.container else "give it these capabilities"
    return _other(step, number)


def _other(step: str, number: int) -> tuple[str, str]:
    if number in (errno.ENOSYS, errno.EINVAL):
        return f"this kernel has no {step}", "a kernel with CONFIG_USER_NS, CONFIG_NET_NS and CONFIG_PID_NS is needed"
    if number in (errno.EOPNOTSUPP, errno.EAFNOSUPPORT) and "veth" in step:
        return "this kernel does not know veth interfaces now", "load the module: sudo modprobe veth"
    if number == errno.EAFNOSUPPORT:
        return "this kernel does not know packet sockets now", "load the module: sudo modprobe af_packet"
    if number == errno.EROFS:
        return f"{step} is refused: /proc/sys can't be written here", _CONTAINER
    text = os.strerror(number) if number else "no reason given"
    return f"{step} is refused: {text}", "run it as root (sudo): root needs no user namespace"


def _sysctl(name: str, value: int, locks: Locks) -> str:
    command = f"sysctl -w {name}={value}" if locks.user == 0 else f"sudo sysctl -w {name}={value}"
    if name in (USERNS_CLONE, APPARMOR, MAX_USER):
        return f"allow them until the next start with: {command}\n  or run whywire as root, which needs none"
    return f"allow them until the next start with: {command}"

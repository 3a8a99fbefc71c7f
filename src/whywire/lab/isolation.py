"""Namespaces: how an ordinary user gets hosts of his own (user_namespaces(7), network_namespaces(7)).

Nothing here has a name in the system: a network namespace lives as long as a process is in it or holds its
descriptor, so it is gone when the processes of the run are.
"""

from __future__ import annotations

import os
from pathlib import Path

from whywire.lab import kernel

_CAP_NET_ADMIN, _CAP_NET_RAW, _CAP_SYS_ADMIN = 12, 13, 21
_NEEDED = 1 << _CAP_NET_ADMIN | 1 << _CAP_NET_RAW | 1 << _CAP_SYS_ADMIN

SYSCTLS = {
    "net/ipv6/conf/all/disable_ipv6": "1",
    "net/ipv6/conf/default/disable_ipv6": "1",
    "net/ipv4/ip_unprivileged_port_start": "0",
    "net/ipv4/tcp_congestion_control": "reno",
    "net/ipv4/tcp_rmem": "4096 131072 6291456",  # a new namespace copies the machine's; these are Linux's defaults
    "net/ipv4/tcp_wmem": "4096 16384 4194304",
    "net/ipv4/tcp_early_retrans": "0",  # no tail loss probe: on a busy machine it sends segments twice after 20 ms
    "net/ipv4/tcp_no_metrics_save": "1",  # the second connection starts like the first
}
"""What every host is set to, so that a run does not depend on the machine's own settings."""


class IsolationError(Exception):
    """A step that the system refused: ``step`` names it, ``error`` is the kernel's."""

    def __init__(self, step: str, error: OSError) -> None:
        super().__init__(f"{step}: {error.strerror}")
        self.step = step
        self.error = error


def is_privileged() -> bool:
    """Tell whether this process may make namespaces without a user namespace (root, mostly)."""
    for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16) & _NEEDED == _NEEDED
    return False


def enter_user_namespace() -> None:
    """Enter a user namespace in which this user is who he is outside (identity map). Raises IsolationError.

    Root skips it: inside, it would lose its right to read everybody's files.
    """
    user, group = os.geteuid(), os.getegid()
    step = "a user namespace (unshare CLONE_NEWUSER)"
    try:
        kernel.unshare(kernel.NEW_USER)
        step = "the user map of the namespace (/proc/self/uid_map)"
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"),
                           ("gid_map", f"{group} {group} 1")):
            _write(f"/proc/self/{name}", text)
    except OSError as error:
        raise IsolationError(step, error) from error


def own_network() -> int:
    """Move this process to a new network namespace and return a descriptor of it. Raises IsolationError."""
    try:
        kernel.unshare(kernel.NEW_NET)
        return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise IsolationError("a network namespace (unshare CLONE_NEWNET)", error) from error


def small_tables_for_children() -> None:
    """Give the network namespaces made after this one connection tables of their own, of 1,024 buckets.

    Otherwise all share the machine's, and reading a host's socket table walks 262,144 buckets: 1.7 ms.
    """
    try:
        _write("/proc/sys/net/ipv4/tcp_child_ehash_entries", "1024")
    except OSError:
        return  # before Linux 6.1: slower, not wrong


def set_sysctls() -> None:
    """Apply `SYSCTLS` to the network namespace of this process. Raises IsolationError."""
    for name, value in SYSCTLS.items():
        try:
            _write(f"/proc/sys/{name}", value)
        except FileNotFoundError:
            if "ipv6" not in name:  # a kernel without IPv6 has nothing to switch off
                raise
        except OSError as error:
            raise IsolationError(f"setting {name.replace('/', '.')}", error) from error


def own_mounts() -> None:
    """Give this process a mount table whose changes nobody else sees."""
    kernel.unshare(kernel.NEW_MOUNT)
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)


def replace_files(files: dict[str, str], workplace: str) -> None:
    """Show other contents at existing paths (``/etc/hosts``) to this mount namespace.

    ``workplace`` is an existing folder that a tmpfs covers for a moment; nothing is written to a disk.
    """
    kernel.mount("none", workplace, "tmpfs", 0, "size=64k")
    try:
        for path, text in files.items():
            part = f"{workplace}/{path.replace('/', '_')}"
            Path(part).write_text(text, encoding="utf-8")
            Path(part).chmod(0o644)
            kernel.mount(part, path, None, kernel.MS_BIND)
    finally:
        kernel.unmount(workplace, kernel.MNT_DETACH)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)

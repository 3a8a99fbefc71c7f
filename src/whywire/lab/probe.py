"""Trying out, in a child that ends at once, what the lab needs. Nothing of this process changes."""

from __future__ import annotations

import os
from collections.abc import Callable

from whywire.lab.isolation import IsolationError, enter_user_namespace, is_privileged, own_mounts, own_network

Failure = tuple[str, int]
"""The step that was refused, and the kernel's errno."""


def attempt(action: Callable[[], None]) -> Failure | None:
    """Do ``action`` in a child; return what it was refused, or None."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            action()
        except IsolationError as error:
            os.write(write, f"{error.error.errno} {error.step}".encode())
        except OSError as error:
            os.write(write, f"{error.errno or 0} {error}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    number, _, step = answer.partition(" ")
    return (step, int(number)) if answer else None


def namespaces() -> None:
    """Make the namespaces that a host needs, the ones that systems refuse. Raises IsolationError."""
    if not is_privileged():
        enter_user_namespace()
    own_network()


def everything() -> None:
    """Build a network of two hosts and a wire, with all that a run uses. Raises IsolationError or OSError."""
    from whywire.lab.links import build
    from whywire.lab.plan import two_hosts
    from whywire.lab.ring import Ring

    if not is_privileged():
        enter_user_namespace()
    build(two_hosts("probe", "server", "client").hosts)
    try:
        Ring()
    except OSError as error:
        raise IsolationError("a packet socket (AF_PACKET)", error) from error
    own_mounts()

"""The methods of `socket.socket`, each replaced by one that writes down the call and calls the original.

Replaced on the class, so subclasses (ssl) and whoever imported the name before see it too. Sockets of other families
than IPv4 and IPv6 are left alone.
"""

import _socket
import os
import socket
import sys
import threading

from whywire_tracer import phrases
from whywire_tracer.frames import tidy, where
from whywire_tracer.output import caller, counter, now, process, quote, text, thread, write

real = _socket.socket
family = real.family.__get__
INTERNET = frozenset((int(socket.AF_INET), int(socket.AF_INET6)))
inside = threading.local()
"""``busy``: in a method that calls other traced methods, which must not count twice."""

_ends = {}
"""Inode -> (local, peer), as soon as both are known."""

__all__ = ["INTERNET", "caller", "ends", "family", "forget", "identity", "install", "real", "thread"]


def identity(sock):
    """Return a socket's descriptor and inode; the inode names it across dup and fork."""
    descriptor = real.fileno(sock)
    try:
        return descriptor, os.fstat(descriptor).st_ino if descriptor >= 0 else 0
    except OSError:
        return descriptor, 0


def _ask(method, sock):
    try:
        return phrases.endpoint(method(sock))
    except (OSError, ValueError):
        return None


def ends(sock, inode, local="lo", peer="pe"):
    """Return the socket's two endpoints as JSON fields; the kernel is asked until both are known."""
    known = _ends.get(inode)
    if known is None:
        known = _ask(real.getsockname, sock), _ask(real.getpeername, sock)
        if inode and known[1]:
            _ends[inode] = known
    return text(local, known[0]) + text(peer, known[1])


def forget(inode):
    """Drop what is known of a closed socket."""
    _ends.pop(inode, None)


def _limit(sock):
    """Return until when a blocking call waits at most, as a JSON field, where the program set a time-out."""
    try:
        seconds = real.gettimeout(sock)
    except OSError:
        return ""
    return f',"u":{now() + int(seconds * 1e9)}' if seconds else ""


def _accepted(args, result):
    sock, address = result
    inode = identity(sock)[1]
    return f',"ai":{inode},"r":{quote(repr(address))}{ends(sock, inode, "alo", "ape")}'


def _how_closed(args, kwargs):
    return "call"


def _last(args):
    return phrases.endpoint(args[-1]) if args and isinstance(args[-1], tuple) else None


class _Spec:
    """How one method is written down."""

    def __init__(self, name, describe, finish, blocks=True, shown=None, target=False):
        self.name = name
        self.describe = describe
        self.finish = finish
        self.blocks = blocks
        self.shown = shown or name
        self.target = target
        """Its last argument says whom it speaks to."""
        self.asks_first = name in ("_real_close", "shutdown")
        self.nests = name == "sendfile"

    def described(self, args, kwargs):
        """Return the arguments as text; whatever the program passed, describing it must not fail."""
        try:
            return self.describe(args, kwargs)
        except Exception:
            return ""


_SPECS = (
    _Spec("connect", phrases.plain, phrases.nothing, target=True),
    _Spec("connect_ex", phrases.plain, phrases.error_number, shown="connect", target=True),
    _Spec("accept", phrases.plain, _accepted),
    _Spec("bind", phrases.plain, phrases.nothing, blocks=False),
    _Spec("listen", phrases.plain, phrases.nothing, blocks=False),
    _Spec("send", phrases.payload, phrases.number),
    _Spec("sendall", phrases.payload, phrases.everything),
    _Spec("sendto", phrases.payload, phrases.number, target=True),
    _Spec("sendmsg", phrases.parts, phrases.number),
    _Spec("sendfile", phrases.plain, phrases.number),
    _Spec("recv", phrases.plain, phrases.data),
    _Spec("recv_into", phrases.buffer, phrases.number),
    _Spec("recvfrom", phrases.plain, phrases.data_from),
    _Spec("recvfrom_into", phrases.buffer, phrases.data_from, shown="recvfrom"),
    _Spec("recvmsg", phrases.plain, phrases.data_from),
    _Spec("recvmsg_into", phrases.plain, phrases.data_from, shown="recvmsg"),
    _Spec("shutdown", phrases.direction, phrases.nothing, blocks=False),
    _Spec("setsockopt", phrases.option, phrases.nothing, blocks=False),
    _Spec("_real_close", _how_closed, phrases.nothing, blocks=False, shown="close"),
)


class _Record:
    """One call while it lasts."""

    def __init__(self, spec, sock, args, kwargs, frame):
        self.spec = spec
        self.sock = sock
        self.args = args
        descriptor, self.inode = identity(sock)
        self.number = next(counter)
        self.head = (f'{caller(self.number)},"n":"{spec.shown}","fd":{descriptor},"ino":{self.inode},'
                     f'"a":{quote(spec.described(args, kwargs))}{where(frame)}')
        self.before = ends(sock, self.inode) if spec.asks_first else ""
        if spec.blocks:
            target = text("to", _last(args)) if spec.target else ""
            write(f'"t":"s","ns":{now()}{self.head}{target}{_limit(sock)}')
            self.head = f',"i":{self.number},"pid":{process()}'
        self.start = now()

    def end(self, end, fields):
        """Write the end of the call."""
        target = text("to", _last(self.args)) if self.spec.target else ""
        write(f'"t":"e","ns":{self.start},"end":{end}{self.head}'
              f'{self.before or ends(self.sock, self.inode)}{target}{fields}')


def _traced(spec, original):
    def method(self, *args, **kwargs):
        if family(self) not in INTERNET or getattr(inside, "busy", False):
            return original(self, *args, **kwargs)
        record = _Record(spec, self, args, kwargs, sys._getframe(1))
        inside.busy = spec.nests
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            record.end(now(), text("x", phrases.error_text(error)))
            tidy()
            raise
        finally:
            inside.busy = False
        record.end(now(), spec.finish(args, result))
        if spec.name == "_real_close":
            forget(record.inode)
        return result

    method.__name__ = spec.name
    method.__qualname__ = f"socket.{spec.name}"
    method.__doc__ = getattr(original, "__doc__", None)
    return method


def install():
    """Replace the methods."""
    for spec in _SPECS:
        if hasattr(socket.socket, spec.name):
            setattr(socket.socket, spec.name, _traced(spec, getattr(socket.socket, spec.name)))

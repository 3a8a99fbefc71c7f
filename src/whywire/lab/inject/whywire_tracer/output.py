"""Lines to the trace file: each one JSON object and one write, so a crash loses nothing and processes don't mix.

``t`` is ``p`` (a process began), ``s`` (a call that may block started), ``e`` (a call ended; with all of its fields
where there was no ``s``), ``x`` (the process is about to end). Times are CLOCK_REALTIME in nanoseconds.
"""

import fcntl
import itertools
import os
import sys
import threading
import time

try:
    from _json import encode_basestring_ascii as quote  # the json package takes milliseconds to import
except ImportError:
    from json.encoder import encode_basestring_ascii as quote

now = time.time_ns
process = os.getpid
thread = threading.get_native_id
counter = itertools.count(1)

__all__ = ["begin", "caller", "counter", "hello", "now", "process", "quote", "text", "thread", "write"]


class _File:
    """The open trace file. Its descriptor is a high one, so that the program's own get the numbers they always get."""

    path = ""
    process = 0
    descriptor = -1
    inode = 0


def begin(path):
    """Open the file. Raises OSError."""
    _File.path = path
    _open()


def _open():
    low = os.open(_File.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _File.descriptor = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, _high())
        os.close(low)
    except OSError:
        _File.descriptor = low
    _File.inode = os.fstat(_File.descriptor).st_ino


def _high():
    try:
        import resource
    except ImportError:
        return 200
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(3, (65536 if limit < 0 else min(limit, 65536)) - 16)


def hello():
    """Say that this process is traced."""
    _File.process = process()
    words = getattr(sys, "argv", None) or [""]
    version = ".".join(map(str, sys.version_info[:3]))
    _put(f'"t":"p","ns":{now()},"pid":{process()},"ppid":{os.getppid()},'
         f'"main":{quote(os.path.basename(words[0]))},"python":"{version}"')


def write(fields):
    """Write one line; ``fields`` is the inside of a JSON object."""
    if _File.process != process():  # after a fork; and at the first call, when sys.argv is there
        hello()
    _put(fields)


def _put(fields):
    line = ("{" + fields + "}\n").encode("ascii", "replace")
    try:
        if os.fstat(_File.descriptor).st_ino != _File.inode:  # the program closed it, another file has its number
            raise OSError
        os.write(_File.descriptor, line)
    except OSError:
        _open()
        os.write(_File.descriptor, line)


def text(name, value):
    """Return a field with its leading comma, or nothing where there is no value."""
    return f',"{name}":{quote(value)}' if value else ""


def caller(number):
    """Return the fields that say which call of which process and thread."""
    return f',"i":{number},"pid":{process()},"tid":{thread()}'

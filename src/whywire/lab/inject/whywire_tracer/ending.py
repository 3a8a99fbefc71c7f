"""Sockets that nobody closed: collected with their object, or open when the process ends; and the end itself."""

import atexit
import os
import socket
import sys

from whywire_tracer.frames import where
from whywire_tracer.methods import INTERNET, ends, family, forget, identity, real
from whywire_tracer.output import caller, counter, now, process, write

_real_exit = os._exit
_finalise = real.__del__


class _End:
    """Which process is about to end; a fork has its own end."""

    process = 0


def at_exit():
    """Say that this process is about to end."""
    _End.process = process()
    write(f'"t":"x","ns":{now()}{caller(next(counter))}')


def exit_now(status):
    """Exit to the system with specified status, without normal exit processing."""
    try:
        at_exit()
    except Exception:
        pass
    _real_exit(status)


def collected(self):
    """Close the socket with its object, as the original does, and write it down if it was open."""
    known = None
    try:
        if family(self) in INTERNET and real.fileno(self) >= 0:
            descriptor, inode = identity(self)
            known = ends(self, inode)
            start = now()
    except Exception:  # modules are taken apart while Python ends
        known = None
    _finalise(self)
    if known is None:
        return
    try:
        ending = sys.is_finalizing() or _End.process == process()
        place = "" if ending else where(sys._getframe(1))
        write(f'"t":"e","ns":{start},"end":{now()}{caller(next(counter))},"n":"close","fd":{descriptor},"ino":{inode},'
              f'"a":"{"exit" if ending else "garbage"}"{place}{known}')
        forget(inode)
    except Exception:
        pass


def install():
    """Watch for ends."""
    socket.socket.__del__ = collected
    atexit.register(at_exit)
    os._exit = exit_now

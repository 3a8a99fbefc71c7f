"""Sleeps and waits: `time.sleep`, `select.select`, poll, epoll, and the selectors that asyncio and servers use.

Only those that really wait: with a time limit of 0 they are left out.
"""

import os
import select
import selectors
import sys
import time

from whywire_tracer.frames import tidy, where
from whywire_tracer.output import caller, counter, now, process, quote, text, write
from whywire_tracer.phrases import error_text

_real_sleep = time.sleep
_real_select = select.select


def _record(name, args, seconds, frame, wait, inode=0):
    """Do ``wait`` and write down its start, at once, and its end."""
    number = next(counter)
    until = "" if seconds is None else f',"u":{now() + int(seconds * 1e9)}'
    socket = f',"ino":{inode}' if inode else ""
    write(f'"t":"s","ns":{now()}{caller(number)},"n":"{name}","a":{quote(args)}{socket}{where(frame)}{until}')
    start = now()
    try:
        result = wait()
    except BaseException as error:
        write(f'"t":"e","ns":{start},"end":{now()},"i":{number},"pid":{process()}{text("x", error_text(error))}')
        tidy()
        raise
    end = now()
    write(f'"t":"e","ns":{start},"end":{end},"i":{number},"pid":{process()}{text("r", _found(result))}')
    return result


def _found(result):
    """Return what a wait came to: how many are ready, or that its time was up; a sleep comes to nothing."""
    if result is None:
        return ""
    ready = sum(map(len, result)) if isinstance(result, tuple) else len(result)
    return f"{ready} ready" if ready else "time-out"


def _watched(members):
    """Return (text, inode): how many sockets are waited for, and which when it is one."""
    descriptors = {each if isinstance(each, int) else each.fileno() for each in members}
    if len(descriptors) != 1:
        return f"{len(descriptors)} sockets", 0
    try:
        return "1 socket", os.fstat(descriptors.pop()).st_ino
    except OSError:
        return "1 socket", 0


def _limited(what, seconds):
    return what if seconds is None else f"{what}, {seconds:g} s"


def sleep(seconds, /):
    """Delay execution for a given number of seconds."""
    if not isinstance(seconds, (int, float)) or not seconds > 0:  # the original says what is wrong with it
        return _real_sleep(seconds)
    return _record("sleep", f"{seconds:g}", seconds, sys._getframe(1), lambda: _real_sleep(seconds))


def select_(rlist, wlist, xlist, timeout=None, /):
    """Wait until one or more file descriptors are ready for some kind of I/O."""
    if timeout is not None and not timeout > 0:
        return _real_select(rlist, wlist, xlist, timeout)
    groups = [list(each) for each in (rlist, wlist, xlist)]
    try:
        what, inode = _watched([each for group in groups for each in group])
    except (AttributeError, TypeError, ValueError):  # the original says what is wrong with them
        return _real_select(rlist, wlist, xlist, timeout)
    return _record("select", _limited(what, timeout), timeout, sys._getframe(1),
                   lambda: _real_select(*groups, timeout), inode)


def _traced_selector(kind, name):
    original = kind.select

    def select(self, timeout=None):
        """Wait until some registered file objects are ready, or the time is up."""
        if timeout is not None and not timeout > 0:
            return original(self, timeout)
        what, inode = _watched(self.get_map() or ())
        return _record(name, _limited(what, timeout), timeout, sys._getframe(1),
                       lambda: original(self, timeout), inode)

    kind.select = select


def _traced_poller(name, unit):
    """Replace ``select.poll`` or ``select.epoll``, which can't be changed, by a class that stands for them.

    ``unit`` is that of its time limit, in seconds.
    """
    original = getattr(select, name)

    class Poller:
        """Everything but the wait goes straight to the real object."""

        def __init__(self, *args, **kwargs):
            self._object = original(*args, **kwargs)

        def __getattr__(self, attribute):
            return getattr(self._object, attribute)

        def __enter__(self):
            self._object.__enter__()
            return self

        def __exit__(self, *details):
            return self._object.__exit__(*details)

        def poll(self, *args, **kwargs):
            """Wait for events."""
            timeout = args[0] if args else kwargs.get("timeout")
            seconds = None if timeout is None or timeout < 0 else timeout * unit
            if seconds is not None and not seconds > 0:
                return self._object.poll(*args, **kwargs)
            return _record(name, "" if seconds is None else f"{seconds:g} s", seconds, sys._getframe(1),
                           lambda: self._object.poll(*args, **kwargs))

    Poller.__name__ = Poller.__qualname__ = name
    if hasattr(original, "fromfd"):
        Poller.fromfd = original.fromfd
    setattr(select, name, Poller)


def install():
    """Replace them."""
    for kind, name in (("SelectSelector", "select"), ("PollSelector", "poll"), ("EpollSelector", "epoll")):
        if hasattr(selectors, kind):
            _traced_selector(getattr(selectors, kind), name)
    for name, unit in (("poll", 0.001), ("epoll", 1)):
        if hasattr(select, name):
            _traced_poller(name, unit)
    select_.__name__ = select_.__qualname__ = "select"
    time.sleep = sleep
    select.select = select_

"""Which line of the user's own files a call comes from; and tracebacks in which the tracer does not appear."""

import os
import sys
import threading

from whywire_tracer.output import quote

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PACKAGES = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
_PLUMBING = ("socket.py", "selectors.py", "socketserver.py", "ssl.py", "threading.py")
_NOBODY, _INNER, _LIBRARY, _USER = range(4)

_library = tuple({os.path.dirname(os.path.abspath(module.__file__)) + os.sep for module in (os, threading)})
_sorts = {}


def _sort_of(file):
    """Tell whose a file is: nobody's, the plumbing of the standard library, a library's, the user's."""
    if file.startswith((_OURS, "<frozen")):
        sort = _NOBODY
    elif any(part in file for part in _PACKAGES):
        sort = _LIBRARY
    elif file.startswith(_library):
        sort = _INNER if os.path.basename(file) in _PLUMBING or "asyncio" in file else _LIBRARY
    else:
        sort = _USER
    _sorts[file] = sort
    return sort


def where(frame):
    """Return the innermost frame in a file of the user's, else of a library, as JSON fields."""
    best, best_sort = None, _NOBODY
    while frame is not None:
        file = frame.f_code.co_filename
        sort = _sorts.get(file)
        if sort is None:
            sort = _sort_of(file)
        if sort > best_sort:
            best, best_sort = frame, sort
            if sort == _USER:
                break
        frame = frame.f_back
    if best is None:
        return ""
    file = best.f_code.co_filename
    file = file if file.startswith("<") else os.path.abspath(file)
    return f',"f":{quote(file)},"l":{best.f_lineno or 0},"fn":{quote(best.f_code.co_name)}'


def _is_ours(trace_back):
    return trace_back.tb_frame.f_code.co_filename.startswith(_OURS)


def stripped(trace_back):
    """Unlink our frames from a chain of traceback entries; return its first."""
    while trace_back is not None and _is_ours(trace_back):
        trace_back = trace_back.tb_next
    at = trace_back
    while at is not None and at.tb_next is not None:
        if _is_ours(at.tb_next):
            at.tb_next = at.tb_next.tb_next
        else:
            at = at.tb_next
    return trace_back


def clean(error):
    """Take our frames out of the traceback of an exception, and of those behind it."""
    seen = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is not None and id(error) not in seen:
            seen.add(id(error))
            error.__traceback__ = stripped(error.__traceback__)
            waiting += [error.__cause__, error.__context__]


def tidy():
    """Teach the traceback module to leave our frames out, if it is loaded; called when an error passes through."""
    module = sys.modules.get("traceback")
    if module is None or hasattr(module, "_whywire"):
        return
    module._whywire = True
    original = module.TracebackException.__init__

    def __init__(self, exc_type, exc_value, exc_traceback, *args, **kwargs):
        if isinstance(exc_value, BaseException):
            clean(exc_value)
        original(self, exc_type, exc_value, stripped(exc_traceback), *args, **kwargs)

    module.TracebackException.__init__ = __init__


def install():
    """Put hooks before those that print an exception nobody caught."""
    before, before_thread = sys.excepthook, threading.excepthook

    def excepthook(kind, value, trace_back):
        if isinstance(value, BaseException):
            clean(value)
        before(kind, value, stripped(trace_back))

    def thread_hook(args):
        if args.exc_value is not None:
            clean(args.exc_value)
        before_thread(args)

    sys.excepthook = excepthook
    threading.excepthook = thread_hook

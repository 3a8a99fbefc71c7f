"""Loaded by the Python of a traced program (by PYTHONPATH): writes down its socket calls, sleeps and waits.

One line of JSON for the start of a call that may block, one for its end; a single line for the others. Each is
one write to a file that all processes of the program append to, so a crash loses nothing. `whywire.lab.trace`
reads them. Standard library only, Python 3.8 to 3.14; a program must not notice that this is here: its results,
its descriptors' numbers and its tracebacks stay as they are.
"""

import sys

_HERE = __file__


def _load():
    import os

    path = os.environ.get("WHYWIRE_TRACE")
    if path:
        try:
            _install(path)
        except Exception as error:  # never let the program pay for us
            sys.stderr.write("whywire: this program is not traced: %r\n" % (error,))
    _chain(os)


def _chain(os):
    """Run the sitecustomize that this one stands in front of, if there is one."""
    import importlib.machinery as machinery
    import importlib.util

    here = os.path.dirname(os.path.abspath(_HERE))
    places = [place for place in sys.path if os.path.abspath(place or ".") != here]
    found = machinery.PathFinder.find_spec("sitecustomize", places)
    if found is not None and found.loader is not None:
        module = importlib.util.module_from_spec(found)
        sys.modules["sitecustomize"] = module
        found.loader.exec_module(module)


def _install(path):
    import atexit
    import fcntl
    import itertools
    import os
    import select
    import selectors
    import socket
    import threading
    import time

    try:
        from _json import encode_basestring_ascii as quote
    except ImportError:
        from json.encoder import encode_basestring_ascii as quote

    import _socket

    now = time.time_ns
    counter = itertools.count(1)
    thread = threading.get_native_id
    real = _socket.socket
    family = real.family.__get__
    internet = {int(socket.AF_INET): 1, int(socket.AF_INET6): 1}
    inside = threading.local()
    state = {"pid": 0, "fd": -1}
    opened = {}  # inode -> [local, peer]

    # ---------------------------------------------------------------- writing

    def reopen():
        low = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            import resource

            limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            limit = 1024 if limit < 0 else min(limit, 65536)
        except ImportError:
            limit = 256
        try:
            state["fd"] = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, max(3, limit - 16))
            os.close(low)
        except OSError:
            state["fd"] = low
        state["file"] = os.fstat(state["fd"]).st_ino

    def write(text):
        if state["pid"] != os.getpid():
            hello()
        data = text.encode("ascii", "replace")
        try:
            if os.fstat(state["fd"]).st_ino != state["file"]:  # the program closed it and took its number
                raise OSError
            os.write(state["fd"], data)
        except OSError:
            reopen()
            os.write(state["fd"], data)

    def hello():
        state["pid"] = os.getpid()
        arguments = getattr(sys, "argv", None) or [""]
        text = '{"t":"p","pid":%d,"ppid":%d,"ns":%d,"main":%s,"python":"%d.%d.%d"}\n' % (
            state["pid"], os.getppid(), now(), quote(os.path.basename(arguments[0]) if arguments[0] else ""),
            *sys.version_info[:3])
        if state["fd"] < 0:
            reopen()
        os.write(state["fd"], text.encode("ascii", "replace"))

    # ---------------------------------------------------------------- where in the program

    library = [os.path.dirname(os.__file__) + os.sep]
    for name in ("sysconfig", "site"):
        folder = getattr(sys.modules.get(name), "__file__", None)
        if folder:
            library.append(os.path.dirname(os.path.abspath(folder)) + os.sep)
    library = tuple(set(library))
    packages = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
    plumbing = ("socket.py", "selectors.py", "socketserver.py", "ssl.py", "threading.py")
    sorts = {}  # code object's file -> 0 ours or frozen, 1 plumbing, 2 a library, 3 the user's

    def sort_of(file):
        if file == _HERE or file.startswith("<"):
            sort = 0 if file == _HERE or file.startswith("<frozen") else 3
        elif any(part in file for part in packages):
            sort = 2
        elif file.startswith(library):
            sort = 1 if os.path.basename(file) in plumbing or "asyncio" in file else 2
        else:
            sort = 3
        sorts[file] = sort
        return sort

    def where(frame):
        """Return the innermost frame of the user's own files; else of a library, as JSON fields."""
        best, best_sort = None, 0
        while frame is not None:
            file = frame.f_code.co_filename
            sort = sorts.get(file)
            if sort is None:
                sort = sort_of(file)
            if sort > best_sort:
                best, best_sort = frame, sort
                if sort == 3:
                    break
            frame = frame.f_back
        if best is None:
            return ""
        code = best.f_code
        file = code.co_filename
        return ',"f":%s,"l":%d,"fn":%s' % (
            quote(file if file.startswith("<") else os.path.abspath(file)), best.f_lineno or 0,
            quote(code.co_name))

    # ---------------------------------------------------------------- sockets

    def endpoint(address):
        try:
            host, port = address[0], address[1]
            if host.startswith("::ffff:") and "." in host:
                host = host[7:]
            return ("[%s]:%d" if ":" in host else "%s:%d") % (host, port)
        except Exception:
            return None

    def ask(method, sock):
        try:
            return endpoint(method(sock))
        except (OSError, ValueError):
            return None

    def identity(sock):
        fd = real.fileno(sock)
        try:
            return fd, os.fstat(fd).st_ino if fd >= 0 else 0
        except OSError:
            return fd, 0

    def ends(sock, inode):
        """Return the socket's two endpoints as JSON fields; asked until both are known."""
        known = opened.get(inode)
        if known is None or known[1] is None:
            known = [ask(real.getsockname, sock), ask(real.getpeername, sock)]
            if inode:
                opened[inode] = known
        local, peer = known
        return ((',"lo":%s' % quote(local)) if local else "") + ((',"pe":%s' % quote(peer)) if peer else "")

    def error_text(error):
        return "%s: %s" % (type(error).__name__, error) if str(error) else type(error).__name__

    def wait_limit(sock):
        """Return until when a blocking call may wait, as a JSON field, where the program set a limit."""
        try:
            limit = real.gettimeout(sock)
        except OSError:
            return ""
        return ',"u":%d' % (now() + int(limit * 1e9)) if limit else ""

    # ---------------------------------------------------------------- one traced method

    def trace(name, describe, finish, blocks, shown=None, peer_in=None):
        original = getattr(socket.socket, name)
        shown = shown or name

        def method(self, *args, **kwargs):
            if family(self) not in internet or getattr(inside, "busy", False):
                return original(self, *args, **kwargs)
            fd, inode = identity(self)
            number = next(counter)
            try:
                text = describe(self, args, kwargs)
            except Exception:
                text = ""
            head = ',"i":%d,"pid":%d,"tid":%d,"n":"%s","fd":%d,"ino":%d,"a":%s%s%s' % (
                number, os.getpid(), thread(), shown, fd, inode, quote(text), where(sys._getframe(1)),
                wait_limit(self) if blocks else "")
            before = ends(self, inode) if name in ("_real_close", "shutdown") else ""
            start = now()
            if blocks:
                write('{"t":"s","ns":%d%s}\n' % (start, head))
                head = ',"i":%d,"pid":%d' % (number, os.getpid())
                start = now()
            if name in nested:
                inside.busy = True
            try:
                result = original(self, *args, **kwargs)
            except BaseException as error:
                end = now()
                tail = ',"x":%s' % quote(error_text(error))
                peer = endpoint(peer_in(args)) if peer_in else None
                write('{"t":"e","ns":%d,"end":%d%s%s%s%s}\n' % (
                    start, end, head, before or ends(self, inode), tail,
                    ',"to":%s' % quote(peer) if peer else ""))
                tidy(error)
                raise
            finally:
                if name in nested:
                    inside.busy = False
            end = now()
            extra = finish(self, args, kwargs, result)
            if peer_in and ',"to"' not in extra:
                peer = endpoint(peer_in(args))
                extra += ',"to":%s' % quote(peer) if peer else ""
            write('{"t":"e","ns":%d,"end":%d%s%s%s}\n' % (
                start, end, head, before or ends(self, inode), extra))
            if name == "_real_close":
                opened.pop(inode, None)
            return result

        for attribute in ("__doc__", "__module__"):
            try:
                setattr(method, attribute, getattr(original, attribute, None))
            except Exception:
                pass
        method.__name__ = name
        method.__qualname__ = "socket." + name
        setattr(socket.socket, name, method)

    nested = ("sendfile",)

    def size(data):
        return memoryview(data).nbytes

    def count(amount):
        return "%d byte%s" % (amount, "" if amount == 1 else "s")

    def moved(amount):
        return ',"b":%d,"r":"%s"' % (amount, count(amount))

    def first(self, args, kwargs):
        return ", ".join([repr(each) for each in args] + ["%s=%r" % pair for pair in kwargs.items()])[:120]

    def payload(self, args, kwargs):
        return ", ".join([count(size(args[0]))] + [repr(each) for each in args[1:]])[:120]

    def buffer(self, args, kwargs):
        return "%s buffer" % count(args[1] if len(args) > 1 and args[1] else size(args[0]))

    def parts(self, args, kwargs):
        return "%d parts" % len(args[0]) if hasattr(args[0], "__len__") else ""

    def nothing(self, args, kwargs, result):
        return ""

    def taken(self, args, kwargs, result):
        return moved(result)

    def all_taken(self, args, kwargs, result):
        return moved(size(args[0]))

    def got(self, args, kwargs, result):
        return moved(len(result))

    def got_in(self, args, kwargs, result):
        return moved(result)

    def got_pair(self, args, kwargs, result):
        amount = result[0] if isinstance(result[0], int) else len(result[0])
        peer = endpoint(result[-1]) if result[-1] else None
        return moved(amount) + (',"to":%s' % quote(peer) if peer else "")

    def accepted(self, args, kwargs, result):
        sock = result[0]
        inode = identity(sock)[1]
        peer = endpoint(result[1])
        return ',"ai":%d,"r":%s%s' % (inode, quote(repr(result[1])), ends(sock, inode).replace(
            '"lo"', '"alo"').replace('"pe"', '"ape"')) if peer else ""

    def connected_ex(self, args, kwargs, result):
        return ',"x":%s' % quote(error_text(OSError(result, os.strerror(result)))) if result else ""

    directions = {0: "read", 1: "write", 2: "both"}

    def way(self, args, kwargs):
        return directions.get(int(args[0]), "")

    def close_how(self, args, kwargs):
        return "garbage" if getattr(inside, "garbage", False) else "call"

    def option(self, args, kwargs):
        level, key = int(args[0]), int(args[1])
        prefix = {socket.SOL_SOCKET: "SO_", socket.IPPROTO_TCP: "TCP_", socket.IPPROTO_IP: "IP_"}.get(level)
        names = [each for each in dir(socket) if prefix and each.startswith(prefix)
                 and not each.startswith(("SO_J1939_", "SO_VM_")) and getattr(socket, each) == key]
        value = args[2] if len(args) > 2 else None
        if isinstance(value, (bytes, bytearray)) and prefix == "SO_" and key == socket.SO_LINGER:
            import struct

            value = "on %s, %d s" % struct.unpack("ii", value)
        return "%s = %s" % (names[0] if names else "%d/%d" % (level, key), value)

    def last(args):
        return args[-1] if args and isinstance(args[-1], tuple) else None

    trace("connect", first, nothing, True, peer_in=last)
    trace("connect_ex", first, connected_ex, True, shown="connect", peer_in=last)
    trace("accept", first, accepted, True)
    trace("bind", first, nothing, False)
    trace("listen", first, nothing, False)
    trace("send", payload, taken, True)
    trace("sendall", payload, all_taken, True)
    trace("sendto", payload, taken, True, peer_in=last)
    trace("sendmsg", parts, taken, True)
    trace("sendfile", first, taken, True)
    trace("recv", first, got, True)
    trace("recv_into", buffer, got_in, True)
    trace("recvfrom", first, got_pair, True)
    trace("recvfrom_into", buffer, got_pair, True, shown="recvfrom")
    trace("recvmsg", first, got_pair, True)
    trace("recvmsg_into", first, got_pair, True, shown="recvmsg")
    trace("shutdown", way, nothing, False)
    trace("setsockopt", option, nothing, False)
    trace("_real_close", close_how, nothing, False, shown="close")

    # ---------------------------------------------------------------- waits

    def waiting(name, original, text, seconds, inode, frame, call):
        number = next(counter)
        until = ',"u":%d' % (now() + int(seconds * 1e9)) if seconds is not None else ""
        write('{"t":"s","ns":%d,"i":%d,"pid":%d,"tid":%d,"n":"%s","a":%s%s%s%s}\n' % (
            now(), number, os.getpid(), thread(), name, quote(text), ',"ino":%d' % inode if inode else "",
            where(frame), until))
        start = now()
        try:
            result = call()
        except BaseException as error:
            write('{"t":"e","ns":%d,"end":%d,"i":%d,"pid":%d,"x":%s}\n' % (
                start, now(), number, os.getpid(), quote(error_text(error))))
            tidy(error)
            raise
        end = now()
        ready = ""
        if name != "sleep":
            found = sum(map(len, result)) if isinstance(result, tuple) else len(result)
            ready = ',"r":"%s"' % ("%d ready" % found if found else "time-out")
        write('{"t":"e","ns":%d,"end":%d,"i":%d,"pid":%d%s}\n' % (start, end, number, os.getpid(), ready))
        return result

    real_sleep = time.sleep

    def sleep(seconds, /):
        """Delay execution for a given number of seconds."""
        if not seconds > 0:
            return real_sleep(seconds)
        return waiting("sleep", real_sleep, "%g" % seconds, seconds, 0, sys._getframe(1),
                       lambda: real_sleep(seconds))

    def limit_text(what, seconds):
        return what if seconds is None else "%s, %g s" % (what, seconds)

    def only(*groups):
        """Return the inode when exactly one socket is waited for."""
        members = {each if isinstance(each, int) else each.fileno() for group in groups for each in group}
        if len(members) != 1:
            return 0, len(members)
        try:
            return os.fstat(members.pop()).st_ino, 1
        except OSError:
            return 0, 1

    def plural(amount):
        return "%d socket%s" % (amount, "" if amount == 1 else "s")

    real_select = select.select

    def traced_select(rlist, wlist, xlist, timeout=None, /):
        """Wait until one or more file descriptors are ready for some kind of I/O."""
        if timeout is not None and not timeout > 0:
            return real_select(rlist, wlist, xlist, timeout)
        try:
            inode, amount = only(rlist, wlist, xlist)
        except Exception:
            return real_select(rlist, wlist, xlist, timeout)
        return waiting("select", real_select, limit_text(plural(amount), timeout), timeout, inode,
                       sys._getframe(1), lambda: real_select(rlist, wlist, xlist, timeout))

    def traced_selector(kind, name):
        original = kind.select

        def selector_select(self, timeout=None):
            if timeout is not None and not timeout > 0:
                return original(self, timeout)
            inode, amount = only(list(self.get_map() or ()))
            return waiting(name, original, limit_text(plural(amount), timeout), timeout, inode,
                           sys._getframe(1), lambda: original(self, timeout))

        selector_select.__name__ = selector_select.__qualname__ = "select"
        kind.select = selector_select

    def traced_factory(name, milliseconds):
        original = getattr(select, name)

        class Waiter:
            """Stands for a poll or epoll object: everything but the wait goes straight through."""

            def __init__(self, *args, **kwargs):
                self.__dict__["_object"] = original(*args, **kwargs)

            def __getattr__(self, attribute):
                return getattr(self.__dict__["_object"], attribute)

            def __enter__(self):
                self._object.__enter__()
                return self

            def __exit__(self, *details):
                return self._object.__exit__(*details)

            def poll(self, *args, **kwargs):
                timeout = args[0] if args else kwargs.get("timeout")
                seconds = None if timeout is None or timeout < 0 else timeout * milliseconds
                if seconds is not None and not seconds > 0:
                    return self._object.poll(*args, **kwargs)
                return waiting(name, None, limit_text("", seconds), seconds, 0, sys._getframe(1),
                               lambda: self._object.poll(*args, **kwargs))

        Waiter.__name__ = Waiter.__qualname__ = name
        if isinstance(original, type):
            Waiter.fromfd = original.fromfd
        setattr(select, name, Waiter)

    for kind, name in (("SelectSelector", "select"), ("PollSelector", "poll"), ("EpollSelector", "epoll")):
        if hasattr(selectors, kind):
            traced_selector(getattr(selectors, kind), name)
    for name, milliseconds in (("poll", 0.001), ("epoll", 1)):
        if hasattr(select, name):
            traced_factory(name, milliseconds)
    time.sleep = sleep
    select.select = traced_select

    # ---------------------------------------------------------------- the end of a socket, of a process

    base_del = real.__del__

    def __del__(self):  # noqa: N807
        try:
            collected = family(self) in internet and real.fileno(self) >= 0
            if collected:
                fd, inode = identity(self)
                known = ends(self, inode)
                start = now()
        except Exception:
            collected = False
        base_del(self)
        if collected:
            try:
                how = "exit" if sys.is_finalizing() or state.get("ending") == os.getpid() else "garbage"
                write('{"t":"e","ns":%d,"end":%d,"i":%d,"pid":%d,"tid":%d,"n":"close","fd":%d,"ino":%d,"a":"%s"%s%s}\n'
                      % (start, now(), next(counter), os.getpid(), thread(), fd, inode, how,
                         where(sys._getframe(1)) if how == "garbage" else "", known))
                opened.pop(inode, None)
            except Exception:
                pass

    socket.socket.__del__ = __del__

    def at_exit():
        state["ending"] = os.getpid()
        write('{"t":"x","ns":%d,"i":%d,"pid":%d,"tid":%d}\n' % (now(), next(counter), os.getpid(), thread()))

    real_exit = os._exit

    def _exit(status):
        """Exit to the system with specified status, without normal exit processing."""
        try:
            at_exit()
        except Exception:
            pass
        real_exit(status)

    atexit.register(at_exit)
    os._exit = _exit

    # ---------------------------------------------------------------- tracebacks without us

    def strip(trace_back):
        """Unlink our frames from a chain of traceback entries; return its first."""
        while trace_back is not None and trace_back.tb_frame.f_code.co_filename == _HERE:
            trace_back = trace_back.tb_next
        at = trace_back
        while at is not None and at.tb_next is not None:
            if at.tb_next.tb_frame.f_code.co_filename == _HERE:
                at.tb_next = at.tb_next.tb_next
            else:
                at = at.tb_next
        return trace_back

    def clean(error, seen=None):
        seen = set() if seen is None else seen
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            error.__traceback__ = strip(error.__traceback__)
            clean(error.__cause__, seen)
            error = error.__context__

    def tidy(error):
        """Teach an already loaded traceback module to leave our frames out."""
        module = sys.modules.get("traceback")
        if module is None or getattr(module, "_whywire", False):
            return
        module._whywire = True
        original = module.TracebackException.__init__

        def __init__(self, exc_type, exc_value, exc_traceback, *args, **kwargs):  # noqa: N807
            if isinstance(exc_value, BaseException):
                clean(exc_value)
            original(self, exc_type, exc_value, strip(exc_traceback), *args, **kwargs)

        module.TracebackException.__init__ = __init__

    before_hook = sys.excepthook

    def excepthook(kind, value, trace_back):
        if isinstance(value, BaseException):
            clean(value)
        before_hook(kind, value, strip(trace_back))

    sys.excepthook = excepthook
    before_thread_hook = getattr(threading, "excepthook", None)
    if before_thread_hook is not None:

        def thread_hook(args):
            if args.exc_value is not None:
                clean(args.exc_value)
            before_thread_hook(args)

        threading.excepthook = thread_hook

    hello()


_load()

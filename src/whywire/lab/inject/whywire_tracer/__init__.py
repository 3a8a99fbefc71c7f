"""The tracer: writes down a Python program's socket calls, sleeps and waits, from inside.

``output``      lines to the trace file
``frames``      which line of the user's program; tracebacks without us
``phrases``     arguments and results as text
``methods``     the methods of `socket.socket`
``waits``       sleep, select, poll, epoll
``ending``      sockets that are collected, processes that end

Standard library only, Python 3.8 to 3.14. A program must not notice it: results, descriptor numbers and tracebacks
stay as they are. `whywire.lab.trace` reads what it writes.
"""


def install(path):
    """Replace what is traced; ``path`` is the file that all processes of the program append to."""
    from whywire_tracer import ending, frames, methods, output, waits

    output.begin(path)
    methods.install()
    waits.install()
    ending.install()
    frames.install()
    output.hello()

"""Arguments and results of socket calls as a reader wants to see them, and as JSON fields."""

import os
import socket
import struct

from whywire_tracer.output import quote, text

_LIMIT = 120
_DIRECTIONS = {socket.SHUT_RD: "read", socket.SHUT_WR: "write", socket.SHUT_RDWR: "both"}
_PREFIXES = {socket.SOL_SOCKET: "SO_", socket.IPPROTO_TCP: "TCP_", socket.IPPROTO_IP: "IP_"}
_NOT_SOCKET = ("SO_J1939_", "SO_VM_", "IP_DEFAULT_")


def count(amount):
    """Return ``1 byte``, ``5 bytes``."""
    return f"{amount} byte{'' if amount == 1 else 's'}"


def size(data):
    """Return how many bytes a bytes-like object holds."""
    return memoryview(data).nbytes


def endpoint(address):
    """Return an address of the socket module as ``10.0.0.1:80``, or None; IPv4 in IPv6 as IPv4, as on the wire."""
    try:
        host, port = address[0], address[1]
        host = host[7:] if host.startswith("::ffff:") and "." in host else host
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    except (TypeError, IndexError, AttributeError):
        return None


def error_text(error):
    """Return ``ConnectionResetError: [Errno 104] Connection reset by peer``."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


# arguments: (args, kwargs) -> text


def plain(args, kwargs):
    """All arguments as Python writes them."""
    return ", ".join([repr(each) for each in args] + [f"{name}={value!r}" for name, value in kwargs.items()])[:_LIMIT]


def payload(args, kwargs):
    """How many bytes are to be sent; they themselves are in the packets."""
    return ", ".join([count(size(args[0])), *map(repr, args[1:])])[:_LIMIT]


def buffer(args, kwargs):
    """How many bytes may be received."""
    return f"{count(args[1] if len(args) > 1 and args[1] else size(args[0]))} buffer"


def parts(args, kwargs):
    """How many buffers are to be sent."""
    return f"{len(args[0])} parts" if hasattr(args[0], "__len__") else ""


def direction(args, kwargs):
    """Which half a shutdown closes."""
    return _DIRECTIONS.get(int(args[0]), "")


def option(args, kwargs):
    """``SO_REUSEADDR = 1``; a linger option taken apart."""
    level, key = int(args[0]), int(args[1])
    prefix = _PREFIXES.get(level)
    names = [name for name in dir(socket) if prefix and name.startswith(prefix)
             and not name.startswith(_NOT_SOCKET) and getattr(socket, name) == key]
    value = args[2] if len(args) > 2 else None
    if isinstance(value, (bytes, bytearray)) and names[:1] == ["SO_LINGER"] and len(value) == 8:
        value = "on {}, {} s".format(*struct.unpack("ii", value))
    return f"{names[0] if names else f'{level}/{key}'} = {value}"


# results: (args, result) -> JSON fields


def nothing(args, result):
    """The result says nothing."""
    return ""


def _moved(amount):
    return f',"b":{amount},"r":"{count(amount)}"'


def number(args, result):
    """The result is how many bytes moved."""
    return _moved(result)


def everything(args, result):
    """All that was given has been taken."""
    return _moved(size(args[0]))


def data(args, result):
    """The result is the bytes."""
    return _moved(len(result))


def data_from(args, result):
    """The result is the bytes, or how many, and last from whom."""
    amount = result[0] if isinstance(result[0], int) else len(result[0])
    return _moved(amount) + text("to", endpoint(result[-1]) if result[-1] else None)


def error_number(args, result):
    """The result is an errno, 0 for success."""
    return f',"x":{quote(error_text(OSError(result, os.strerror(result))))}' if result else ""

"""The call lines of a ladder as `Call` records."""

from __future__ import annotations

import re
from dataclasses import replace

from whywire.base.records import Call
from whywire.capture.plan import Connection, Plan
from whywire.ladder.records import CALL, ENDED, CallLine
from whywire.ladder.scanner import LadderError

_SENDS = frozenset(("send", "sendall", "sendto", "sendmsg", "sendfile"))
_RECEIVES = frozenset(("recv", "recv_into", "recvfrom", "recvmsg"))
_LISTENING = frozenset(("bind", "listen", "accept"))
_WITHOUT_SOCKET = frozenset(("sleep", "exit", "select", "poll", "epoll"))
_COUNT = re.compile(r"([0-9]+)(?: bytes?)?")


class CallCompiler:
    """Takes call lines in order, each with its time; gives `calls`."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._calls: list[Call] = []
        self._open: list[tuple[CallLine, int]] = []  # a started call, and its index in _calls
        self._sockets: dict[tuple[str, str], int] = {}
        self._current: dict[str, Connection] = {}  # host -> the connection it opened or accepted last
        self._used: set[tuple[str, str]] = set()  # host, tag: this end was opened or accepted
        self._accepts: dict[int, Connection] = {}  # number of an accept -> what it takes from the queue

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls so far, by start."""
        return tuple(self._calls)

    def add(self, line: CallLine, time_ns: int) -> None:
        """Take a line. Raises LadderError for the end of a call that has not begun, or for an unknown tag."""
        if line.phase == ENDED:
            self._end(line, time_ns)
            return
        end_ns = time_ns + (line.takes_ns or 0) if line.phase == CALL else None
        program = self._plan.programs.get(line.host)
        pid = line.pid if line.pid is not None else program.pid if program else None
        pid = 1000 + self._plan.number(line.host) if pid is None else pid
        call = Call(len(self._calls) + 1, line.host, line.program or (program.name if program else line.host), pid,
                    pid if line.tid is None else line.tid, line.name, time_ns, end_ns, args=line.args)
        if line.phase != CALL:
            self._open.append((line, len(self._calls)))
        self._calls.append(self._finished(self._placed(call, line), line))

    def _end(self, line: CallLine, time_ns: int) -> None:
        for place, (start, index) in enumerate(self._open):
            if (start.host, start.name) == (line.host, line.name) and line.tag in (None, start.tag):
                del self._open[place]
                ended = replace(self._calls[index], end_ns=time_ns)
                self._calls[index] = self._finished(ended, line)
                return
        raise LadderError(line.line, 0, f"no {line.name} of {line.host} is open that could end here")

    def _placed(self, call: Call, line: CallLine) -> Call:
        """Add the socket and its ends."""
        if line.name in _WITHOUT_SOCKET:
            return call
        connection = self._connection(line)
        if connection is not None and line.name == "accept":
            self._accepts[call.number] = connection
        if line.listening or line.name in _LISTENING:
            served = [each for each in self._plan.connections if each.server == line.host]
            local = f"0.0.0.0:{served[0].server_port}" if served else None
            return replace(call, socket=self._socket(line.host, "listening"), local=local)
        if connection is None:
            return replace(call, socket=self._socket(line.host, line.tag or "none"))
        return replace(call, socket=self._socket(line.host, connection.tag),
                       local=self._plan.endpoint(connection, line.host),
                       peer=self._plan.endpoint(connection, connection.other(line.host)))

    def _connection(self, line: CallLine) -> Connection | None:
        """Return the connection a call is made on; without a tag the one that its host opened last."""
        mine = [each for each in self._plan.connections if line.host in (each.client, each.server)]
        found: Connection | None
        if line.tag is not None:
            found = self._plan.tagged(line.tag, line.line)
            if found not in mine:
                raise LadderError(line.line, 0, f"{line.host} is no end of {line.tag}")
        elif line.name in ("connect", "accept"):
            side = [each for each in mine if line.host == (each.client if line.name == "connect" else each.server)]
            fresh = [each for each in side if (line.host, each.tag) not in self._used]
            found = next(iter(fresh or side or mine), None)
        else:
            found = self._current.get(line.host) or next(iter(mine), None)
        if found is not None and line.name in ("connect", "accept"):
            self._used.add((line.host, found.tag))
            if line.name == "connect":
                self._current[line.host] = found
        return found

    def _socket(self, host: str, key: str) -> int:
        return self._sockets.setdefault((host, key), len(self._sockets) + 1)

    def _finished(self, call: Call, line: CallLine) -> Call:
        """Add what the line says, and what is known once the call has ended."""
        call = replace(call, result=line.result or call.result, error=line.error or call.error,
                       fd=call.fd if line.fd is None else line.fd, file=line.file or call.file,
                       line=line.lineno or call.line, function=line.function or call.function,
                       source=line.source or call.source, how=line.how or call.how or _how(call))
        if call.end_ns is None or call.error is not None:
            return call
        if call.name == "accept":
            connection = self._accepts.get(call.number)
            if connection is not None:
                self._current[call.host] = connection
                call = replace(call, accepted=self._socket(call.host, connection.tag),
                               local=self._plan.endpoint(connection, call.host),
                               peer=self._plan.endpoint(connection, connection.other(call.host)))
        moved = _moved(call) if line.byte_count is None else line.byte_count
        return replace(call, byte_count=moved)


def _how(call: Call) -> str | None:
    if call.name == "close":
        return "call"
    if call.name == "shutdown":
        return {"SHUT_RD": "read", "SHUT_WR": "write", "SHUT_RDWR": "both"}.get(call.args, call.args or None)
    return None


def _moved(call: Call) -> int | None:
    """Return the payload bytes that a call moved: its result; for a sendall, which returns None, its argument."""
    if call.name not in _SENDS | _RECEIVES:
        return None
    match = _COUNT.fullmatch(call.result or "")
    if match is None and call.name in _SENDS:
        match = _COUNT.match(call.args)
    return int(match[1]) if match else None

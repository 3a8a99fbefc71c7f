"""A story's records as one JSON object. A field keeps its name and meaning once it is there; new ones are added freely.

``null`` is "not known", never 0; ``exchanges``, ``use``, ``links`` and ``findings`` are null where nobody
asked. Beyond the fields that the format began with: ``problems``, ``run``, ``other_calls``, ``links``; in a connection
``use``, ``vantage``, ``ends``, ``segment_size``, ``window_scaling``, ``pauses``, ``waits``, ``calls``, ``beliefs``;
in a packet its time, arrival, loss, numbers, what it acknowledges and carries, ``notes``, and in its cause ``because``,
``or``, ``decides``. Times are integer nanoseconds since 1970; positions are relative; ``why`` is the statement's code.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

from whywire import __version__
from whywire.report.exchanges import exchanges_of, link_of, use_of
from whywire.story import connection_rows, ending_texts
from whywire.story.document import PacketRow, Statement, Story
from whywire.story.packet import row_text
from whywire.story.records import Call, Cause, Connection, End, Finding, Pause, RunFacts, Segment, Wait

Object = dict[str, Any]


def render(story: Story) -> str:
    """Return the story's records as JSON text, ending with a line break."""
    return "".join(pieces(story))


def pieces(story: Story) -> Iterator[str]:
    """Yield the text of `render` in pieces, so that it never lies in memory whole."""
    from json import JSONEncoder

    encode = JSONEncoder(indent=2, ensure_ascii=True).encode
    before = "{"
    for name, value in _fields(story):
        yield f"{before}\n  {encode(name)}: "
        before = ","
        if isinstance(value, Iterator):
            yield from _listed(encode(item) for item in value)
        else:
            yield encode(value).replace("\n", "\n  ")
    yield "\n}\n"


def _listed(items: Iterator[str]) -> Iterator[str]:
    """Yield a list of the outermost object. A text has no line break of its own in JSON."""
    before = "["
    for item in items:
        yield f"{before}\n    " + item.replace("\n", "\n    ")
        before = ","
    yield "[]" if before == "[" else "\n  ]"


def as_object(story: Story) -> Object:
    """Return the story's records as plain dicts, lists, numbers and strings."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in _fields(story)}


def _fields(story: Story) -> Iterator[tuple[str, Any]]:
    """Yield the fields of the outermost object; of long lists an iterator."""
    account, exchanges = story.account, story.exchanges
    yield from {
        "whywire": __version__,
        "file": account.name,
        "view": account.view,
        "packets": account.packets,
        "tcp_packets": account.tcp_packets,
        "first_ns": account.first_ns,
        "last_ns": account.last_ns,
        "skipped": [{"reason": item.reason, "packets": item.packets} for item in account.skipped],
        "problems": list(account.problems),
        "run": None if account.run is None else _run(account.run),
        "connections": (_connection(story, connection) for connection in story.connections),
        "packets_explained": _packets(story),
        "other_calls": (_call(call) for call in account.other_calls),
        "links": None if exchanges is None else (link_of(link) for link in exchanges.links),
        "findings": None if story.findings is None else (_finding(finding) for finding in story.findings),
    }.items()


def _packets(story: Story) -> Iterator[Object]:
    """Yield the packets of all connections by number. The rows of a connection are made from its first packet on."""
    connections = story.connections
    count = len(connections)
    order = array("q", sorted(segment.packet * count + at for at, connection in enumerate(connections)
                              for segment in connection.segments))
    rows: dict[int, Iterator[PacketRow]] = {}
    for place in order:
        number, at = divmod(place, count)
        connection = connections[at]
        if at not in rows:
            rows[at] = connection_rows(story, connection)
        row = next(rows[at])
        if number == connection.segments[-1].packet:
            del rows[at]
        if story.packet in (None, number):
            yield _packet(connection, row)


def _finding(finding: Finding) -> Object:
    return {
        "code": finding.code, "name": finding.name, "level": finding.level.word, "certainty": finding.certainty.value,
        "connection": None if finding.connection is None else f"c{finding.connection}", "packet": finding.packet,
        "because": [str(ref) for ref in finding.because], "count": finding.count, "text": finding.text,
    }


def _run(run: RunFacts) -> Object:
    return {
        "name": run.name, "title": run.title, "delay_ns": run.delay_ns, "rate_bits": run.rate_bits,
        "ended": run.ended, "tier": run.tier, "notes": list(run.notes),
        "programs": [{"host": program.host, "address": program.address, "command": program.command,
                      "name": program.name, "exit_code": program.exit_code, "signal": program.signal,
                      "output": program.output} for program in run.programs],
    }


def _connection(story: Story, connection: Connection) -> Object:
    opening = connection.opening
    client, server = connection.client, connection.server
    vantage = connection.vantage
    return {
        "id": f"c{connection.number}",
        "client": client.endpoint,
        "server": server.endpoint,
        "roles": connection.roles,
        "first_packet": connection.first_packet,
        "last_packet": connection.last_packet,
        "packets": connection.packets,
        "isn": {"client": client.isn, "server": server.isn},
        "open": {"kind": opening.kind.value, "syn_to_synack_ns": opening.syn_to_synack_ns,
                 "synack_to_ack_ns": opening.synack_to_ack_ns, "syn": opening.syn, "syn_ack": opening.syn_ack,
                 "third": opening.third},
        "bytes": {"client": client.bytes, "server": server.bytes},
        "data_segments": {"client": client.data_segments, "server": server.data_segments},
        "close": _close(story, connection),
        "history": connection.history,
        "exchanges": exchanges_of(story.exchanges, connection.number),
        "use": use_of(story.exchanges, connection.number),
        "vantage": {"place": vantage.place, "certainty": vantage.certainty.value, "why": vantage.reason.why.value},
        "segment_size": connection.segment_size,
        "window_scaling": connection.scaling,
        "ends": {"client": _end(client), "server": _end(server)},
        "pauses": [_pause(pause) for pause in connection.pauses],
        "waits": [_wait(wait) for wait in connection.waits],
        "calls": [_call(call) for call in connection.calls],
        "beliefs": [belief.why.value for belief in connection.beliefs],
    }


def _end(end: End) -> Object:
    return {"host": end.host, "program": end.program, "mss": end.mss, "window_scale": end.window_scale,
            "sack_permitted": end.sack_permitted, "timestamps": end.timestamps, "state": end.state}


def _close(story: Story, connection: Connection) -> Object:
    closing = connection.closing
    cause = closing.cause
    text = ending_texts(story, connection)
    return {
        "kind": closing.kind.value,
        "half_close": closing.half_close,
        "first": closing.first,
        "fins": [{"packet": mark.packet, "from": mark.sender.value} for mark in closing.fins],
        "rsts": [{"packet": mark.packet, "from": mark.sender.value} for mark in closing.rsts],
        "time_wait": closing.time_wait,
        "cause": {
            "kind": closing.cause_kind,
            "or": list(closing.others),
            "certainty": None if cause is None else cause.certainty.value,
            "packet": closing.packet,
            "text": text,
            "why": None if cause is None else cause.reason.why.value,
        },
    }


def _packet(connection: Connection, row: PacketRow) -> Object:
    segment = row.segment
    return {
        "packet": segment.packet,
        "connection": f"c{connection.number}",
        "from": segment.sender.value,
        "kinds": list(segment.kinds),
        "text": row_text(row),
        "cause": _cause(segment.cause, row.why),
        "time_ns": segment.time_ns if segment.time_ns >= 0 else None,
        "arrival_ns": segment.arrival_ns,
        "lost": segment.lost,
        "flags": segment.flags,
        "seq": segment.seq,
        "ack": segment.ack,
        "length": segment.length,
        "raw_seq": segment.raw_seq,
        "raw_ack": segment.raw_ack if segment.flags & 16 else None,
        "window": segment.window,
        "window_scaled": segment.window_scaled,
        "acknowledges": _step(segment),
        "carries": [{"call": f"k{share.call}", "start": share.start, "end": share.end} for share in segment.shares],
        "rtt_ns": segment.rtt_ns,
        "in_flight": segment.in_flight,
        "sack": [list(block) for block in segment.sack],
        "notes": [_note(note) for note in row.notes],
    }


def _step(segment: Segment) -> Object | None:
    step = segment.ack_step
    if step is None:
        return None
    return {"before": step.before, "after": step.after, "syn": step.syn, "data": step.data, "fin": step.fin,
            "packets": list(step.segments)}


def _note(note: Statement) -> Object:
    why = None if note.reason is None else note.reason.why.value
    return {"why": why, "text": note.text, "certainty": note.certainty}


def _cause(cause: Cause, why: Statement | None = None) -> Object:
    found: Object = {
        "kind": cause.kind.value,
        "ref": None if cause.ref is None else str(cause.ref),
        "certainty": None if cause.kind.value == "unknown" and not cause.others and cause.certainty.value == "likely"
        else cause.certainty.value,
        "why": cause.reason.why.value,
        "because": [str(ref) for ref in cause.reason.refs],
        "or": [other.why.value for other in cause.others],
        "decides": None if cause.decides is None else cause.decides.why.value,
    }
    if why is not None:
        found["text"] = why.text
        found["or_text"] = list(why.others)
    return found


def _pause(pause: Pause) -> Object:
    return {"after": pause.after, "before": pause.before, "start_ns": pause.start_ns, "end_ns": pause.end_ns,
            "cause": _cause(pause.cause)}


def _wait(wait: Wait) -> Object:
    return {"call": f"k{wait.call}", "side": wait.side.value, "blocked_ns": wait.blocked_ns,
            "cause": _cause(wait.cause)}


def _call(call: Call) -> Object:
    return {
        "id": f"k{call.number}", "host": call.host, "program": call.program, "pid": call.pid, "tid": call.tid,
        "name": call.name, "args": call.args, "result": call.result, "error": call.error,
        "bytes": call.byte_count, "how": call.how,
        "start_ns": call.start_ns, "end_ns": call.end_ns, "socket": call.socket,
        "local": call.local, "peer": call.peer,
        "file": call.file, "line": call.line, "function": call.function, "source": call.source,
    }

"""`Ladder` -> its one canonical text: `parse` gives the same ladder back. Columns are as wide as they need to be."""

from __future__ import annotations

from whywire.ladder.parse_call import RESULT, balanced
from whywire.ladder.quoting import quote, quote_bytes, seconds
from whywire.ladder.records import (
    CALL,
    ENDED,
    STARTED,
    AtLine,
    CallLine,
    Comment,
    ConnectionLine,
    HostLine,
    Ladder,
    Line,
    Option,
    PacketLine,
    ProgramLine,
)

_WIDEST = 24
"""A field wider than this pushes its own line aside and not all others."""


def to_text(ladder: Ladder) -> str:
    """Return the text of a ladder; it ends with a newline unless it is empty."""
    cells = {index: _cells(line) for index, line in enumerate(ladder.lines) if isinstance(line, PacketLine)}
    widths = [max((len(row[column]) for row in cells.values() if len(row[column]) <= _WIDEST), default=0)
              for column in range(5)]
    times = [_time(line) for line in ladder.lines]
    margin = max(map(len, times), default=0)
    written = []
    for index, (line, time) in enumerate(zip(ladder.lines, times, strict=True)):
        if isinstance(line, PacketLine):
            row = [cell.ljust(width) for cell, width in zip(cells[index], widths, strict=False) if width or cell]
            text = f"{time:{margin}} {' '.join([*row, *cells[index][5:]])}"
        elif isinstance(line, CallLine):
            text = f"{time:{margin}} {_call(line)}"
        else:
            text = _declaration(line)
        if not isinstance(line, Comment) and line.comment is not None:
            text = f"{text.rstrip()}  # {_comment(line.comment)}"
        written.append(text.rstrip() + "\n")
    return "".join(written)


def _time(line: Line) -> str:
    if not isinstance(line, PacketLine | CallLine) or line.delta_ns is None:
        return ""
    return ("" if line.delta_ns < 0 else "+") + seconds(line.delta_ns)


def _comment(text: str) -> str:
    """Return a comment as one line that any encoding can hold."""
    return text.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace").decode()


def _declaration(line: Line) -> str:
    if isinstance(line, Comment):
        return f"# {_comment(line.text)}"
    if isinstance(line, HostLine):
        return f"host {line.name} {line.address}"
    if isinstance(line, ConnectionLine):
        text = f"connection {line.tag} {line.client}:{line.client_port} > {line.server}:{line.server_port}"
        if line.client_isn is None and line.server_isn is None:
            return text
        isns = ("*" if isn is None else str(isn) for isn in (line.client_isn, line.server_isn))
        return f"{text} isn {' '.join(isns)}"
    if isinstance(line, ProgramLine):
        return f"program {line.host} {_bare(line.name)}" + ("" if line.pid is None else f" pid {line.pid}")
    if isinstance(line, AtLine):
        return f"at {line.host}"
    assert not isinstance(line, PacketLine | CallLine)
    return f"start {seconds(line.time_ns)}"


def _cells(line: PacketLine) -> list[str]:
    """Return the parts of a packet line: who, flags, numbers, ack, window, and the rest as one."""
    ports = "" if line.sender_port is None else f":{line.sender_port}", \
            "" if line.receiver_port is None else f":{line.receiver_port}"
    who = f"{line.sender}{ports[0]}>{line.receiver}{ports[1]}"
    window = "" if line.window is None else f"win {line.window}"
    cells = [
        f"{line.tag} {who}" if line.tag else who,
        line.flags or "-",
        f"{line.seq}:{line.seq + line.length}({line.length})",
        "" if line.ack is None else f"ack {line.ack}",
        window if line.shift is None else f"{window}<<{line.shift}",
        "" if not line.options else f"<{', '.join(map(_option, line.options))}>",
        "" if line.data is None else f"data {quote_bytes(line.data)}",
        "" if line.arrival_ns is None else f"arrives {'' if line.arrival_ns < 0 else '+'}{seconds(line.arrival_ns)}",
        line.lost or "",
    ]
    numbers = (("frame", line.frame), ("id", line.ip_id), ("ttl", line.ttl), ("captured", line.captured))
    cells += [f"{name} {value}" for name, value in numbers if value is not None]
    return [*cells[:5], *filter(None, cells[5:])]


def _option(option: Option) -> str:
    values = option.values
    if option.name == "ts":
        return f"ts {values[0]}/{values[1]}"
    if option.name == "sack":
        return "sack " + " ".join(f"{left}:{right}" for left, right in zip(values[::2], values[1::2], strict=True))
    if option.name == "kind":
        return f"kind {values[0]} {bytes(values[1:]).hex()}".rstrip()
    return " ".join([option.name, *map(str, values)])


def _call(line: CallLine) -> str:
    parts = [line.tag or "", f"{line.host}:", "..." if line.phase == ENDED else ""]
    plain = balanced(line.args) and '"' not in line.args and line.args.isprintable() and line.args == line.args.strip()
    args = line.args if plain else quote(line.args)
    parts.append(line.name if line.phase == ENDED else f"{line.name}({args})")
    parts.append("..." if line.phase == STARTED else "")
    if line.result is not None:
        parts.append(f"= {line.result if RESULT.fullmatch(line.result) else quote(line.result)}")
    if line.error is not None:
        parts.append(f"! {quote(line.error)}")
    if line.takes_ns is not None and line.phase == CALL:
        parts.append(f"takes {seconds(line.takes_ns)}")
    parts.append(_place(line))
    parts += [f"{name} {_bare(value)}" for name, value in (("in", line.function), ("how", line.how))
              if value is not None]
    parts += [f"moved {line.byte_count}"] if line.byte_count is not None else []
    parts += ["listening"] if line.listening else []
    parts += [f"program {_bare(line.program)}"] if line.program is not None else []
    parts += [f"{name} {value}" for name, value in (("pid", line.pid), ("tid", line.tid), ("fd", line.fd))
              if value is not None]
    return " ".join(filter(None, parts))


def _place(line: CallLine) -> str:
    if line.file is None:
        return ""
    plain = line.file and line.file.isprintable() and not any(letter in line.file for letter in " \"`:#")
    place = f"at {line.file if plain else quote(line.file)}"
    if line.lineno is None:
        return place
    if line.source is None:
        return f"{place}:{line.lineno}"
    raw = "`" not in line.source and line.source.isprintable()
    return f"{place}:{line.lineno} {f'`{line.source}`' if raw else quote(line.source)}"


def _bare(word: str) -> str:
    """Return a word as it stands where it can, else in quotes."""
    bare = word and word.isprintable() and not any(letter.isspace() or letter in '"`#' for letter in word)
    return word if bare else quote(word)

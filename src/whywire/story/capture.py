"""The head and the tail of a story: the file or run, the table of many connections, misreadings, terms, hints."""

from __future__ import annotations

import re

from whywire.base.records import Call
from whywire.base.times import duration
from whywire.connections.model import Account, Connection, Program, Reason, RunFacts
from whywire.story import ending
from whywire.story.document import Facts, Heading, Hint, Item, Node, Note, Output, Paragraph, Table
from whywire.story.teller import Teller
from whywire.story.values import bits_per_second, call_source, file_name, packet_count, quoted
from whywire.story.words import chapter
from whywire.story.words.language import fill, plural
from whywire.story.words.terms import TERMS

MOST_OUTPUT = 8
LONGEST_LINE = 160
MOST_IN_TABLE = 500
NOTHING_THERE = "BlockingIOError"
"""How a call that must not wait says that nothing is there: no failure. An event loop asks until it is told so."""


def head_nodes(teller: Teller) -> list[Node]:
    """Return what comes before the connections: problems of the file first."""
    account = teller.account
    title = account.run.title if account.run and account.run.title else file_name(account.name)
    nodes: list[Node] = [Heading(title, 1)]
    nodes += [Note(fill(chapter.PROBLEM, {"problem": problem}), "warning") for problem in account.problems]
    nodes.append(Paragraph(_what_it_is(account)))
    if account.run is not None:
        nodes += _run(account)
    if account.view.startswith("at "):
        nodes.append(Paragraph(fill(chapter.AT_HOST, {"host": account.view[3:]})))
    if account.skipped:
        skipped = ", ".join(fill(chapter.SKIPPED_ONE, {"packets": packet_count(item.packets), "reason": item.reason})
                            for item in account.skipped)
        nodes.append(Note(fill(chapter.SKIPPED, {"list": skipped})))
    return nodes


def _what_it_is(account: Account) -> str:
    if account.packets == 0:
        return fill(chapter.EMPTY if account.run is None else chapter.EMPTY_RUN, {})
    packets = packet_count(account.packets)
    if account.tcp_packets == 0:
        return fill(chapter.NO_TCP, {"packets": packets})
    message = chapter.PACKETS_ALL_TCP if account.tcp_packets == account.packets else chapter.PACKETS_SOME_TCP
    span = None
    if account.first_ns is not None and account.last_ns is not None:
        span = duration(account.last_ns - account.first_ns)
    text = fill(chapter.CAPTURE, {
        "packets": fill(message, {"packets": packets, "tcp": f"{account.tcp_packets:,}"}),
        "connections": plural("{n} connection", "{n} connections", len(account.connections) + account.others),
        "span": span})
    if not account.connections and not account.others:
        text = f"{text} {fill(chapter.TCP_WITHOUT_CONNECTION, {'tcp': packet_count(account.tcp_packets)})}"
    return text


def _run(account: Account) -> list[Node]:
    run = account.run
    if run is None:
        return []
    items = [Item(program.host, fill(chapter.PROGRAM, {"address": program.address, "command": program.command,
                                                       "exit": _exit(program, run)})) for program in run.programs]
    nodes: list[Node] = [Facts(tuple(items))]
    wire = fill(chapter.WIRE, {
        "delay": None if run.delay_ns is None else duration(run.delay_ns),
        "rate": None if run.rate_bits is None else bits_per_second(run.rate_bits)})
    nodes.append(Paragraph(" ".join(part for part in (wire, _ended(account, run)) if part)))
    nodes += [Note(text) for text in run.notes]
    nodes += [_output(program) for program in run.programs if program.output.strip()]
    return nodes


def _ended(account: Account, run: RunFacts) -> str:
    """Return why the recording stopped."""
    silent = run.ended == "closed" and not account.tcp_packets
    how = chapter.ENDED.get("silent" if silent else run.ended)
    ended = [program for program in run.programs if program.exit_code is not None or program.signal is not None]
    return fill(how, {"exit": _exit(ended[0], run) if len(ended) == 1 else None}) if how else ""


def _exit(program: Program, run: RunFacts) -> str:
    if program.signal is not None:
        return fill(chapter.EXIT_SIGNAL, {"signal": str(program.signal)})
    if not program.started:
        return fill(chapter.EXIT_NOT_STARTED, {})
    if program.exit_code is None:
        return fill(chapter.EXIT_UNKNOWN if run.ended == "cut" else chapter.EXIT_RUNNING, {})
    return fill(chapter.EXIT, {"code": str(program.exit_code)})


def _output(program: Program) -> Output:
    lines = tuple(_cut(line) for line in program.output.rstrip("\n").split("\n"))
    title = fill(chapter.PRINTED, {"name": program.name, "host": program.host})
    if len(lines) <= MOST_OUTPUT + 1:
        return Output(program.host, title, lines)
    kept = lines[:MOST_OUTPUT // 2] + lines[-MOST_OUTPUT // 2:]
    return Output(program.host, title, kept, plural("{n} more line", "{n} more lines", len(lines) - len(kept)))


def _cut(line: str) -> str:
    if len(line) <= LONGEST_LINE:
        return line
    more = plural("{n} character", "{n} characters", len(line) - LONGEST_LINE)
    return fill(chapter.CUT, {"text": line[:LONGEST_LINE], "more": more})


def overview(teller: Teller, connections: tuple[Connection, ...], more: str = "") -> list[Node]:
    """Return the table of many connections; ``more`` says where their packets are told."""
    first = teller.account.first_ns or 0
    rows: list[tuple[str, ...]] = []
    for connection in connections[:MOST_IN_TABLE]:
        times = [segment.time_ns for segment in connection.segments] or [first]
        rows.append((
            f"c{connection.number}", connection.client.endpoint, connection.server.endpoint,
            duration(times[0] - first) if times[0] > first else "0", duration(max(times) - times[0]),
            f"{connection.packets:,}", _counted(connection.client.bytes), _counted(connection.server.bytes),
            ending.ended_in_table(connection)))
    head, align = tuple(fill(cell, {}) for cell in chapter.HEAD), "lllrrrrrl"
    nodes: list[Node] = []
    servers = {connection.server.endpoint for connection in connections}
    if len(servers) == 1:  # then its column says nothing
        nodes.append(Paragraph(fill(chapter.ONE_SERVER, {"server": servers.pop()})))
        head, align = head[:2] + head[3:], align[:2] + align[3:]
        rows = [row[:2] + row[3:] for row in rows]
    nodes.append(Table(head, tuple(rows), align))
    legend = fill(chapter.LEGEND_KNOWN if teller.traced else chapter.LEGEND_INFERRED, {})
    nodes.append(Paragraph(f"{legend} {fill(more, {})}".rstrip()))
    left = len(connections) - MOST_IN_TABLE
    if left > 0:
        nodes.append(Paragraph(fill(chapter.MORE_CONNECTIONS, {"count": f"{left:,}"})))
    return nodes


def _counted(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def tail_nodes(teller: Teller, told: tuple[Connection, ...], nodes: list[Node], *, all_packets: bool) -> list[Node]:
    """Return what comes after the connections: stray calls, misreadings once, terms, where to go on."""
    tail: list[Node] = []
    stray = [Item(call.host, _stray(call)) for call in teller.account.other_calls if _is_stray(call)]
    if stray:
        tail.append(Facts(tuple(stray), fill(chapter.STRAY, {})))
    beliefs = _beliefs(teller, told)
    if beliefs:
        tail.append(Facts(tuple(beliefs), fill(chapter.BELIEFS, {})))
    terms = terms_in(nodes + tail)
    if terms:
        tail.append(Facts(tuple(Item(term, fill(TERMS[term], {})) for term in terms), fill(chapter.TERMS, {})))
    if told:
        tail.append(Hint(_more(teller.account, told, all_packets)))
    return tail


def _is_stray(call: Call) -> bool:
    """Tell whether a call without a packet failed or still waits. The end of a program does neither."""
    if call.name == "exit":
        return False
    return call.end_ns is None or (call.error is not None and not call.error.startswith(NOTHING_THERE))


def _stray(call: Call) -> str:
    if call.error:
        return fill(chapter.FAILED_CALL, {"call": call_source(call), "error": call.error})
    return fill(chapter.STRAY_WAITING, {"call": call_source(call)})


def _beliefs(teller: Teller, told: tuple[Connection, ...]) -> list[Item]:
    first: dict[str, tuple[Connection, Reason]] = {}
    for connection in told:
        for belief in connection.beliefs:
            first.setdefault(belief.why.value, (connection, belief))
    items = []
    for connection, belief in first.values():
        side = connection.segments[0].sender
        label = f"c{connection.number}" if len(told) > 1 else ""
        items.append(Item(label, teller.sentence(belief, teller.context(side))))
    return items


def terms_in(nodes: list[Node]) -> list[str]:
    """Return the terms that a story uses, in the order of the glossary."""
    text = "\n".join(_texts(nodes))
    return [term for term in TERMS if re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", text)]


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple | list):
        return [text for inner in value for text in _texts(inner)]
    if type(value).__module__ not in ("whywire.story.document", "whywire.story.nodes"):
        return []
    slots = getattr(type(value), "__slots__", ())
    return [text for name in slots for text in _texts(getattr(value, name))]


def _more(account: Account, told: tuple[Connection, ...], all_packets: bool) -> str:
    closing = next((c.closing.packet for c in told if c.closing.packet is not None), None)
    packet = closing if closing is not None else told[0].first_packet
    name = quoted(account.name)
    commands = [f"whywire explain {name} --packet {packet}"]
    if len(told) > 1:
        commands.append(f"--connection c{told[0].number}")
    if not all_packets:
        commands.append("--all")
    commands += ["--format json", "--format ladder"]
    return fill(chapter.MORE, {"commands": "  |  ".join(commands)})

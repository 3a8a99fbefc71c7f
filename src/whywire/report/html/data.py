"""All that the page shows, as plain dicts and lists. The script reads this and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whywire import __version__
from whywire.report.escape import visible
from whywire.report.html.packets import Pools, call, packet, pools, waited_for
from whywire.report.html.plots import plots
from whywire.report.html.scene import scenes
from whywire.report.html.waterfall import waterfall
from whywire.story import ending
from whywire.story.calls import call_text
from whywire.story.detail import ConnectionDetail, Detail, SourceFile
from whywire.story.document import Facts, Heading, Note, Output, Paragraph, Story
from whywire.story.records import Call, Connection, Finding
from whywire.story.roles import roles
from whywire.story.values import file_name, place
from whywire.story.words import chapter
from whywire.story.words.language import fill
from whywire.story.words.page import spoken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.story.records import Rule

Object = dict[str, Any]

MOST_ROWS = 20_000
"""Connections in the table."""
MOST_FINDINGS = 5_000
MOST_NODES = 800
MOST_PLOTS = 24

LEVELS = ("error", "warning", "note", "info")


def data(story: Story) -> Object:
    """Return the page's data. ``story`` must have its `Detail`."""
    detail = story.detail
    if detail is None:
        raise ValueError("a page needs the story's details")
    findings = sorted(story.findings or (), key=lambda finding: -finding.level)[:MOST_FINDINGS]
    kept = pools()
    account = story.account
    name = file_name(account.name)  # a page is mailed: where the capture lies is nobody's business
    title = account.run.title if account.run and account.run.title else name
    found: Object = {
        "version": __version__, "words": spoken(), "title": title, "name": name, "view": account.view,
        "counts": {"packets": account.packets, "tcp": account.tcp_packets, "connections": len(story.connections),
                   "detailed": sum(len(each.packets) for each in detail.connections),
                   "left_out": sum(each.left_out for each in detail.connections),
                   "connections_detailed": len(detail.connections)},
        "unmarked": story.unmarked, "traced": bool(story.calls), "problems": list(account.problems),
        "story": list(nodes(story)), "connections": _table(story, findings, detail),
        "findings": [_finding(finding) for finding in findings],
        "findings_left_out": max(0, len(story.findings or ()) - len(findings)),
        "rules": [_rule(rule) for rule in sorted(detail.rules, key=lambda rule: (-rule.level, rule.code))],
        "sources": [_source(source) for source in detail.sources],
        "calls": _calls(detail, story), "scenes": scenes(detail.connections, roles(story.exchanges, story.connections)),
        "packets": _packets(detail, findings, kept), "plots": _plots(detail), "waterfall": waterfall(story),
    }
    found["strings"], found["fields"] = kept.strings.all, kept.fields.all
    shown: Object = harmless(found)
    return shown


def harmless(value: Any) -> Any:
    """Return a value with all texts in it made `visible`: what would hide or turn text around is spelled out."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {name: harmless(one) for name, one in value.items()}
    return [harmless(one) for one in value] if isinstance(value, list | tuple) else value


def nodes(story: Story) -> Iterator[list[Any]]:
    """Yield the story's words as lists that begin with a letter; what the page shows in its own way is left out."""
    for node in story.nodes[:MOST_NODES]:
        match node:
            case Heading():
                yield ["h", node.level, node.text]
            case Paragraph():
                text = node.text
                for named in (chapter.LEGEND_SHORT, chapter.LEGEND_TABLE):  # options of the command
                    text = text.replace(fill(named, {}), "").rstrip()
                if text and not text.endswith(fill(chapter.MORE_CONNECTIONS, {"count": ""})):
                    yield ["p", text, _mark(node.certainty, story), node.rest]
            case Note():
                yield ["n", node.level, node.text]
            case Facts() if node.title != fill(chapter.WORTH_A_LOOK, {}):
                yield ["f", node.title, [[item.label, item.text, _mark(item.certainty, story), item.rest]
                                         for item in node.items]]
            case Output():
                yield ["o", node.title, [line.expandtabs(8) for line in node.lines], node.left_out]


def _mark(certainty: str | None, story: Story) -> str | None:
    return None if certainty == story.unmarked else certainty


def _table(story: Story, findings: list[Finding], detail: Detail) -> list[Object]:
    worst: dict[int, Finding] = {}
    count: dict[int, int] = {}
    for finding in findings:  # by level: the first of a connection is its worst
        if finding.connection is not None:
            worst.setdefault(finding.connection, finding)
            count[finding.connection] = count.get(finding.connection, 0) + 1
    told = {each.connection.number: each for each in detail.connections}
    first = story.account.first_ns or 0
    return [_row(each, first, worst.get(each.number), count.get(each.number, 0), told.get(each.number))
            for each in story.connections[:MOST_ROWS]]


def _row(connection: Connection, first_ns: int, worst: Finding | None, findings: int,
         told: ConnectionDetail | None) -> Object:
    times = [segment.time_ns for segment in connection.segments]
    return {
        "c": connection.number, "client": connection.client.endpoint, "server": connection.server.endpoint,
        "programs": [connection.client.program or "", connection.server.program or ""],
        "packets": connection.packets, "up": connection.client.bytes, "down": connection.server.bytes,
        "start": times[0] - first_ns if times else None, "length": max(times) - times[0] if times else None,
        "end": ending.ended_in_table(connection), "findings": findings,
        "worst": None if worst is None else worst.level.word,
        "history": connection.history, "detailed": 0 if told is None else len(told.packets),
        "first": connection.first_packet, "summary": ending.summary(connection) if told is not None else "",
    }


def _finding(finding: Finding) -> Object:
    return {"code": finding.code, "level": finding.level.word, "certainty": finding.certainty.value,
            "c": finding.connection, "p": finding.packet, "text": finding.text, "count": finding.count,
            "because": [str(ref) for ref in finding.because]}


def _rule(rule: Rule) -> Object:
    return {"code": rule.code, "name": rule.name, "level": rule.level.word, "title": rule.title, "means": rule.means,
            "matters": rule.matters, "do": rule.do, "spec": rule.spec}


def _source(source: SourceFile) -> Object:
    return {"host": source.host, "file": source.file,
            "lines": [[number, text.expandtabs(4)] for number, text in source.lines]}


def _calls(detail: Detail, story: Story) -> list[Object]:
    """Return the calls of the detailed connections, then those of no connection, each once."""
    files = {(source.host, source.file): at for at, source in enumerate(detail.sources)}
    found: dict[int, Object] = {}

    def add(made: Call, waited: str) -> None:
        source = files.get((made.host, made.file)) if made.file is not None else None
        found.setdefault(made.number, call(made, call_text(made), place(made), waited, source))

    for each in detail.connections:
        for row in each.calls:
            add(row.call, row.text)
    for other in story.account.other_calls if detail.sources else ():
        add(other, "")
    return list(found.values())


def _packets(detail: Detail, findings: list[Finding], kept: Pools) -> list[Object]:
    at_packet: dict[int, list[int]] = {}
    for index, finding in enumerate(findings):
        if finding.packet is not None:
            at_packet.setdefault(finding.packet, []).append(index)
    found = [packet(one, each.connection, at_packet.get(one.row.segment.packet, []), kept, woke)
             for each in detail.connections for woke in (waited_for(each.connection.waits),) for one in each.packets]
    return sorted(found, key=lambda one: int(one["p"]))


def _plots(detail: Detail) -> list[Object]:
    found = [plot for each in detail.connections for plot in plots(each.connection)]
    return sorted(found, key=lambda plot: -plot["bytes"])[:MOST_PLOTS]

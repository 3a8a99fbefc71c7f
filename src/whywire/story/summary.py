"""A summary as a document: what is in a capture, how its connections went, what to look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whywire.base.times import duration
from whywire.story.nodes import Heading, Hint, Note, Paragraph, Table
from whywire.story.values import file_name, packet_count, quoted
from whywire.story.words import chapter
from whywire.story.words import summary as words
from whywire.story.words.language import fill, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.survey import Survey
    from whywire.findings.tallied import Tallied
    from whywire.story.document import Node


@dataclass(frozen=True, slots=True)
class Summary:
    """The document, and the numbers it was told from."""

    survey: Survey
    findings: tuple[Tallied, ...]
    nodes: tuple[Node, ...]
    unmarked: str = ""


def summarise(survey: Survey, findings: Sequence[Tallied], seen: float | None = None) -> Summary:
    """Return the summary. ``seen``: reading was interrupted behind this share of the file, 0 to 1."""
    nodes: list[Node] = [Heading(file_name(survey.name), 1)]
    nodes += [Note(fill(chapter.PROBLEM, {"problem": problem}), "warning") for problem in survey.problems]
    if seen is not None:
        nodes.append(Note(fill(words.INTERRUPTED, {
            "packets": packet_count(survey.packets), "share": f"{seen:.0%}"}), "warning"))
    nodes.append(Paragraph(_what_it_is(survey)))
    if survey.skipped:
        skipped = ", ".join(fill(chapter.SKIPPED_ONE, {"packets": packet_count(item.packets), "reason": item.reason})
                            for item in survey.skipped)
        nodes.append(Note(fill(chapter.SKIPPED, {"list": skipped})))
    if survey.connections:
        nodes += _connections(survey)
        nodes += _findings(survey, findings)
    return Summary(survey, tuple(findings), tuple(nodes))


def _what_it_is(survey: Survey) -> str:
    if survey.packets == 0:
        return fill(chapter.EMPTY, {})
    packets = packet_count(survey.packets)
    if survey.tcp_packets == 0:
        return fill(chapter.NO_TCP, {"packets": packets})
    message = chapter.PACKETS_ALL_TCP if survey.tcp_packets == survey.packets else chapter.PACKETS_SOME_TCP
    span = None
    if survey.first_ns is not None and survey.last_ns is not None:
        span = duration(survey.last_ns - survey.first_ns)
    return " ".join([
        fill(chapter.CAPTURE, {
            "packets": fill(message, {"packets": packets, "tcp": f"{survey.tcp_packets:,}"}),
            "connections": plural("{n} connection", "{n} connections", survey.connections), "span": span}),
        fill(words.PAYLOAD, {"bytes": plural("{n} byte", "{n} bytes", survey.payload)}),
    ])


def _connections(survey: Survey) -> list[Node]:
    return [
        Table((words.OPENED, words.HEAD_COUNT), _rows(survey.openings, words.OPENINGS), "lr"),
        Table((words.CLOSED, words.HEAD_COUNT), _rows(_endings(survey), words.CLOSINGS), "lr"),
        Table((words.KINDS, words.HEAD_PACKETS), tuple((kind, f"{n:,}") for kind, n in survey.kinds.items()), "lr"),
    ]


def _endings(survey: Survey) -> dict[str, int]:
    """Return how connections ended; those that never opened are no open ones, though no packet closed them."""
    refused = survey.closings.get("refused", 0)
    counts = {**survey.closings, "refused": survey.never_opened}
    counts["open"] = counts.get("open", 0) - (survey.never_opened - refused)
    return {word: count for word, count in counts.items() if count}


def _rows(counts: dict[str, int], sentences: dict[str, str]) -> tuple[tuple[str, str], ...]:
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    return tuple((fill(sentences[word], {}), f"{count:,}") for word, count in ranked)


def _findings(survey: Survey, findings: Sequence[Tallied]) -> list[Node]:
    nodes: list[Node] = []
    if findings:
        nodes += [Heading(fill(words.FINDINGS, {})), Table(
            ("level", "rule", "hits", "connections", "worst", "what"),
            tuple((each.rule.level.word, each.rule.code, f"{each.hits:,}", f"{each.connections:,}", f"c{each.worst}",
                   each.rule.title) for each in findings), "llrrll")]
    if not survey.worst:
        return [*nodes, Paragraph(fill(words.CLEAN, {}))]
    nodes += [Heading(fill(words.WORST, {})), Table(
        ("", "client", "server", "packets", "payload", "trouble", "how it went"),
        tuple((f"c{each.number}", each.client, each.server, f"{each.packets:,}", f"{each.payload:,}",
               f"{each.troubles:,}", f"{each.opening}, {each.closing}") for each in survey.worst), "lllrrrl")]
    nodes.append(Hint(f"{fill(words.COUNTED, {})} whywire explain {quoted(survey.name)} "
                      f"--connection c{survey.worst[0].number}"))
    return nodes

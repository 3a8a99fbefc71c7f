"""A summary as a document: what is in a capture, how its connections went, what to look at first."""

from __future__ import annotations

from dataclasses import dataclass

from whywire.base.times import duration
from whywire.story.nodes import Heading, Hint, Note, Paragraph, Table
from whywire.story.values import file_name, packet_count, quoted
from whywire.story.words import chapter
from whywire.story.words import summary as words
from whywire.story.words.language import fill, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.survey import Glance, Survey
    from whywire.findings.tallied import Closer, Tallied
    from whywire.story.document import Node


@dataclass(frozen=True, slots=True)
class Summary:
    """The document, and the numbers it was told from."""

    found: Closer
    nodes: tuple[Node, ...]
    unmarked: str = ""


def summarise(found: Closer, seen: float | None = None) -> Summary:
    """Return the summary. ``seen``: reading was interrupted behind this share of the file, 0 to 1; 0: not known."""
    survey = found.survey
    nodes: list[Node] = [Heading(file_name(survey.name), 1)]
    nodes += [Note(fill(chapter.PROBLEM, {"problem": problem}), "warning") for problem in survey.problems]
    if seen is not None:
        nodes.append(Note(fill(words.INTERRUPTED, {
            "packets": packet_count(survey.packets), "share": f"{seen:.0%}" if seen else None}), "warning"))
    nodes.append(Paragraph(_what_it_is(survey)))
    if survey.skipped:
        skipped = ", ".join(fill(chapter.SKIPPED_ONE, {"packets": packet_count(item.packets), "reason": item.reason})
                            for item in survey.skipped)
        nodes.append(Note(fill(chapter.SKIPPED, {"list": skipped})))
    if survey.connections:
        nodes += _connections(survey)
        nodes += [*_findings(found), *_worst(found)]
    return Summary(found, tuple(nodes))


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
        Table((words.CAUSES, words.HEAD_PACKETS, words.HEAD_WHAT), _causes(survey), "lrl"),
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


def _causes(survey: Survey) -> tuple[tuple[str, str, str], ...]:
    """Return what put the packets on the wire, the words of `model.CauseKind` in their order, undecided ones last."""
    rows = []
    for kind, label in words.CAUSED.items():
        parts = sorted(((n, word) for (one, word), n in survey.origins.items() if one == kind), reverse=True)
        if parts:
            rows.append((fill(label, {}), f"{sum(n for n, _ in parts):,}",
                         ", ".join(f"{fill(words.ORIGINS[word], {})} {n:,}" for n, word in parts)))
    return tuple(rows)


def _findings(found: Closer) -> list[Node]:
    """Return the findings as a table, and of how much the rules were asked."""
    nodes: list[Node] = []
    some = any(each.asked is not None for each in found.findings)
    if found.findings:
        head = ("level", "rule", "hits", "connections", "worst", *(("asked of",) if some else ()), "what")
        nodes += [Heading(fill(words.FINDINGS, {})), Table(head, tuple(
            (each.rule.level.word, each.rule.code, f"{each.hits:,}", _or_not(each.connections),
             "" if each.worst is None else f"c{each.worst}", *((_asked(each),) if some else ()), each.rule.title)
            for each in found.findings), "llrrlrl" if some else "llrrll")]
    if found.is_whole:
        return nodes
    name = quoted(found.survey.name)
    if found.connections:
        nodes.append(Note(fill(words.ASKED, {
            "connections": plural("{n} connection", "{n} connections", found.connections),
            "packets": packet_count(found.packets), "all": f"{found.survey.connections:,}"})))
    elif found.survey.worst:
        nodes += [Note(fill(words.COUNTED, {})), Hint(f"whywire explain {name} --summary --worst 20")]
    return nodes


def _asked(each: Tallied) -> str:
    return fill(words.ALL, {}) if each.asked is None else f"{each.asked:,}"


def _or_not(count: int) -> str:
    return f"{count:,}" if count else ""


def _worst(found: Closer) -> list[Node]:
    """Return the connections to look at first: how they went, and what was found in them."""
    survey = found.survey
    if not survey.worst:
        return [Paragraph(fill(words.CLEAN, {}))]
    return [
        Heading(fill(words.WORST, {})),
        Table(("", "client", "server", "packets", "payload", "trouble", "how it went"),
              tuple((f"c{each.number}", each.client, each.server, f"{each.packets:,}", f"{each.payload:,}",
                     f"{each.troubles:,}", f"{each.opening}, {each.closing}: {', '.join(_shows(each, found))}")
                    for each in survey.worst), "lllrrrl"),
        Hint(f"{fill(words.ONE, {})} whywire explain {quoted(survey.name)} --connection c{survey.worst[0].number}"),
    ]


def _shows(glance: Glance, found: Closer) -> list[str]:
    """Return the names of the rules that fired on a connection; where none was asked, the kinds of its trouble."""
    if glance.number not in found.shown:
        return list(glance.kinds)
    return [rule.name if hits == 1 else f"{rule.name} ({hits:,})" for rule, hits in found.shown[glance.number]]

"""What the page itself says: titles, labels, hints, legends. Its script gets them as data and holds none of its own."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from whywire.story.words.language import _, forms, template


class Several(NamedTuple):
    """A sentence that counts something, for one and for more."""

    one: str
    more: str


Entry: TypeAlias = "str | Several | tuple[str, ...] | dict[str, str]"

NO_SCRIPT = _("This page draws a capture with a script of its own, which this browser does not run. The same story as "
              "text: whywire explain.")

PAGE: dict[str, Entry] = {
    # the head
    "search": _("Search text, calls, bytes"),
    "search_hint": _("Search packets, calls, sentences and payload (key /). Enter: next match, Shift+Enter: the one "
                     "before"),
    "matches": _("{at} of {all}"),
    "no_match": _("no match"),
    "previous_packet": _("Previous packet (k)"),
    "next_packet": _("Next packet (j)"),
    "previous_finding": _("Previous finding (N)"),
    "next_finding": _("Next finding (n)"),
    "keys": _("Keys: j, k or arrows: next and previous packet. n, N: next and previous finding. /: search. Esc: back "
              "to the picture."),
    "drawn": _("{shown} of {all} packets are here one by one; the others are counted in the table, the facts and the "
               "plots."),
    "partly": _("{shown} of the {all} packets of this connection are here one by one: its beginning, its end, and what "
                "is around its findings."),
    "not_there": _("There is no packet {packet}: the last one is packet {all}."),
    "not_drawn": _("Packet {packet} is in the capture, but not one by one on this page."),
    "instead": _("Packet {packet} is selected."),
    # the parts
    "picture": _("Picture"), "source": _("Source code"), "packet": _("Packet"), "connections": _("Connections"),
    "plots": _("Plots"), "findings": _("Findings"), "story": _("The story in words"),
    "listing": _("Packets in words"), "waterfall": _("Requests over time"),
    # the picture
    "together": _("together: {names}"),
    "of_connection": _("{connection}: {client} to {server}"),
    "choose_scene": _("Which connection is drawn"),
    "level": _("Flight times were not recorded, so arrows are level. Heights show time; empty time is compressed and "
               "marked."),
    "slanted": _("An arrow falls by the packet's flight time. Heights show time; empty time is compressed and marked."),
    "letters": _("S opens, F ends (long dashes), D data, A acknowledgment, R reset, X sent again (short dashes), K "
                 "probe (dots)."),
    "left_out": Several(_("{n} packet is not drawn here"), _("{n} packets are not drawn here")),
    "clock_head": (_("{unit} since"), _("packet {packet}")),
    "clock_note": _("Times are {unit} since packet {packet} was sent."),
    "units": {"ms": _("milliseconds"), "s": _("seconds")},
    "option": _("Packet {number}, {time}, {sender} to {receiver}, {what}"),
    "call_option": _("Call {call}, {place}"),
    "lost_here": _("lost"),
    # source code
    "no_line": {
        "call": _("A program asked for this packet; which line of which file it was is not known here."),
        "answers": _("No line of a program asked for this packet: a kernel answered by itself."),
        "timer": _("No line of a program asked for this packet: a timer of a kernel ran out."),
        "kernel": _("No line of a program asked for this packet: a kernel sent it by itself."),
        "wire": _("No line of a program asked for this packet: the wire made the copy."),
        "unknown": _("What put this packet on the wire is not known."),
    },
    "woke_line": _("{place} was waiting for this packet."),
    "file_of": _("on {host}"),
    "skipped_lines": _("lines that did not touch the network are not here"),
    "line_label": Several(_("Line {line}: {n} call"), _("Line {line}: {n} calls")),
    # the packet
    "no_packet": _("Choose a packet, a call or a line."),
    "title": _("Packet {number}: {what}"),
    "when": _("Time"),
    "since_connection": _("{time} after the first packet of {connection}"),
    "since_capture": _("{time} after the first packet of the capture"),
    "arrived": _("arrived {flight} later"),
    "book": _("Numbers before and after"),
    "book_head": (_("side"), _("sent"), _("acknowledged"), _("under way")),
    "book_note": _("Relative numbers: the next one to send, and the next one that the other side expects."),
    "unknown": _("not known"),
    "bytes": _("Bytes and header fields"),
    "all_bytes": _("Show all {count} bytes"),
    "cut": _("The page has the first {shown} of {captured} captured bytes."),
    "snapped": _("The capture has {captured} of the {original} bytes that were on the wire."),
    "no_bytes": _("The bytes of this packet are not in the page."),
    # a call
    "call_title": _("Call {call}"),
    "caused": _("asked for it"),
    "woke": _("waited for it"),
    "carried": _("Packets that it caused or carried its bytes"),
    "waited_for": _("It waited for"),
    "inside": _("in {function}()"),
    "took": _("It took {time}."),
    "still_waiting": _("It had not returned when the recording stopped."),
    # the table of connections
    "columns": (_("connection"), _("client"), _("server"), _("packets"), _("bytes up"), _("bytes down"), _("start"),
                _("lasted"), _("how it ended"), _("findings")),
    "columns_note": _("Start: since the first packet of the capture."),
    "filter": _("Filter connections"),
    "rows": Several(_("{n} connection"), _("{n} connections")),
    "rows_of": _("{shown} of {all} connections"),
    "more": _("{count} more; filter or sort to see them"),
    # findings
    "level_printed": _("Printed are the findings of level {level} and above."),
    "level_filter": _("Show findings of this level and above"),
    "levels": {"error": _("error"), "warning": _("warning"), "note": _("note"), "info": _("info")},
    "times": _("{n} times"),
    "means": _("What it means"), "matters": _("Why it matters"), "act": _("What to do"), "rests": _("Rests on"),
    "no_findings": _("Nothing of this level."),
    # plots
    "kind": _("What is drawn"),
    "plot_kinds": {
        "sequence": _("Sequence numbers, tcptrace"), "stevens": _("Sequence numbers, Stevens"),
        "flight": _("Bytes in flight"), "rtt": _("Round trip time"), "rate": _("Throughput"),
    },
    "plot_legends": {
        "sequence": _("Bars: data by its first and last byte. Line: acknowledged. Dashed: the window's edge. X: sent "
                      "again. L: lost."),
        "stevens": _("Dots: data by its first byte. Crosses: acknowledgments. X: sent again. L: lost."),
        "flight": _("Bytes sent and not yet acknowledged, when each segment had left."),
        "rtt": _("From a segment to the first acknowledgment of it, as seen where the capture was taken."),
        "rate": _("Payload bytes a second, retransmissions included."),
    },
    "zoom_in": _("Zoom in (+)"), "zoom_out": _("Zoom out (-)"), "zoom_all": _("All of it (0)"), "all": _("All"),
    "plot_title": _("{connection}, sent by the {side}"),
    "tick_base": _("+ counts from {base}"),
    "plot_clock": _("time since the first packet of {connection}"),
    "plot_hint": _("Drag to zoom; click a point to select its packet. Keys: left and right: from point to point; +, -, "
                   "0: zoom."),
    "plot_thin": Several(_("{n} point is left out."), _("{n} points are left out.")),
    "no_plots": _("For the chosen connection a plot would say no more than the picture."),
    # requests over time
    "water_legend": _("Thin line: the connection is open. Light: the request was sent and its answer awaited. Dark: "
                      "the answer arrives."),
    "water_left": Several(_("{n} request is not drawn."), _("{n} requests are not drawn.")),
    "water_clock": _("Times are since the first packet of {connection}; grey: nothing was asked or answered for so "
                     "long"),
    "water_hint": _("Drag to zoom; click a request to select its first packet. Keys: up and down: from request to "
                    "request; +, -, 0: zoom."),
    "unanswered": _("no answer"),
    # packets in words
    "list_head": (_("#"), _("time since packet {packet}"), _("from"), _("what"), _("why")),
}
"""By name. A value's place is ``{name}``; the script puts the value there. Brackets have no meaning here."""


def spoken() -> dict[str, str | tuple[str, ...] | dict[str, str]]:
    """Return all of them in the chosen language. What counts becomes a pair: for one, and for more."""
    return {name: _spoken(entry) for name, entry in PAGE.items()}


def _spoken(entry: Entry) -> str | tuple[str, ...] | dict[str, str]:
    if isinstance(entry, str):
        return template(entry)
    if isinstance(entry, Several):
        return forms(entry.one, entry.more)
    if isinstance(entry, dict):
        return {name: template(text) for name, text in entry.items()}
    return tuple(template(text) for text in entry)

"""Any bytes through the whole river, as `whywire explain` does it, held against `holds`."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from tools.fuzz.holds import hold
from whywire.base.errors import WhywireError
from whywire.capture import open_bytes
from whywire.capture.run import RunFolder
from whywire.connections import account
from whywire.exchanges import find as find_exchanges
from whywire.exchanges import payload_of
from whywire.findings import find
from whywire.packets import decode_capture
from whywire.packets.table import Capture
from whywire.report import json as json_paper
from whywire.report import ladder, terminal
from whywire.story import tell


def explain(data: bytes) -> dict[str, Any] | None:
    """Explain a file's bytes in every form; None where they are no capture. Raises when the contract is broken."""
    try:
        source = open_bytes(data)
    except WhywireError:
        return None
    with closing(source):
        return explain_capture(decode_capture(source, "hostile"))


def explain_capture(capture: Capture, run: RunFolder | None = None, *, every_paper: bool = True) -> dict[str, Any]:
    """Explain a capture, print it, and hold it; return its records."""
    told = account(capture, run)
    exchanges = find_exchanges(told, payload_of(capture))
    story = tell(told, findings=find(told, capture, exchanges=exchanges), exchanges=exchanges)
    found = json_paper.as_object(story)
    text = terminal.render(story, width=100)
    hold(found, text)
    json_paper.render(story)
    if every_paper:
        terminal.render(tell(told, all_packets=True), width=60, colour=True)
        ladder.render(tell(told))
    return found

"""A summary as JSON: the numbers that the text tells, by the same names as the story's (spec JSON.md)."""

from __future__ import annotations

import json

from whywire.story.summary import Summary


def render(summary: Summary) -> str:
    """Return the document, ending with a line break. Times in nanoseconds, sizes in bytes."""
    survey = summary.survey
    return json.dumps({
        "whywire_summary": 1,
        "capture": {"name": survey.name, "view": survey.view, "packets": survey.packets,
                    "tcp_packets": survey.tcp_packets, "payload_bytes": survey.payload,
                    "connections": survey.connections, "first_ns": survey.first_ns, "last_ns": survey.last_ns,
                    "skipped": [{"reason": item.reason, "packets": item.packets} for item in survey.skipped],
                    "problems": list(survey.problems)},
        "openings": survey.openings, "closings": survey.closings, "never_opened": survey.never_opened,
        "kinds": survey.kinds,
        "findings": [{"code": each.rule.code, "name": each.rule.name, "level": each.rule.level.word,
                      "title": each.rule.title, "hits": each.hits, "connections": each.connections,
                      "worst": f"c{each.worst}"} for each in summary.findings],
        "worst": [{"id": f"c{each.number}", "client": each.client, "server": each.server, "packets": each.packets,
                   "payload_bytes": each.payload, "opening": each.opening, "closing": each.closing,
                   "trouble_packets": each.troubles} for each in survey.worst],
    }, indent=1) + "\n"

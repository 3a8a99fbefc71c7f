"""A summary as JSON: the numbers that the text tells, by the same names as the story's (spec JSON.md)."""

from __future__ import annotations

import json

from whywire.story.summary import Summary


def render(summary: Summary) -> str:
    """Return the document, ending with a line break. Times in nanoseconds, sizes in bytes."""
    found = summary.found
    survey = found.survey
    return json.dumps({
        "whywire_summary": 1,
        "capture": {"name": survey.name, "view": survey.view, "packets": survey.packets,
                    "tcp_packets": survey.tcp_packets, "payload_bytes": survey.payload,
                    "connections": survey.connections, "first_ns": survey.first_ns, "last_ns": survey.last_ns,
                    "skipped": [{"reason": item.reason, "packets": item.packets} for item in survey.skipped],
                    "problems": list(survey.problems)},
        "openings": survey.openings, "closings": survey.closings, "never_opened": survey.never_opened,
        "kinds": survey.kinds,
        "causes": {kind: {word: packets for (one, word), packets in sorted(survey.origins.items()) if one == kind}
                   for kind in sorted({kind for kind, _ in survey.origins})},
        "laid_out": {"connections": found.connections, "packets": found.packets},
        "findings": [{"code": each.rule.code, "name": each.rule.name, "level": each.rule.level.word,
                      "title": each.rule.title, "hits": each.hits, "connections": each.connections,
                      "worst": None if each.worst is None else f"c{each.worst}", "asked": each.asked}
                     for each in found.findings],
        "worst": [{"id": f"c{each.number}", "client": each.client, "server": each.server, "packets": each.packets,
                   "payload_bytes": each.payload, "opening": each.opening, "closing": each.closing,
                   "trouble_packets": each.troubles, "trouble": list(each.kinds),
                   "findings": None if each.number not in found.shown else [
                       {"code": rule.code, "hits": hits} for rule, hits in found.shown[each.number]]}
                  for each in survey.worst],
    }, indent=1) + "\n"

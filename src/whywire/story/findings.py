"""What the rules point out, as a list at the end of a story. The sentences are the rules' own."""

from __future__ import annotations

from whywire.story.document import Facts, Hint, Item, Node
from whywire.story.words import chapter
from whywire.story.words.language import fill, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.rule import Finding

MOST = 12
"""More findings than this are left to the JSON."""


def worth_a_look(findings: tuple[Finding, ...], *, several: bool) -> list[Node]:
    """Return the list of findings and where to read more; ``several``: name each one's connection."""
    if not findings:
        return []
    items = tuple(Item(_label(finding, several), _text(finding), finding.certainty.value)
                  for finding in findings[:MOST])
    left = len(findings) - len(items)
    codes = {finding.code: None for finding in findings[:MOST]}
    hint = fill(chapter.MORE_ON_A_RULE, {
        "code": next(iter(codes)), "left": plural("{n} more finding", "{n} more findings", left) if left else None})
    return [Facts(items, fill(chapter.WORTH_A_LOOK, {})), Hint(hint)]


def _label(finding: Finding, several: bool) -> str:
    return f"c{finding.connection} {finding.code}" if several and finding.connection else finding.code


def _text(finding: Finding) -> str:
    number = None if finding.packet is None or f"acket {finding.packet}" in finding.text else str(finding.packet)
    return fill(chapter.FINDING, {"packet": number, "text": finding.text})

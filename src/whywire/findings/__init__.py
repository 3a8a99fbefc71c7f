"""The findings room: rules, one small file each, and what they saw in a capture.

    tcp/, call/, http/, cap/   the rules; a file there is a rule, and no list names it
    rule       what a rule declares, what it yields, and `Finding`
    seen       one connection, indexed once for all rules
    say        how a finding's sentence is filled
    registry   finds the rules        find     asks them
    pages      the page of a rule, the list of all, the reference
    retired    codes that are no longer used
"""

from __future__ import annotations

from whywire.findings.find import find
from whywire.findings.rule import Finding, Level

__all__ = ["Finding", "Level", "find"]

"""The findings room: rules, one small file each, and what they saw in a capture.

    tcp/, call/, http/, cap/   the rules; a file there is a rule, and no list names it
    rule       what a rule declares, what it yields, and `Finding`
    seen       one connection, indexed once for all rules
    say        how a finding's sentence is filled
    registry   finds the rules        ask      asks them: `find`
    pages      the page of a rule, the list of all, the reference
    retired    codes that are no longer used
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.findings.ask import find
    from whywire.findings.rule import Finding, Level

__all__ = ["Finding", "Level", "find"]


def __getattr__(name: str) -> object:
    """Load what is asked for only then: a summary needs only rules that it has counted."""
    if name == "find":
        from whywire.findings.ask import find

        return find
    if name in __all__:
        from whywire.findings import rule

        return getattr(rule, name)
    raise AttributeError(f"module 'whywire.findings' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name what was not loaded yet, too."""
    return sorted({*globals(), *__all__})

"""Codes that are no longer used. A code is never given to another rule; its page stays, and says what became of it."""

from __future__ import annotations

RETIRED: dict[str, str] = {}
"""Code -> a sentence: since when it is gone, and which rule (or nothing) says it now."""

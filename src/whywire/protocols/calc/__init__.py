"""The calculator's messages without a socket (spec PROGRAMS.md section 4): bytes in any pieces to messages, and back.

    message   the header and the record
    codec     `Reader` (tolerant: whatever a capture holds), `write`, `looks_like`
    ends      `ServerEnd`, `ClientEnd` (strict: what a program that speaks accepts); import them from there
    content   what the data of a request and of an answer says
"""

from __future__ import annotations

from whywire.protocols.calc.codec import Malformed, Reader, looks_like, write
from whywire.protocols.calc.message import HEADER, HEADER_BYTES, CalcError, Message

__all__ = ["HEADER", "HEADER_BYTES", "CalcError", "Malformed", "Message", "Reader", "looks_like", "write"]

"""Errors that are the user's to mend: what, where, and what to try. Never a traceback for them."""

from __future__ import annotations


class WhywireError(Exception):
    """A problem with a sentence for it.

    ``what`` is the whole sentence (with the place in it), ``hint`` what to try next, ``exit_code`` what the
    command ends with: 2 for input that can't be used, 1 for a run that went wrong.
    """

    def __init__(self, what: str, hint: str = "", exit_code: int = 2) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.what}\n  {self.hint}" if self.hint else self.what

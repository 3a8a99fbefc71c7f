"""What this machine allows, in words, and the exact command that changes what stands in the way."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass

from whywire.base.errors import WhywireError
from whywire.lab import sniffer
from whywire.lab.isolation import is_privileged
from whywire.lab.probe import Failure, attempt, everything, namespaces
from whywire.lab.refusals import look, reason
from whywire.lab.session import EngineError

ISSUES = "this is a bug in whywire; please report it with this output"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found. ``can_run``: labs and runs work here."""

    can_run: bool
    tier: str
    """``T1`` user namespace, ``T2`` root, ``none``."""
    facts: tuple[tuple[str, str], ...]
    sentence: str
    hint: str = ""

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self.facts)
        lines = [f"{name:{width}}  {value}" for name, value in self.facts]
        return "\n".join([*lines, "", self.sentence, *([f"  {self.hint}"] if self.hint else [])])


def examine() -> Diagnosis:
    """Look at the machine and try out what the lab needs, in a child."""
    facts = [("Python", f"{platform.python_version()} ({sys.executable})"),
             ("system", f"{platform.system()} {platform.release()}")]
    if not sys.platform.startswith("linux"):
        facts.append(("tshark", _tshark()))
        return Diagnosis(False, "none", tuple(facts), *_not_linux())
    locks = look()
    facts += [("user", "root" if locks.user == 0 else f"ordinary (uid {locks.user})"),
              *((name, str(value)) for name, value in locks.settings.items() if value in (0, 1)),
              *([("seccomp", "a filter is active")] if locks.seccomp else [])]
    refused = attempt(everything)
    facts += [("namespaces", _outcome(attempt(namespaces))),
              ("hosts and wire", _outcome(refused)), ("capturing", _capturing()), ("tshark", _tshark())]
    if refused is not None:
        sentence, hint = reason(*refused, locks)
        return Diagnosis(False, "none", tuple(facts), f"Labs can't run here: {sentence}.", f"{hint}\n{WITHOUT_LAB}")
    tier = "T2" if is_privileged() else "T1"
    how = "as root, without a user namespace" if tier == "T2" else "as an ordinary user, in a user namespace"
    return Diagnosis(True, tier, tuple(facts), f"Labs run here, {how}.")


WITHOUT_LAB = "  What works without: whywire explain of any capture, and whywire lab v2, as it was recorded elsewhere."


def require() -> None:
    """Raise WhywireError with the sentence and the remedy where labs can't run; cheap where they can."""
    if not sys.platform.startswith("linux"):
        raise WhywireError(*_not_linux(), 1)
    if is_privileged():
        return
    refused = attempt(namespaces)
    if refused is not None:
        raise _refusal(*refused)


def explain(error: EngineError) -> WhywireError:
    """Return what to say of an engine that could not be set up."""
    if error.errno == 0:
        return WhywireError(error.step, f"{ISSUES}\n{error.detail}".rstrip(), 1)
    return _refusal(error.step, error.errno)


def _refusal(step: str, number: int) -> WhywireError:
    what, hint = reason(step, number, look())
    return WhywireError(f"this machine can't run labs: {what}", hint, 1)


def _not_linux() -> tuple[str, str]:
    return (f"labs need Linux; this is {platform.system()}",
            "whywire explain works here; for labs use a Linux machine or virtual machine")


def _outcome(refused: Failure | None) -> str:
    return "work" if refused is None else f"refused: {refused[0]} ({os.strerror(refused[1])})"


def _capturing() -> str:
    """Say whether `whywire capture` is allowed, and how it would be."""
    stands = sniffer.refused()
    if stands is None:
        return "allowed: whywire capture -i any -o FILE"
    return f"{stands[0]}; {stands[1]}".replace("\n ", "")


def _tshark() -> str:
    return shutil.which("tshark") or "not installed (only the tests use it)"

"""``run.toml``: what a run was. The nouns, the text they are written as, and the tolerant way back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from whywire.capture.toml import Value, table

RUNNING, NOT_STARTED = "running", "not started"
CUT = "cut"
"""How a run ended whose ``run.toml`` was not written again at its end."""


@dataclass(frozen=True, slots=True)
class HostMeta:
    """A virtual host."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class ProgramMeta:
    """A program that a host ran."""

    host: str
    command: str
    """As it was started, the host names filled in."""
    name: str
    """How the story names it; the ``program`` of its calls."""
    pid: int | None = None
    exit_code: int | None = None
    """None: ended by a signal, or by the lab after the recording."""
    signal: int | None = None
    output: str | None = None
    """The file of its output, below the run folder."""
    how: str = ""
    """Without exit code and signal: `RUNNING` when the recording stopped, or `NOT_STARTED`. Empty: not said."""


@dataclass(frozen=True, slots=True)
class RunMeta:
    """What ``run.toml`` holds. Lists are tuples; what is not known is None or empty."""

    name: str
    title: str = ""
    started_ns: int | None = None
    """CLOCK_REALTIME."""
    ended: str = ""
    """Why the recording stopped: ``closed``, ``quiet``, ``timeout``, ``interrupted``, ``failed``, `CUT`."""
    tier: str = ""
    whywire: str = ""
    python: str = ""
    kernel: str = ""
    delay_ns: int | None = None
    """One way."""
    rate_bits: int | None = None
    notes: tuple[str, ...] = ()
    hosts: tuple[HostMeta, ...] = ()
    programs: tuple[ProgramMeta, ...] = ()


Part = TypeVar("Part", HostMeta, ProgramMeta)


def to_toml(meta: RunMeta) -> str:
    """Return the text of ``run.toml``."""
    parts = [table(_pairs(meta))]
    for key, items in (("hosts", meta.hosts), ("programs", meta.programs)):
        parts += [f"\n[[{key}]]\n{table(_pairs(item))}" for item in items]
    return "".join(parts)


def from_toml(text: str, name: str) -> tuple[RunMeta, list[str]]:
    """Read ``run.toml``; ``name`` is used where it has none. Never raises: what is broken becomes a sentence.

    Keys that are not known are left aside, a key of the wrong type counts as not there and is named.
    """
    import tomllib

    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return RunMeta(name), [f"run.toml is not TOML: {error}"]
    problems: list[str] = []
    values = _known(found, RunMeta, "", problems)
    values["hosts"] = _parts(found, "hosts", HostMeta, problems)
    values["programs"] = _parts(found, "programs", ProgramMeta, problems)
    return RunMeta(**{"name": name, **values}), problems


def _pairs(record: Any) -> dict[str, Value | None]:
    """Return the scalar fields and lists of text; nested tables are written by `to_toml`."""
    named = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {key: value for key, value in named if key not in ("hosts", "programs") and value != ()}


def _parts(found: dict[str, Any], key: str, kind: type[Part], problems: list[str]) -> tuple[Part, ...]:
    items = found.get(key, [])
    parts: list[Part] = []
    for number, item in enumerate(items if isinstance(items, list) else [items], start=1):
        where = f"{key} {number}: "
        if not isinstance(item, dict):
            problems.append(f"run.toml: {where}not a table")
            continue
        values = _known(item, kind, where, problems)
        try:
            parts.append(kind(**values))
        except TypeError:
            problems.append(f"run.toml: {where}a key is missing")
    return tuple(parts)


def _known(found: dict[str, Any], kind: type[Any], where: str, problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(kind):
        value = found.get(field.name)
        if value is None or field.name in ("hosts", "programs"):
            continue
        wanted = str(field.type)
        if wanted.startswith("tuple"):
            right = isinstance(value, list) and all(isinstance(each, str) for each in value)
            value = tuple(value) if right else value
        else:
            right = isinstance(value, int if "int" in wanted else str) and not isinstance(value, bool)
        if right:
            values[field.name] = value
        else:
            kind_name = "a number" if "int" in wanted else "text"
            problems.append(f"run.toml: {where}{field.name} is not {kind_name}")
    return values

"""The labs that come with whywire, read from their folders. Adding one edits no code.

A folder below ``whywire/labs`` with a ``lab.toml``::

    title = "One line for the list."
    [params.sleep]                      # reaches the commands as {sleep}, the command line as --sleep
    default = 0.5
    unit = "s"
    help = "how long the server sleeps"
    [[hosts]]                           # in the order they get numbers; servers are started first
    name = "client"
    address = "10.0.0.1"
    role = "client"
    command = "{python} client.py {server} 12345"
    times = 1                           # started so often, one after another
    [wire]                              # delay_ms, rate_mbit, burst_ms, rules
    [run]                               # quiet_s, timeout_s
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whywire.base.errors import WhywireError
from whywire.lab.plan import HostPlan, Plan
from whywire.lab.rules import Rule

FOLDER = Path(__file__).parent.parent / "labs"
_SCALES = {"delay_ms": ("delay_ns", 1e6), "rate_mbit": ("rate_bits", 1e6), "burst_ms": ("burst_ns", 1e6)}


@dataclass(frozen=True, slots=True)
class Param:
    """What can be varied in a lab."""

    name: str
    default: float | int | str
    help: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab of the catalogue."""

    name: str
    title: str
    folder: Path
    params: tuple[Param, ...]
    _settings: dict[str, Any]

    def programs(self) -> tuple[Path, ...]:
        """Return the lab's own programs, the ones that its story quotes."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.is_file() and path.suffix == ".py"))

    def recorded(self) -> Path | None:
        """Return the run folder that comes with the lab, where there is one."""
        path = self.folder / "recorded"
        return path if path.is_dir() else None

    def plan(self, values: Mapping[str, float | int | str] | None = None) -> Plan:
        """Return what to run. ``values`` replace params' defaults; an unknown one raises WhywireError."""
        chosen = {param.name: param.default for param in self.params}
        for name, value in (values or {}).items():
            if name not in chosen:
                raise WhywireError(f"the lab {self.name} has nothing called {name} to vary",
                                   f"it has: {', '.join(chosen) or 'nothing'}")
            chosen[name] = value
        hosts = tuple(HostPlan(host["name"], host["address"], _filled(host["command"], chosen), host["role"],
                               str(self.folder), times=host.get("times", 1)) for host in self._settings["hosts"])
        return Plan(self.name, self.title, hosts, **_wire(self._settings.get("wire", {})),
                    **self._settings.get("run", {}))


def labs() -> tuple[Lab, ...]:
    """Return all labs, by name."""
    return tuple(load(path.parent) for path in sorted(FOLDER.glob("*/lab.toml")))


def find(name: str) -> Lab:
    """Return the lab of that name. Raises WhywireError with the names there are."""
    folder = FOLDER / name
    if not name or Path(name).name != name or not (folder / "lab.toml").is_file():
        known = ", ".join(path.parent.name for path in sorted(FOLDER.glob("*/lab.toml")))
        raise WhywireError(f"there is no lab called {name!r}", f"there are: {known}")
    return load(folder)


def load(folder: Path) -> Lab:
    """Read a lab's folder. Raises WhywireError where its ``lab.toml`` can't be used."""
    path = folder / "lab.toml"
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
        params = tuple(Param(name, each["default"], each.get("help", ""), each.get("unit", ""))
                       for name, each in settings.get("params", {}).items())
        lab = Lab(folder.name, settings["title"], folder, params, settings)
        lab.plan()
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise WhywireError(f"{path} can't be used: {type(error).__name__}: {error}",
                           "see whywire/lab/catalogue.py for what a lab.toml holds") from error
    return lab


def _filled(command: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        command = command.replace("{" + name + "}", str(value))
    return command


def _wire(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan's fields for a ``[wire]`` table."""
    fields: dict[str, Any] = {}
    for name, value in settings.items():
        if name in _SCALES:
            field, scale = _SCALES[name]
            fields[field] = round(value * scale)
        elif name == "rules":
            fields["rules"] = tuple(Rule.parse(text) for text in value)
        else:
            fields[name] = value
    return fields

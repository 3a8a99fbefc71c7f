"""The labs that come with whywire, read from their folders. Adding one edits no code.

A folder below ``whywire/labs`` with a ``lab.toml``::

    title = "One line for the list."
    programs = "../http"                # where the scripts are, if several labs share them
    [params.sleep]                      # reaches the commands as {sleep}, the command line as --sleep
    default = 0.5
    unit = "s"
    help = "how long the server sleeps"
    [variants]                          # other programs in place of the lab's own: options such as --real
    real = "what the list of options says of it"
    [[hosts]]                           # in the order they get numbers; servers are started first
    name = "client"
    address = "10.0.0.1"
    role = "client"
    command = "{python} client.py {server} 12345"
    real = "{whywire} fetch ..."        # its command in the variant; without one, the usual command
    times = 1                           # started so often, one after another
    [hosts.files]                       # then the program runs in a folder of its own, with the scripts it names
    "site/index.html" = "text"
    "site/1.jpg" = 220750               # a picture of so many bytes
    [wire]                              # delay_ms, rate_mbit, burst_ms, rules
    [run]                               # quiet_s, timeout_s
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whywire.base.errors import WhywireError
from whywire.lab.files import File
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
        named = {word for host in self._settings["hosts"] for word in _scripts(host["command"])}
        return tuple(sorted(self.scripts / name for name in named))

    @property
    def scripts(self) -> Path:
        """The folder that holds the lab's programs."""
        return Path(self.folder, str(self._settings.get("programs", "."))).resolve()

    @property
    def variants(self) -> dict[str, str]:
        """Other programs that can take the place of the lab's own: name -> what an option's help says."""
        return dict(self._settings.get("variants", {}))

    def recorded(self) -> Path | None:
        """Return the run folder that comes with the lab, where there is one."""
        path = self.folder / "recorded"
        return path if path.is_dir() else None

    def plan(self, values: Mapping[str, float | int | str] | None = None, variant: str = "") -> Plan:
        """Return what to run. ``values`` replace params' defaults; an unknown one raises WhywireError."""
        chosen = {param.name: param.default for param in self.params}
        for name, value in (values or {}).items():
            if name not in chosen:
                raise WhywireError(f"the lab {self.name} has nothing called {name} to vary",
                                   f"it has: {', '.join(chosen) or 'nothing'}")
            chosen[name] = value
        if variant and variant not in self.variants:
            raise WhywireError(f"the lab {self.name} has no variant called {variant}",
                               f"it has: {', '.join(self.variants) or 'none'}")
        hosts = tuple(self._host(host, chosen, variant) for host in self._settings["hosts"])
        settings = self._settings.get("run", {})
        return Plan(self.name, self.title, hosts, **_wire(self._settings.get("wire", {})), **settings)

    def _host(self, host: dict[str, Any], chosen: Mapping[str, object], variant: str) -> HostPlan:
        command = host.get(variant, host["command"]) if variant else host["command"]
        environment = (("PYTHONPATH", _with_whywire()),) if "{whywire}" in command else ()
        files = tuple(_file(name, content) for name, content in host.get("files", {}).items())
        if files:
            files = (*(File(name, str(self.scripts / name)) for name in _scripts(command)), *files)
        command = _filled(command.replace("{whywire}", "{python} -m whywire"), chosen)
        return HostPlan(host["name"], host["address"], command, host["role"], str(self.scripts), environment,
                        host.get("times", 1), files)


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


def _scripts(command: str) -> list[str]:
    return [word for word in command.split() if word.endswith(".py") and "/" not in word]


def _file(name: str, content: str | int) -> File:
    return File(name, picture=content) if isinstance(content, int) else File(name, text=content)


def _with_whywire() -> str:
    """Return a PYTHONPATH with which the programs find this whywire, whatever folder they run in."""
    before = os.environ.get("PYTHONPATH")
    return str(FOLDER.parent.parent) + (os.pathsep + before if before else "")


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

"""The architecture, written once: which room may import which, what the river may not do, how large a piece may be.

The table and the ceilings have no exceptions. The lists below name the few files without a test of their own, each
with the reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "whywire"

# The river flows one way: a room imports what stands behind its name here, the standard library, and nothing else.
MAY_IMPORT: dict[str, set[str]] = {
    "base": set(),
    "ladder": {"base"},
    "protocols": {"base"},
    "capture": {"base", "ladder"},
    "packets": {"base", "capture"},
    "connections": {"base", "capture", "packets"},
    "exchanges": {"base", "protocols", "packets", "connections"},
    "findings": {"base", "packets", "connections", "exchanges"},
    "glossary": {"base"},
    "story": {"base", "ladder", "packets", "connections", "exchanges", "findings", "glossary"},
    "report": {"base", "ladder", "story"},
    "tables": {"base", "packets", "connections", "exchanges", "findings"},
    "lab": {"base", "capture"},
    "apps": {"base", "protocols"},
}
MAY_IMPORT |= {door: set(MAY_IMPORT) for door in ("cli", "api")}
MAY_IMPORT["api"] |= {"cli"}
# Inside apps: a folder imports itself and what stands behind its name. Of the cache the calculator knows one file.
APPS: dict[str, set[str]] = {
    "http": set(), "cache": set(), "stores": set(), "classic": set(), "fetch": set(),
    "calc": {"cache.aging"},
    "site": {"http"},
    "proxy": {"http", "cache", "stores", "calc"},
}
DOORS = {"cli", "api"}
DATA = {"labs": "scripts and data that are run and quoted, never imported"}

RIVER = ("base", "ladder", "protocols", "packets", "connections", "exchanges", "findings", "glossary", "story")
WHY_PURE = "from packets to story bytes and `now` come in as arguments: the same bytes always give the same story"
BANNED_MODULES = {
    **dict.fromkeys(("socket", "socketserver", "ssl", "select", "selectors", "asyncio", "http", "urllib", "ftplib"),
                    "talks to a network; that is the lab's and the programs' business"),
    **dict.fromkeys(("time",), "reads a clock"),
    **dict.fromkeys(("random", "secrets", "uuid"), "is different each time"),
    **dict.fromkeys(("threading", "_thread", "multiprocessing", "concurrent", "queue", "subprocess", "signal"),
                    "makes the order of things depend on the machine"),
    **dict.fromkeys(("os", "io", "pathlib", "tempfile", "shutil", "glob", "mmap"),
                    "reaches for files or the environment; capture opens files, cli knows the environment"),
    **dict.fromkeys(("logging", "warnings"), "prints behind the reader's back; return it as data"),
}
BANNED_CALLS = {
    "print": "story makes a document, cli prints it",
    "open": "capture opens files",
    "input": "cli talks to people",
    "breakpoint": "left behind by a debugging session",
    "exec": "code is not data",
    "eval": "code is not data",
}
BANNED_METHODS = {
    "now": "reads a clock", "utcnow": "reads a clock", "today": "reads a clock",
    "read_text": "capture opens files", "write_text": "capture opens files",
    "read_bytes": "capture opens files", "write_bytes": "capture opens files",
}

FILE_LINES, INIT_LINES, FUNCTION_LINES = 400, 80, 40

WITHOUT_OWN_TEST: dict[str, str] = {
    "__main__.py": "three lines; tests/cli/test_main.py starts it as a process",
    "base/records.py": "records without logic; tests/capture holds that they are written and read back",
    "connections/books.py": "columns without logic; tests/connections/test_origins.py holds what is counted with them",
    "connections/why.py": "names only; tests/story holds that every code has its sentence",
    "connections/model.py": "records without logic; every test of the room builds and reads them",
    "connections/nouns.py": "records without logic, which model.py hands on",
    "story/nodes.py": "records without logic, which document.py hands on",
    "exchanges/model.py": "records without logic; every test of the room builds and reads them",
    "capture/block.py": "records without logic; every reader's test fills and reads them",
    "findings/retired.py": "a list; tests/findings/test_rules.py holds that none of its codes is used again",
    **dict.fromkeys([f"glossary/{topic}.py" for topic in ("capture", "closing", "data", "opening", "windows")],
                    "entries; tests/glossary/test_terms.py holds each of them"),
    "glossary/term.py": "a record without logic; tests/glossary/test_terms.py reads every field of every entry",
    **dict.fromkeys([f"apps/cache/{name}.py" for name in (
        "failure", "lookup", "notmodified", "response", "storable", "storing")],
        "tests/apps/cache/test_conversations.py holds each requirement, test_properties.py what always holds"),
    "findings/*/*.py": "a rule; generic tests hold each: where it fires, where it is silent, its page",
}
"""Source files by name or pattern, with the reason. A file that gets a test loses its line."""


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def sources() -> list[Path]:
    """Return the source files below src/whywire, without the labs' scripts."""
    found = sorted(path for path in SOURCE.rglob("*.py") if path.relative_to(SOURCE).parts[0] not in DATA)
    return [path for path in found if "recorded" not in path.parts]


def name_of(path: Path) -> str:
    """Return the file's name as the lists above write it."""
    return path.relative_to(SOURCE).as_posix()


def room_of(path: Path) -> str:
    """Return the room a file is in; empty for the package's own files."""
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every imported module, the lazy ones inside functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:  # `from whywire import story` names a room only in its last word
                yield node.lineno, f"{base}.{alias.name}" if base == "whywire" else base


def wrong_imports(room: str, tree: ast.Module) -> list[str]:
    """Return a sentence for every import that the table does not allow."""
    problems = []
    for line, name in imported(tree):
        if name.startswith("."):
            problems.append(f"line {line}: relative import {name}; write whywire.{room}, so that the table can be held")
        elif name.split(".")[0] == "whywire":
            target = (name.split(".") + [""])[1]
            rooms = MAY_IMPORT.get(room, DOORS)
            if target in MAY_IMPORT and target != room and target not in rooms:
                allowed = ", ".join(sorted(rooms)) or "nothing"
                problems.append(f"line {line}: {room} may not import {target}; it may import {allowed}")
            elif target in DATA:
                problems.append(f"line {line}: {target} holds {DATA[target]}")
    return problems


def impurities(tree: ast.Module) -> list[str]:
    """Return a sentence for everything the river may not do."""
    problems = [f"line {line}: {name} {BANNED_MODULES[name.split('.')[0]]}"
                for line, name in imported(tree) if name.split(".")[0] in BANNED_MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in BANNED_CALLS:
                problems.append(f"line {node.lineno}: {called.id}(): {BANNED_CALLS[called.id]}")
            elif isinstance(called, ast.Attribute) and called.attr in BANNED_METHODS:
                problems.append(f"line {node.lineno}: .{called.attr}() {BANNED_METHODS[called.attr]}")
    return problems


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function's docstring takes."""
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def long_functions(tree: ast.Module) -> list[str]:
    """Return a sentence for every function above the ceiling; its docstring is not counted."""
    problems = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)
            if lines > FUNCTION_LINES:
                problems.append(f"line {node.lineno}: {node.name} has {lines} lines, the ceiling is {FUNCTION_LINES}")
    return problems


def undocumented(tree: ast.Module) -> list[str]:
    """Return a sentence for the module and every public function or class that has no docstring."""
    problems = [] if ast.get_docstring(tree) else ["the file has no docstring"]

    def walk(body: list[ast.stmt], prefix: str) -> None:
        named = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
        for node in named:
            if node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                problems.append(f"line {node.lineno}: {prefix}{node.name} has no docstring")
            if isinstance(node, ast.ClassDef):
                walk(node.body, f"{node.name}.")

    walk(tree.body, "")
    return problems


def has_test(path: Path) -> bool:
    """Tell whether tests/<room>/ has a test file of this file's name."""
    name = path.stem if path.stem != "__init__" else path.parent.name
    folder = ROOT / "tests" / room_of(path)
    inner = "_".join([*path.relative_to(SOURCE).parts[1:-1], name])
    return any(found for stem in {name, inner} for found in folder.rglob(f"test_{stem}.py"))


def each_source(*, river: bool = False) -> pytest.MarkDecorator:
    """Run a test once for every source file."""
    chosen = [path for path in sources() if not river or room_of(path) in RIVER]
    return pytest.mark.parametrize("path", chosen, ids=[name_of(path) for path in chosen])


def test_every_folder_is_a_room() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    unknown = rooms - set(MAY_IMPORT) - set(DATA)
    assert unknown == set(), "a new room needs its line in MAY_IMPORT and in docs/design/rooms.md"


@each_source()
def test_imports_follow_the_table(path: Path) -> None:
    assert wrong_imports(room_of(path), parsed(path)) == []


def wrong_app_imports(app: str, tree: ast.Module) -> list[str]:
    """Return a sentence for every import of another app that `APPS` does not allow."""
    problems = []
    for node in ast.walk(tree):
        base = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        for name in [f"{base}.{one}" if base else one for one in names]:
            if name.startswith("whywire.apps."):
                target = name.removeprefix("whywire.apps.") + "."
                if not any(target.startswith(f"{one}.") for one in {app, *APPS[app]}):
                    problems.append(f"{app} may not import {name}")
    return problems


def test_apps_import_each_other_in_one_direction() -> None:
    apps = SOURCE / "apps"
    assert {path.name for path in apps.iterdir() if any(path.glob("*.py"))} == set(APPS)
    found = [problem for app in APPS for path in (apps / app).rglob("*.py")
             for problem in wrong_app_imports(app, parsed(path))]
    assert found == []


@pytest.mark.parametrize(("app", "code", "wrong"), [
    ("calc", "from whywire.apps.cache import aging", False),
    ("calc", "from whywire.apps.cache.aging import age", False),
    ("calc", "from whywire.apps.cache import lookup", True), ("calc", "import whywire.apps.stores.model", True),
    ("cache", "from whywire.apps.calc.cache import age", True), ("proxy", "from whywire.apps import cache", False),
    ("site", "from whywire.apps import proxy", True),
])
def test_a_wrong_import_of_an_app_is_seen(app: str, code: str, wrong: bool) -> None:
    assert bool(wrong_app_imports(app, ast.parse(code))) is wrong


@each_source(river=True)
def test_the_river_is_pure(path: Path) -> None:
    assert impurities(parsed(path)) == [], WHY_PURE


@each_source()
def test_files_and_functions_stay_small(path: Path) -> None:
    ceiling = INIT_LINES if path.name == "__init__.py" else FILE_LINES
    assert len(path.read_text().splitlines()) <= ceiling, "split it by what changes together"
    assert long_functions(parsed(path)) == []


@each_source()
def test_public_names_are_documented(path: Path) -> None:
    assert undocumented(parsed(path)) == []


def test_every_file_has_a_test() -> None:
    untested = [name_of(path) for path in sources() if path.name != "__init__.py" and not has_test(path)]
    missing = [name for name in untested if not any(fnmatchcase(name, pattern) for pattern in WITHOUT_OWN_TEST)]
    assert missing == [], "each needs tests/<room>/test_<file>.py, or a line with the reason in WITHOUT_OWN_TEST"
    gone = [pattern for pattern in WITHOUT_OWN_TEST if not any(fnmatchcase(name, pattern) for name in untested)]
    assert gone == [], "these lines of WITHOUT_OWN_TEST are no longer needed"


@pytest.mark.parametrize(("room", "code"), [
    ("packets", "from whywire.story import tell"),
    ("packets", "def f():\n    import whywire.story.words"),
    ("story", "from whywire import report"),
    ("lab", "from whywire.packets.table import PacketTable"),
    ("base", "from .seq import unwrap"),
    ("cli", "import whywire.labs.v1.server"),
    ("", "import whywire.capture"),
])
def test_a_wrong_import_is_seen(room: str, code: str) -> None:
    assert wrong_imports(room, ast.parse(code)) != []


@pytest.mark.parametrize(("room", "code"), [
    ("story", "from whywire.connections.model import Account\nimport re"),
    ("cli", "from whywire import __version__\nfrom whywire.lab import plan"),
    ("", "from whywire.cli.main import main"),
])
def test_a_right_import_is_left_alone(room: str, code: str) -> None:
    assert wrong_imports(room, ast.parse(code)) == []


@pytest.mark.parametrize("code", [
    "import time", "from socket import socket", "def f():\n    import random", "print(1)", "open('x')",
    "import datetime\ndatetime.datetime.now()", "import concurrent.futures",
])
def test_an_impurity_is_seen(code: str) -> None:
    assert impurities(ast.parse(code)) != []


def test_a_long_function_is_seen_and_its_docstring_is_free() -> None:
    body = "    pass\n" * (FUNCTION_LINES - 1)
    documented = '    """One.\n\n    Two.\n    """\n'
    assert long_functions(ast.parse(f"def f():\n{documented}{body}")) == []
    assert long_functions(ast.parse(f"def f():\n{body}    pass\n")) != []


def test_a_missing_docstring_is_seen() -> None:
    code = '"""Module."""\nclass A:\n    """A."""\n    def b(self): ...\n    def _c(self): ...\n'
    assert undocumented(ast.parse(code)) == ["line 4: A.b has no docstring"]

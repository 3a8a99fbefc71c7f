"""The documents are true: generated pages are as the code is, commands work, examples show what comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import MAY_IMPORT
from tools import examples, json_fields, reference
from whywire.cli.main import COMMANDS
from whywire.lab.catalogue import labs

ROOT = Path(__file__).resolve().parent.parent
COMMAND = re.compile(r"^ *(?:\$ )?(?:whywire|\./dev) \S")


def name_of(path: Path) -> str:
    """Return a document's name below the repository."""
    return path.relative_to(ROOT).as_posix()


def commands() -> Iterator[tuple[Path, examples.Example]]:
    """Yield every command of every document."""
    for path in examples.documents():
        for example in examples.examples(path.read_text()):
            yield path, example


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as a reader has it."""
    made = tmp_path_factory.mktemp("reader")
    examples.stage(made)
    return made


@pytest.mark.parametrize("name", list(reference.PAGES))
def test_a_generated_page_is_as_the_code_is(name: str) -> None:
    path = ROOT / "docs" / "reference" / name
    assert path.read_text() == reference.pages()[path], "call ./dev docs"


def test_every_page_of_the_reference_is_generated() -> None:
    assert {path.name for path in (ROOT / "docs" / "reference").iterdir()} == set(reference.PAGES)


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_argument_says_what_it_is(command: str) -> None:
    silent = [written for written, text in reference.arguments(reference.parser_of(command)) if not text]
    assert silent == []


def test_every_field_of_the_json_is_described() -> None:
    undescribed = json_fields.seen().keys() - json_fields.fields().keys()
    assert undescribed == set(), "describe them in tools/json_fields.tsv"


def test_every_lab_says_what_it_is() -> None:
    assert labs()
    assert [lab.name for lab in labs() if not lab.title or not all(param.help for param in lab.params)] == []


RUN = [(path, example) for path, example in commands() if not example.left_out]


@pytest.mark.parametrize(("path", "example"), RUN, ids=[f"{name_of(path)}: {one.command}" for path, one in RUN])
def test_a_command_of_the_documents_works(path: Path, example: examples.Example, folder: Path) -> None:
    done = examples.run(example.command, folder)
    assert done.returncode == 0, f"{name_of(path)}: $ {example.command}\n{done.stdout}"
    if example.exact:
        assert done.stdout == example.output, "call ./dev docs, and read what changed"


def test_every_command_stands_where_it_is_run() -> None:
    stray = []
    for path in examples.documents():
        if path.parent.name == "reference":
            continue  # its examples are those of --help, which tests/cli runs
        rest = examples.FENCE.sub("", path.read_text())
        code = re.findall(r"^```.*?^```$|^ {4}.*?$", rest, re.MULTILINE | re.DOTALL)
        stray += [f"{name_of(path)}: {line.strip()}" for line in "\n".join(code).splitlines() if COMMAND.match(line)]
    assert stray == [], "put it into a console fence (tools/examples.py)"


def test_what_is_left_out_is_still_written_somewhere() -> None:
    texts = "".join(path.read_text() for path in examples.documents())
    assert [start for start in examples.NOT_RUN if f"$ {start.rstrip()}" not in texts] == []


def test_links_between_documents_lead_somewhere() -> None:
    dead = []
    for path in examples.documents():
        for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                dead.append(f"{name_of(path)}: {target}")
    assert dead == []


def test_the_table_of_rooms_is_that_of_the_architecture_test() -> None:
    text = (ROOT / "docs" / "design" / "rooms.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", text, re.MULTILINE)
    told = {room: set(allowed.split(", ")) - {"the standard library"} for room, allowed in rows if room != "room"}
    rooms = {room for room in MAY_IMPORT if room not in ("cli", "api")}
    everything = {"cli": rooms, "api": rooms | {"cli"}}
    assert {room: everything[room] if "everything" in allowed else allowed
            for room, allowed in told.items()} == MAY_IMPORT


def test_an_example_is_split_into_commands_and_outputs() -> None:
    text = "```console exact\n$ a \\\n    b\nx\ny\n$ c\n```\n"
    assert list(examples.examples(text)) == [
        examples.Example("a \\\n    b", "x\ny\n", True), examples.Example("c", "", True)]
    assert examples.refreshed(text, lambda command: f"<{command[0]}>\n") == (
        "```console exact\n$ a \\\n    b\n<a>\n$ c\n<c>\n```\n")

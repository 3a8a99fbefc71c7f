"""Writes docs/reference/ from the code, and the output of the documents' exact examples. Called by ``./dev docs``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.examples import ROOT, documents, refreshed, run, stage

NOTE = "<!-- Written by ./dev docs from the code; a change made here is lost. -->\n"

JSON_INTRODUCTION = """\
`whywire explain FILE --format json` prints one object. A field keeps its name and meaning once it is there; new ones
may come. `null` is "not known", never 0. Times are integer nanoseconds; positions are relative: a SYN is 0.
"""
STATEMENTS_INTRODUCTION = """\
Every statement that whywire can make about a packet, a pause or an end. The code is the field `why` of the JSON; the
sentence is what a time line says (`{}` is filled in, `[]` left out where it is not known, `|` is another wording).
"""


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of one command of whywire."""
    from whywire.cli.main import build

    whole = build(command)
    children = next(action for action in whole._actions if isinstance(action, argparse._SubParsersAction))
    child: argparse.ArgumentParser = children.choices[command]
    return child


def arguments(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield how each argument of a parser is written, and its help."""
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield from ((f"{name} {written}", text) for written, text in arguments(child))
            continue
        value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
        takes = "" if action.nargs == 0 else f" {value}"
        written = ", ".join(action.option_strings)
        yield (f"{written}{takes}" if written else str(value)), action.help or ""


def commands_page() -> str:
    """Return the page of the commands."""
    from whywire.cli import main as door

    codes = " ".join((door.__doc__ or "").partition("Exit codes:")[2].split())
    lines = [NOTE, "# Commands\n", "In a clone, `./dev` stands for `whywire` (`./dev lab v2`).\n",
             f"Exit codes: {codes}\n"]
    for name, line in door.COMMANDS.items():
        parser = parser_of(name)
        description = (parser.description or line).strip()
        example = (parser.epilog or "").partition("examples:\n")[2].rstrip()
        lines += [f"## whywire {name}\n", description + "\n", "| argument | |", "|---|---|"]
        lines += [f"| `{written.replace('|', chr(92) + '|')}` | {text} |" for written, text in arguments(parser)]
        lines += ["", "Examples:\n", "\n".join(f"  {row}" for row in example.splitlines()), ""]
    return "\n".join(lines)


def labs_page() -> str:
    """Return the page of the labs."""
    from whywire.lab.catalogue import labs

    lines = [NOTE, "# Labs\n", "`whywire lab NAME` runs one, `whywire lab NAME --show` prints its programs.\n"]
    for lab in labs():
        lines += [f"## {lab.name}\n", lab.title + "\n"]
        lines += [f"- {host.name}: `{host.command}`" + (f", {host.times} times" if host.times > 1 else "")
                  for host in lab.plan().hosts]
        lines += [f"- `--{param.name}`: {param.help} (default {param.default} {param.unit})".replace(" )", ")")
                  for param in lab.params]
        lines += [f"- `--{name}`: {line}" for name, line in lab.variants.items()]
        lines.append("")
    return "\n".join(lines)


def statements_page() -> str:
    """Return the page of the statements: every code and its sentence, grouped as `why` groups them."""
    from whywire.connections.why import Why
    from whywire.story.words import SENTENCES

    lines = [NOTE, "# Statements\n", STATEMENTS_INTRODUCTION]
    source = (ROOT / "src" / "whywire" / "connections" / "why.py").read_text()
    for line in source.splitlines():
        if line.startswith("    # ") and line[6] != " ":
            lines += ["", f"## {line[6:].strip().capitalize()}\n", "| why | sentence |", "|---|---|"]
        elif " = auto()" in line:
            why = Why[line.split(" = ")[0].strip()]
            sentence = SENTENCES[why].short.replace("|", chr(92) + "|") if why in SENTENCES else ""
            lines.append(f"| `{why.value}` | {sentence} |")
    return "\n".join(lines)


def json_page() -> str:
    """Return the page of the JSON's fields."""
    from tools.json_fields import fields, seen

    kinds = seen()
    lines = [NOTE, "# JSON\n", JSON_INTRODUCTION, "| field | type | |", "|---|---|---|"]
    lines += [f"| `{path}` | {', '.join(sorted(kinds.get(path, ())))} | {meaning} |"
              for path, meaning in fields().items()]
    return "\n".join(lines)


def rules_page() -> str:
    """Return the page of the rules."""
    from whywire.findings.pages import reference

    return f"{NOTE}\n{reference()}"


def glossary_page() -> str:
    """Return the page of the terms."""
    from whywire.glossary.pages import reference

    return f"{NOTE}\n{reference()}"


def tables_page() -> str:
    """Return the page of the tables' columns."""
    from whywire.tables.pages import reference

    return f"{NOTE}\n{reference()}"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page, "labs.md": labs_page, "json.md": json_page, "statements.md": statements_page,
    "rules.md": rules_page, "glossary.md": glossary_page, "tables.md": tables_page}


def pages() -> dict[Path, str]:
    """Return every generated page and where it belongs."""
    return {ROOT / "docs" / "reference" / name: make().rstrip("\n") + "\n" for name, make in PAGES.items()}


def examples_anew() -> dict[Path, str]:
    """Return every document with its exact examples written anew."""
    with tempfile.TemporaryDirectory(prefix="whywire-docs-") as folder:
        stage(Path(folder))
        return {path: refreshed(path.read_text(), lambda command: run(command, Path(folder)).stdout)
                for path in documents()}


def main() -> int:
    """Write what has changed."""
    for made in (pages, examples_anew):
        for path, text in made().items():
            if not path.exists() or path.read_text() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

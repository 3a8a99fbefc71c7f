"""Writes docs/reference/ from the code, and the output of the documents' exact examples. Called by ``./dev docs``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.examples import ROOT, documents, refreshed, run, stage

NOTE = "<!-- Written by ./dev docs from the code; a change made here is lost. -->\n"


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


PAGES: dict[str, Callable[[], str]] = {"commands.md": commands_page}


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

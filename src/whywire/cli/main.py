"""The command ``whywire``: from words to one command's function, and from errors to sentences.

Exit codes: 0 the story was told (whatever the programs in it ended with); 1 a run that went wrong, or a bug in
whywire; 2 input that can't be used, or words that make no command; 130 interrupted; 141 nobody read the output.
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from whywire import __version__
from whywire.base.errors import WhywireError

COMMANDS = {
    "run": "run a server and a client on two virtual hosts and explain every packet",
    "lab": "run a lab of the catalogue, or show its programs",
    "labs": "list the labs",
    "explain": "explain a capture file or a run folder",
    "capture": "record packets of this machine, and tell them while they come",
    "view": "open the page of a capture or run in the browser",
    "annotate": "write the explanations into a capture, as packet comments that Wireshark shows",
    "report": "write the whole story as one page for a browser",
    "table": "write packets, connections, exchanges or findings as Parquet, Arrow, CSV or JSON lines",
    "calc": "serve a calculator over TCP, or ask one",
    "rules": "list the rules: what whywire points out beside the story",
    "rule": "explain one rule, by its code or name",
    "term": "explain a term of the field, or list them",
    "fetch": "ask an HTTP server for paths or URLs, and save what it answers",
    "serve": "serve the files of a folder over HTTP/1.1",
    "proxy": "cache in front of a web server or a calculator, or ask a running cache",
    "doctor": "say what this machine allows, and what to do about the rest",
}
"""Each is a file of this folder; the line is the one that ``whywire --help`` shows."""

DESCRIPTION = """\
Why is that packet on the wire? Runs a server and a client, records every packet and every socket call,
and says for each packet which line of which program or which rule of TCP put it there."""

EXAMPLES = """\
examples:
  whywire lab v2                     two small programs, and the reason for every packet between them
  whywire run --server 'python server.py 12345' --client 'python client.py {server} 12345'
  whywire explain capture.pcapng     a capture that somebody else made

exit codes: 0 the story was told, 1 a run went wrong, 2 the input can't be used
"""

INTERRUPTED = 130
CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF, errno.EFBIG)
NOBODY_READS = 141


class Help(argparse.RawDescriptionHelpFormatter):
    """Help that knows its width without asking shutil, whose import costs more than a whole parser."""

    def __init__(self, prog: str) -> None:
        from whywire.cli.terminal import columns

        super().__init__(prog, width=columns(sys.stdout, None) - 2)


def build(command: str | None, words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser; of the commands only ``command`` has its options, and only its file is imported.

    A file with ``extend`` adds options that depend on the other ``words``.
    """
    parser = argparse.ArgumentParser(
        prog="whywire", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=Help)
    parser.add_argument("--version", action="version", version=f"whywire {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", prog="whywire")
    for name, line in COMMANDS.items():
        if name != command:
            commands.add_parser(name, help=line, formatter_class=Help)
            continue
        module = import_module(f"whywire.cli.{name}")
        child = commands.add_parser(
            name, help=line, description=module.HELP, epilog=f"examples:\n{module.EXAMPLE}",
            formatter_class=Help)
        module.configure(child)
        if hasattr(module, "extend"):
            module.extend(child, words)
        child.set_defaults(run=module.run)
    return parser


def dispatch(words: Sequence[str]) -> int:
    """Run the command that ``words`` name; return its exit code."""
    command = next((word for word in words if not word.startswith("-")), None)
    parser = build(command, words)
    arguments = parser.parse_args(words)
    if arguments.command is None:
        parser.print_help()
        return 0
    code: int = arguments.run(arguments)
    return code


def report_bug(error: Exception, words: Sequence[str]) -> None:
    """Save the traceback in a file and say where it is: an unexpected exception is our mistake, not the user's."""
    import platform
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="whywire-bug-", suffix=".txt", delete=False) as file:
        print(f"whywire {__version__}, Python {platform.python_version()}, {platform.platform()}", file=file)
        print("command:", ["whywire", *words], file=file)
        print(file=file)
        traceback.print_exception(error, file=file)
    print(f"whywire: this is a bug in whywire, not a mistake of yours: {type(error).__name__}: {error}\n"
          f"  Please report it with the file {file.name} and, if you may share it, the capture or run folder.",
          file=sys.stderr)


def silence_output() -> None:
    """Point standard output elsewhere, so that closing it at exit does not fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(words: Sequence[str] | None = None) -> int:
    """Run whywire with ``words`` (default: those of the command line) and return the exit code."""
    words = sys.argv[1:] if words is None else words
    if hasattr(sys.stdout, "reconfigure"):  # not where a test has put something simpler there
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            return dispatch(words)
        finally:
            sys.stdout.flush()  # here, where a closed pipe is still ours to be quiet about
    except WhywireError as error:
        print(f"whywire: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        silence_output()
        return NOBODY_READS
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if error.errno not in CANNOT_WRITE:
            report_bug(error, words)
            return 1
        silence_output()
        print(f"whywire: the output can't be written: {error.strerror}", file=sys.stderr)
        return 1
    except Exception as error:  # the last line of defence
        report_bug(error, words)
        return 1

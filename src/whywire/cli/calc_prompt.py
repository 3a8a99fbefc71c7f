"""What `whywire calc ask` prints: one answer, a prompt with a history, or an answer for each line of the input."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError

if TYPE_CHECKING:
    from whywire.apps.calc.client import Client, Wish
    from whywire.protocols.calc.content import Answer

PROMPT = "calc> "
GOODBYE = ("quit", "exit", "q")
_HISTORY = 1000
_PIECE = 65536


class Asking:
    """Asks a calculator and prints what it says."""

    def __init__(self, host: str, port: int, wish: Wish) -> None:
        self._host, self._port, self._wish = host, port, wish
        self._client: Client | None = None

    def one(self, expression: str) -> int:
        """Ask for one expression; return 0. Raises WhywireError for an answer with an error in it."""
        with self._connect() as client:
            answer = client.ask(expression, self._wish)
        if answer.error is not None:
            raise WhywireError(f"{answer.status}: {answer.error}", "", exit_code(answer))
        print(told(answer))
        return 0

    def prompt(self) -> int:
        """Ask for what is typed until the end of the input; return the exit code."""
        return self._typed() if sys.stdin.isatty() else self._lines(sys.stdin.fileno())

    def _lines(self, fd: int) -> int:
        """Ask for each line of the input, those that are there together; return the answers' highest exit code."""
        code = 0
        with self._connect() as client:
            for lines in _ready(fd):
                for answer in client.ask_all((line.strip() for line in lines if line.strip()), self._wish):
                    print(told(answer))
                    code = max(code, exit_code(answer))
                sys.stdout.flush()  # it may be a pipe, and the next line may take long
        return code

    def _typed(self) -> int:
        self._connect().close()  # says at once where nobody listens
        print(f"A calculator at {self._host}:{self._port}. An expression and Enter; Ctrl-D ends.")
        try:
            with _history():
                while (line := _read()) not in (None, *GOODBYE):
                    if line:
                        self._say(line)
        finally:
            self._hang_up()
        return 0

    def _say(self, expression: str) -> None:
        try:
            print(told(self._kept(expression)))
        except WhywireError as error:
            self._hang_up()
            print(error)

    def _kept(self, expression: str) -> Answer:
        """Ask on the connection that is there; once more on a new one where the server had closed it meanwhile."""
        if self._client is not None:
            try:
                return self._client.ask(expression, self._wish)
            except WhywireError:
                self._hang_up()
        self._client = self._connect()
        return self._client.ask(expression, self._wish)

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connect(self) -> Client:
        from whywire.apps.calc.client import Client

        return Client(self._host, self._port)


def _ready(fd: int) -> Iterator[list[str]]:
    """Yield the lines that are there, as soon as there is a whole one: what writes to a pipe may wait for an answer."""
    parts: list[bytes] = []  # of a line that is not whole yet
    while piece := os.read(fd, _PIECE):
        whole, newline, rest = piece.rpartition(b"\n")
        if newline:
            yield _text(b"".join([*parts, whole]))
            parts.clear()
        parts.append(rest)
    yield _text(b"".join(parts))


def _text(lines: bytes) -> list[str]:
    return lines.decode("utf-8", "replace").splitlines()


def told(answer: Answer) -> str:
    """Return an answer as text: the steps in lines, the result last; or the error with its status."""
    if answer.error is not None:
        return f"{answer.status}: {answer.error}"
    result = str(answer.result)
    return "\n".join([*answer.steps, *([] if answer.steps[-1:] == (result,) else [result])])


def exit_code(answer: Answer) -> int:
    """Return 0 for a result, 2 where the expression can't be worked out, 1 where the other side failed."""
    return 0 if answer.error is None else 2 if answer.status < 500 else 1


def _read() -> str | None:
    try:
        return input(PROMPT).strip()
    except EOFError:
        print()
        return None
    except KeyboardInterrupt:
        print()  # the shell's prompt begins a line of its own
        raise


@contextlib.contextmanager
def _history() -> Iterator[None]:
    """Give the prompt a history that lasts beyond this session, where this Python has readline and the file allows."""
    try:
        import readline
    except ImportError:
        yield
        return
    path = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "whywire" / "calc_history"
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(_HISTORY)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(path)

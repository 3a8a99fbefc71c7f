"""Opening an address in the user's browser, or the reason why none was opened; and the live page's process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whywire.base.errors import WhywireError

CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from whywire.cli.live import serve; serve(sys.argv[2])"


def why_not() -> str:
    """Return why no browser can be opened here; empty where one can."""
    if os.environ.get("BROWSER"):
        return ""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return "no browser is started as root"
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no display here: neither DISPLAY nor WAYLAND_DISPLAY is set"
    return ""


def open_browser(address: str) -> str:
    """Open an address; return why that did not work, or nothing."""
    reason = why_not()
    if reason:
        return reason
    import webbrowser

    try:
        return "" if webbrowser.open(address) else "no browser was found (BROWSER can name one)"
    except (webbrowser.Error, OSError) as error:
        return f"the browser could not be started: {error}"


@contextmanager
def showing(path: str | Path, wanted: bool = True) -> Iterator[str]:
    """Serve the page of a file or folder that grows, from a process of its own, and open it in the browser.

    Yields where it is, in words; nothing where it is not ``wanted``. Raises WhywireError where that is not possible.
    """
    if not wanted:
        yield ""
        return
    import subprocess

    root = str(Path(__file__).resolve().parents[2])
    # a session of its own: Ctrl-C ends the recording first, then the end of its input ends this process
    with subprocess.Popen([sys.executable, "-c", CHILD, root, str(Path(path).resolve())], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as child:
        url = child.stdout.readline().strip() if child.stdout else ""
        if not url:
            raise WhywireError("the server of --live could not start", "leave --live away", 1)
        problem = open_browser(url)
        yield f"{url} (not opened: {problem})" if problem else url

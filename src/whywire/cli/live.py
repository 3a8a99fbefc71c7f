"""The page of something that is still being recorded: a server for this machine's browser only, and a frame that
loads the page again when there is more.

It listens on 127.0.0.1 at a port of the kernel's choice, below a path that nobody can guess, and answers nothing else.
The page itself is the one that `whywire report` writes, with its own content security policy. It is made in a process
of its own (`browser.showing`), so that recording does not wait for it.
"""

from __future__ import annotations

import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import compare_digest, token_urlsafe

from whywire.base.errors import WhywireError

REST = 4
"""Making the page again waits so many times as long as making it took."""
LAST_S = 3.0
"""How long the end waits for a browser that still looks, to show the last state."""

STYLE = """\
html, body { height: 100%; margin: 0; display: flex; flex-direction: column; font: 14px system-ui, sans-serif; }
p { margin: 0; padding: 4px 12px; background: #223; color: #fff; }
iframe { flex: 1; border: 0; width: 100%; background: Canvas; }
"""
SCRIPT = """\
"use strict";
const state = document.querySelector("p"), frame = document.querySelector("iframe");
let shown = "";
const look = async () => {
  let version;
  try {
    version = (await (await fetch("version", {cache: "no-store"})).text()).trim();
  } catch {
    state.textContent = "The recording has ended. This is what was recorded; whywire view shows it again.";
    return;
  }
  if (version !== shown) {
    let at = "";
    try { at = frame.contentWindow.location.hash; } catch { at = ""; }
    frame.src = "page?" + version + at;
    shown = version;
  }
  setTimeout(look, 1000);
};
look();
"""
WRAPPER = f"""\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>whywire, live</title><style>{STYLE}</style></head>
<body><p role="status">Packets are being recorded; the page follows.</p>
<iframe title="the story so far"></iframe><script>{SCRIPT}</script></body></html>
"""
NOTHING_YET = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>whywire</title></head>
<body><p>No packets yet.</p></body></html>
"""


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


POLICY = (f"default-src 'none'; script-src 'sha256-{_hash(SCRIPT)}'; style-src 'sha256-{_hash(STYLE)}'; "
          "connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")


def serve(path: str) -> None:
    """Serve until the standard input ends."""
    with LivePage(path) as page:
        print(page.url, flush=True)
        sys.stdin.read()


class LivePage:
    """Serves the page of a file or run folder that grows, while it is used as a context."""

    def __init__(self, path: str | Path, make: Callable[[str | Path], str] | None = None) -> None:
        """``make``: what returns the page of a path. Raises WhywireError where no server can be started."""
        self._path = Path(path)
        self._make = make or (lambda each: page_of(each, goes_on=not self._ending))
        self._lock = threading.Lock()
        self._size, self._page, self._not_before = -1, NOTHING_YET, 0.0
        self._sent, self._looked, self._ending = -1, float("-inf"), False
        token = token_urlsafe(16)
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, token))
        except OSError as error:
            raise WhywireError(f"no server can start on 127.0.0.1: {error.strerror}", "leave --live away") from error
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/{token}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    def __enter__(self) -> LivePage:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending = True
        end = time.monotonic() + LAST_S
        while time.monotonic() < end and time.monotonic() - self._looked < LAST_S and self._sent != self._state():
            time.sleep(0.05)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def version(self) -> int:
        """Return the number of the state that `page` would return: what is there, unless it was made just now."""
        self._looked = time.monotonic()
        if self._looked < self._not_before and not self._ending:
            return self._size
        return self._state()

    def _state(self) -> int:
        """Return the bytes that are there; the end is a state of its own, for it is told otherwise."""
        return size_of(self._path) + self._ending

    def page(self) -> str:
        """Return the page of what is there; the one before where it was made just now."""
        with self._lock:
            size = self.version()
            if size != self._size:
                began = time.monotonic()
                try:
                    self._page = self._make(self._path)
                except WhywireError:  # nothing in it yet, or half of a header
                    self._page = NOTHING_YET
                now = time.monotonic()
                self._size, self._not_before = size, now + REST * (now - began)
            self._sent = size
            return self._page


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder; 0 for what is not there yet."""
    try:
        if path.is_dir():
            return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
        return path.stat().st_size
    except OSError:
        return 0


def page_of(path: str | Path, goes_on: bool = True) -> str:
    """Return the page of a file or run folder as far as it goes; says so where there is no packet yet.

    ``goes_on``: what is not there may still come, unless the run that was recorded is over. Raises WhywireError for
    what can't be opened.
    """
    from whywire.capture.run_meta import CUT
    from whywire.cli.report import page
    from whywire.cli.show import Wishes, open_path
    from whywire.story.words.growing import TOO_EARLY, growing

    run, capture = open_path(path, None)
    with capture:
        if len(capture.table) == 0:
            return NOTHING_YET
    goes_on = goes_on and (run is None or run.meta.ended == CUT)
    with growing(goes_on):
        return page(path, Wishes(format="json", ignore=TOO_EARLY if goes_on else ()))[0]


def _handler(live: LivePage, token: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers the frame, the page and its version, below the token only."""

        def do_GET(self) -> None:
            place, _, name = self.path.partition("?")[0].rpartition("/")
            host = self.headers.get("Host", "")
            if not compare_digest(place.encode(), f"/{token}".encode()) or not host.startswith("127.0.0.1:"):
                self._answer(404, "text/plain", "nothing here\n")
            elif name == "":
                self._answer(200, "text/html", WRAPPER, POLICY)
            elif name == "page":
                self._answer(200, "text/html", live.page())
            elif name == "version":
                self._answer(200, "text/plain", f"{live.version()}\n")
            else:
                self._answer(404, "text/plain", "nothing here\n")

        def _answer(self, status: int, kind: str, text: str, policy: str = "") -> None:
            body = text.encode("utf-8", "backslashreplace")
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
                                ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"),
                                ("Content-Security-Policy", policy)):
                if value:
                    self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:  # the browser has gone on
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base class)
            """Print nothing."""

    return Handler

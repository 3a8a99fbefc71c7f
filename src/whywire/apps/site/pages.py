"""The small pages that the server writes itself: what went wrong, in HTML or plain text, and what may be done."""

from __future__ import annotations

from html import escape

from whywire.apps.http.pages import reason_of

_STYLE = ("body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem}"
          "table{border-collapse:collapse}td,th{padding:.1rem 1rem .1rem 0;text-align:left}"
          "td.n{text-align:right;font-variant-numeric:tabular-nums}")

# What is written here runs no script and loads nothing, whatever a file's name or an address holds
OWN_PAGE = (("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),)


def phrase(status: int) -> str:
    """Return the reason phrase of a status."""
    return reason_of(status) or ("Error" if status >= 400 else "Answer")


def html(title: str, body: str) -> bytes:
    """Return a whole page. ``title`` is text, ``body`` is HTML."""
    return (f'<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
            f"<style>{_STYLE}</style>\n{body}</html>\n").encode("utf-8", "replace")


def message(status: int, text: str, *, plain: bool, link: str = "") -> tuple[str, bytes]:
    """Return type and content of the page for ``status``. ``link``: where the reader may go."""
    title = f"{status} {phrase(status)}"
    if plain:
        there = f"{link}\n" if link else ""
        return "text/plain; charset=utf-8", f"{title}\n\n{text}\n{there}".encode()
    there = f'<p><a href="{escape(link)}">{escape(link)}</a></p>\n' if link else ""
    return "text/html; charset=utf-8", html(title, f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>\n{there}")

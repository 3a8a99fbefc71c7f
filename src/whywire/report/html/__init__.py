"""The page: a story as one HTML file that needs no network, with its picture, sources and packets side by side.

``page``     the file: skeleton, style and script with their hashes, the data as JSON
``data``     all that the script shows, as plain dicts and lists
``packets``  one packet: reason, bookkeeping, header fields with their bytes
``axis``     time as height: rows kept apart, empty time compressed and marked
``lanes``    life lines: which host stands where
``clock``    the unit and the digits of its times
``scene``    the picture: arrows, call boxes, gaps
``plots``, ``waterfall``  series over time; requests over connections

The script (``*.js``, in the order of `page.SCRIPTS`) only draws: what it draws is made and tested here.
"""

from __future__ import annotations

from whywire.report.html.page import render

__all__ = ["render"]

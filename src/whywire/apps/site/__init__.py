"""The file server's answers: from a request and a folder to status, fields and content. No socket is seen here.

    rules       what a site is served with; toml reads the site's TOML file into it
    target      the request's path, decoded once, to names; beneath opens them below the folder and nowhere else
    accept      what the client takes; media knows types by the end of a name
    found       a representation: what is served, with its validators; find looks it up, with its precompressed variants
    dates, conditions, ranges   the parts of RFC 9110 that decide between 200, 206, 304, 412 and 416
    plan        all of that in one place: a representation and a request to status, fields and pieces
    pages, listing   the pages that the server writes itself
    memory      small answers, complete, for the quick path
    site        `Site`, the app behind the door
"""

from __future__ import annotations

from whywire.apps.site.rules import Rules, SiteConfig
from whywire.apps.site.site import Site
from whywire.apps.site.toml import load_rules

__all__ = ["Rules", "Site", "SiteConfig", "load_rules"]

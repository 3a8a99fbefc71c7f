"""The exchanges room: from connections to requests and responses, and how connections were used and belong together.

    model     the nouns that leave this room        find      the entry: `find`
    stream    one direction's bytes in order, with the packets that carried them
    detect    which protocol, by what is said       http, calc   messages of that protocol, paired
    message   from what a parser says to a `Message` with packets and times
    turns     who spoke when, also without a known protocol
    use       idle gaps, time-outs, races, connections that were never used
    waiting   requests that waited behind another connection of a serial server
    links     redirects, connections opened because others were closed or busy, pages
    proxy     a proxy's two legs, hits, and its own answers
"""

from __future__ import annotations

from whywire.exchanges.find import find, payload_of
from whywire.exchanges.model import ConnectionUse, Exchange, Exchanges, Link, Message

__all__ = ["ConnectionUse", "Exchange", "Exchanges", "Link", "Message", "find", "payload_of"]

"""The connections room: from packets to connections, both ends, with a cause for every packet.

    model     the nouns that leave this room          why       every statement that can be made, as a code
    flows     flat columns of the pass                track     the pass: connection, side, positions
    facts     what a packet is (its kinds)            kinds     the kinds as bits and words
    states    RFC 9293's state machine as a table     trace     which calls belong to which connection
    scene     one connection laid out                 causes/   why each packet is there
    closing   how it ended, and why                   pauses, waits, vantage, history, beliefs
    build     one `Connection`                        account   all of them, with what was skipped

Two speeds: the pass keeps flat state and touches each packet once; causes are found per connection, on demand.
"""

from __future__ import annotations

from whywire.connections.account import account
from whywire.connections.model import Account, Connection

__all__ = ["Account", "Connection", "account"]

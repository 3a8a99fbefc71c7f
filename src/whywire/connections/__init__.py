"""The connections room: from packets to connections, both ends, with a cause for every packet.

    model     the nouns that leave this room          why       every statement that can be made, as a code
    flows     flat columns of the pass                track     the pass: connection, side, positions
    facts     what a packet is (its kinds)            kinds     the kinds as bits and words
    states    RFC 9293's state machine as a table     trace     which calls belong to which connection
    scene     one connection laid out                 causes/   why each packet is there
    closing   how it ended, and why                   pauses, waits, vantage, history, beliefs
    build     one `Connection`                        accounts  all of them, with what was skipped

Two speeds: the pass keeps flat state and touches each packet once; causes are found per connection, on demand.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.connections.accounts import account
    from whywire.connections.model import Account, Connection

__all__ = ["Account", "Connection", "account"]


def __getattr__(name: str) -> object:
    """Load what is asked for only then: the pass and a summary need none of it."""
    if name == "account":
        from whywire.connections.accounts import account

        return account
    if name in __all__:
        from whywire.connections import model

        return getattr(model, name)
    raise AttributeError(f"module 'whywire.connections' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name what was not loaded yet, too."""
    return sorted({*globals(), *__all__})

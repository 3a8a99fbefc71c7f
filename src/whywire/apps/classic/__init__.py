"""The classic profile of the file server: byte for byte what a small course server sends, with blocking sockets.

    options   what can be chosen
    files     from a request's target to a file below the folder, and nothing else
    answers   the three answers: 200, 301, 404 (and 400, 405 for what the recordings do not show)
    server    the sockets: accept, a thread a connection or one after another, the idle timeout
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.apps.classic.options import Options
    from whywire.apps.classic.server import run

__all__ = ["Options", "run"]


def __getattr__(name: str) -> object:
    """Load what is asked for."""
    from importlib import import_module

    if name in __all__:
        module = import_module(f"whywire.apps.classic.{'options' if name == 'Options' else 'server'}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

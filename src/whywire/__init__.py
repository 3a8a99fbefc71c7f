"""whywire: why is that packet on the wire?

The rooms of this package, in the order in which data flows (see ``docs/design/rooms.md``)::

    base -> ladder -> capture -> packets -> connections -> story -> report
                 lab (makes run folders), labs (the catalogue), cli and api (the doors)

``whywire.open(FILE)`` and ``whywire.run(SERVER, CLIENT)`` are those of ``whywire.api``, loaded when they are used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from whywire.api import open as open  # noqa: A004
    from whywire.api import run as run

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Return a function of the Python door; importing whywire alone stays instant."""
    if name not in ("open", "run"):
        raise AttributeError(f"module 'whywire' has no attribute {name!r}")
    from whywire import api

    found: object = getattr(api, name)
    return found

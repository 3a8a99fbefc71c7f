"""whywire: why is that packet on the wire?

The rooms of this package, in the order in which data flows (see ``docs/design/rooms.md``)::

    base -> ladder -> capture -> packets -> connections -> story -> report
                 lab (makes run folders), labs (the catalogue), cli (the door)
"""

__version__ = "0.1.0"

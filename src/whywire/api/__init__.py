"""api: whywire for Python. `open` a capture or a run folder; `run` two programs and open what was recorded.

Both are also ``whywire.open`` and ``whywire.run``.
"""

from __future__ import annotations

from whywire.api.opened import Opened, open  # noqa: A004
from whywire.api.running import run

__all__ = ["Opened", "open", "run"]

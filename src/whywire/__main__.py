"""``python -m whywire``: the same as the command ``whywire``."""

from __future__ import annotations

import sys

from whywire.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

"""Libraries of others, imported when somebody asks for what they do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from whywire.base.errors import WhywireError

INSTALL = {"numpy": "'whywire[tables]'", "pyarrow": "'whywire[tables]'", "pyarrow.parquet": "'whywire[tables]'",
           "pandas": "pandas 'whywire[tables]'", "polars": "polars 'whywire[tables]'"}


def need(module: str, purpose: str) -> Any:
    """Return an imported module. Raises WhywireError with the line that installs it where it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise WhywireError(f"{purpose} needs {name}, which is not installed here",
                           f"pip install {INSTALL[module]}; CSV and JSON lines need nothing") from error

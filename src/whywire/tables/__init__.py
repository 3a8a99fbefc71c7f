"""tables: packets, connections, exchanges and findings for other people's tools. Imports what is used."""

from __future__ import annotations

from whywire.tables.made import DETAIL_LIMIT, Tables
from whywire.tables.table import Column, Table

__all__ = ["DETAIL_LIMIT", "Column", "Table", "Tables"]

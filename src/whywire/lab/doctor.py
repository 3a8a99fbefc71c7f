"""placeholder"""
from __future__ import annotations
from whywire.base.errors import WhywireError


def explain(error: Exception) -> WhywireError:
    return WhywireError(f"{error} {error.errno} {error.detail}", exit_code=1)

"""Cache-Status."""

from __future__ import annotations

from whywire.apps.cache.status import appended, member


def test_members() -> None:
    assert member("c", hit=True, ttl=30.9) == "c; hit; ttl=30"
    assert member("c", hit=True, ttl=-0.5) == "c; hit; ttl=-1"
    assert member("c", fwd="stale", fwd_status=304, ttl=5, stored=True) == "c; fwd=stale; fwd-status=304; ttl=5; stored"
    assert member("c", fwd="miss", collapsed=True, detail="no-store") == "c; fwd=miss; collapsed; detail=no-store"


def test_ours_comes_last_on_one_line() -> None:
    before = (("cache-status", "far; hit"), ("x", "1"), ("cache-status", ""), ("cache-status", "near; fwd=miss"))
    assert appended(before, "c; hit") == (("x", "1"), ("cache-status", "far; hit, near; fwd=miss, c; hit"))

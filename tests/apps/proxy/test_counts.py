"""The metrics are what Prometheus reads: every value with its type, counters end in _total."""

from __future__ import annotations

from whywire.apps.proxy.counts import Counts, metrics
from whywire.apps.stores.model import Stats


def test_every_value_has_help_and_type() -> None:
    links = {"open": 6, "kept": 7, "opened": 8, "reused": 9}
    text = metrics(Counts(hits=3), Stats("disk", 1, 2, 3, 4, 5, False), links)
    lines = text.splitlines()
    values = {line.split(" ")[0]: line.split(" ")[1] for line in lines if not line.startswith("#")}
    types = {line.split(" ")[2]: line.split(" ")[3] for line in lines if line.startswith("# TYPE")}
    assert set(values) == set(types)
    assert text.endswith("\n")
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in types.items())
    assert values["whywire_proxy_hits_total"] == "3"
    assert values["whywire_proxy_store_up"] == "0"
    assert values["whywire_proxy_origin_connections_kept"] == "7"
    assert values["whywire_proxy_origin_connections_opened_total"] == "8"

"""Counters of all workers as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client.parser import text_string_to_metric_families

from tests.apps.http.bench import Echo, bench, read_answer, split
from whywire.apps.http.metrics import COLUMNS, NUMBERS, SENT, Metrics, MetricsApp, Number, column_of


class Cache:
    """An app's own numbers."""

    numbers: Sequence[Number] = (Number("whywire_hits_total", "counter", "Hits.", 'store="a"'),)

    def counted(self) -> Sequence[float]:
        return (7.0,)


def parsed(text: bytes) -> dict[str, float]:
    """Return the samples by name and labels."""
    return {sample.name + "".join(f",{key}={value}" for key, value in sample.labels.items()): sample.value
            for family in text_string_to_metric_families(text.decode()) for sample in family.samples}


def test_the_workers_are_summed() -> None:
    metrics = Metrics(2)
    for worker, status in enumerate((200, 404)):
        values = [0.0] * len(NUMBERS)
        values[SENT] = 10.0
        values[column_of(status)] = 1
        values[column_of(299)] = 2
        metrics.publish(worker, values, Cache())
    found = parsed(metrics.rendered(Cache()))
    metrics.close()
    assert found["whywire_http_sent_bytes_total"] == 20
    assert found["whywire_http_requests_total,code=200"] == found["whywire_http_requests_total,code=404"] == 1
    assert found["whywire_http_requests_total,code=other"] == 4
    assert found["whywire_hits_total,store=a"] == 14
    assert len(NUMBERS) < COLUMNS // 2, "apps need room for theirs"


def test_a_server_counts_what_it_does() -> None:
    metrics = Metrics()
    with bench(Echo(), metrics=metrics) as at, at.connect() as peer:
        for target in (b"/quick", b"/x", b"/quick"):
            peer.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
            assert read_answer(peer).status == 200
        at.ask(b"bad\r\n\r\n")
        with bench(MetricsApp(metrics, at.server)) as side:
            answers = split(side.ask(
                b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nPOST /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
                b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    metrics.close()
    assert [answer.status for answer in answers] == [200, 405, 404]
    found = parsed(answers[0].content)
    assert found["whywire_http_requests_total,code=200"] == 3
    assert found["whywire_http_requests_total,code=400"] == found["whywire_http_refused_total"] == 1
    assert found["whywire_http_connections_total"] == 2
    assert found["whywire_http_sent_bytes_total"] == len(b"quick" * 2 + b"GET /x a ")

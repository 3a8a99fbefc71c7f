from __future__ import annotations

from whywire.lab.plan import two_hosts


def test_two_hosts_are_the_usual_ones() -> None:
    plan = two_hosts("pair", "serve 80", "ask {server} 80", title="A pair.", cwd="/srv")
    assert [(host.name, host.address, host.role, host.command, host.cwd) for host in plan.hosts] == [
        ("client", "10.0.0.1", "client", "ask {server} 80", "/srv"),
        ("server", "10.0.0.2", "server", "serve 80", "/srv")]
    assert (plan.delay_ns, plan.rate_bits, plan.quiet_s) == (5_000_000, 100_000_000, 1.0)

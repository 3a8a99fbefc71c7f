from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.bench import ECHO_SERVER, can_run_labs, frames, plan
from whywire.lab.run import run

BURST = """\
import socket, sys
s = socket.create_connection((sys.argv[1], 4000))
s.send(b"x")
print(len(s.recv(1024)), len(s.recv(1024)))
s.close()
"""
BIG_ANSWER = ECHO_SERVER.replace("while data := ", "if data := ").replace("send(data)", "sendall(data * 6000)")


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def test_the_rate_spaces_frames(tmp_path: Path) -> None:
    path = run(plan(tmp_path, BIG_ANSWER, BURST, rate_bits=10_000_000, delay_ns=2_000_000), tmp_path / "run").path
    sent = [each for each in frames(path / "server.pcapng") if each.leaves and len(each.data) == 1514]
    arrived = {each.number: each.time_ns for each in frames(path / "client.pcapng") if not each.leaves}
    assert len(sent) == 4
    for place, each in enumerate(sent, start=1):  # 100 ns a bit; a busy machine makes it later, nothing sooner
        assert arrived[each.number] - sent[0].time_ns >= place * 1514 * 8 * 100 + 2_000_000


def test_a_burst_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    outcome = run(plan(tmp_path, BIG_ANSWER, BURST, burst_ns=4_000_000, delay_ns=5_000_000), tmp_path / "run")
    assert outcome.programs[0].output.read_text() == "1024 1024\n"
    came = [each for each in frames(outcome.path / "client.pcapng") if not each.leaves and each.payload]
    assert [len(each.payload) for each in came] == [1448] * 4 + [208]
    reset = next(each for each in frames(outcome.path / "client.pcapng") if each.flags == "RA")
    assert reset.time_ns > came[-1].time_ns


def test_every_delivery_takes_the_delay(tmp_path: Path) -> None:
    path = run(plan(tmp_path, delay_ns=12_000_000, rate_bits=0), tmp_path / "run").path
    left = {each.number: each.time_ns for name in ("client", "server") for each in frames(path / f"{name}.pcapng")
            if each.leaves}
    arrived = {each.number: each.time_ns for name in ("client", "server") for each in frames(path / f"{name}.pcapng")
               if not each.leaves}
    assert min(arrived[number] - left[number] for number in left) >= 12_000_000

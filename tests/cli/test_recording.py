from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest

from whywire.capture import open_bytes
from whywire.capture.block import INBOUND, OUTBOUND
from whywire.cli import recording
from whywire.cli.recording import Recording
from whywire.cli.show import open_path
from whywire.lab.sniffer import Frame, Sniffer

RECORDED = Path(__file__).resolve().parents[2] / "src" / "whywire" / "labs" / "v2" / "recorded" / "client.pcapng"
ETHERNET, LOOPBACK, TUNNEL, FIREWIRE = 1, 772, 65534, 24


class Fake:
    """Hands over batches of frames, then is down."""

    def __init__(self, *batches: list[Frame]) -> None:
        self.ended = ""
        self.finished = False
        self._batches = list(batches)

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        if not self._batches:
            self.ended = "it is down"

    def frames(self) -> Iterator[Frame]:
        yield from self._batches.pop(0) if self._batches else []

    def finish(self) -> None:
        self.finished = True

    def drops(self) -> int:
        return 3


def frame(number: int, interface: int = 1, hardware: int = ETHERNET, direction: int = INBOUND) -> Frame:
    return Frame(1_000 + number, bytes([number]) * 60, 90, interface, hardware, direction)


def recorded(fake: Fake, count: int | None = None, lines: list[str] | None = None) -> tuple[Recording, bytes]:
    out = BytesIO()
    made = Recording(cast(Sniffer, fake), out, None if lines is None else lines.append, "a test")
    made.run(count, None)
    return made, out.getvalue()


def test_every_frame_is_in_the_file() -> None:
    sent = [frame(1), frame(2, direction=OUTBOUND), frame(3, interface=7, hardware=TUNNEL), frame(4)]
    made, data = recorded(Fake(sent[:1], sent[1:]))
    source = open_bytes(data)
    found = [(block.time_ns[row], block.data[block.at[row]:block.at[row] + block.captured[row]], block.original[row],
              block.interface[row], block.direction[row]) for block in source.blocks() for row in range(block.frames)]
    assert found == [(each.time_ns, each.data, each.original, int(each.interface == 7), each.direction)
                     for each in sent]
    assert [one.link_type for one in source.interfaces] == [1, 101]
    assert (made.packets, made.dropped, made.strange) == (4, 3, 0)


def test_a_link_that_is_not_known_is_counted() -> None:
    made, data = recorded(Fake([frame(1), frame(2, 9, FIREWIRE)]))
    assert (made.packets, made.strange) == (1, 1)
    assert sum(block.frames for block in open_bytes(data).blocks()) == 1


@pytest.mark.parametrize("count", [1, 2, 3])
def test_it_stops_at_the_count(count: int) -> None:
    fake = Fake([frame(1), frame(2)], [frame(3), frame(4)])
    made, _ = recorded(fake, count)
    assert made.packets == count
    assert made.stopped
    assert not fake.finished


def test_at_the_end_it_takes_what_the_kernel_still_holds() -> None:
    fake = Fake([frame(1)], [frame(2)])
    out = BytesIO()
    made = Recording(cast(Sniffer, fake), out, None)
    made.stop()
    made.run(None, None)
    assert fake.finished
    assert made.packets == 1


def conversation() -> list[Frame]:
    _, capture = open_path(RECORDED, None)
    with capture:
        table = capture.table
        return [Frame(table.time_ns[row], capture.frame(row), table.original[row], 1, LOOPBACK, 0)
                for row in range(len(table))]


def test_what_is_over_is_told() -> None:
    lines: list[str] = []
    recorded(Fake(conversation()), lines=lines)
    (line,) = lines
    assert "10.0.0.2:8080  12 packets" in line
    assert "20 bytes up, 20 down" in line


def test_too_many_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "TOO_MANY", 2)
    lines: list[str] = []
    frames = conversation()
    made, _ = recorded(Fake(frames, frames), lines=lines)
    assert lines == ["too many packets to tell them beside recording them; the story comes at the end"]
    assert made.packets == 2 * len(frames)

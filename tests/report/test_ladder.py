from __future__ import annotations

from pathlib import Path

import pytest

from tests.story.accounts import CAPTURES, founding, of_ladder, of_run
from tests.story.factories import account, connection
from whywire.capture.compile import Compiled
from whywire.connections import Account
from whywire.ladder import parse
from whywire.report.ladder import render
from whywire.story import tell

FOUNDING = sorted(path.name for path in (CAPTURES / "founding").glob("*.pcap*"))
LADDERS = Path(__file__).resolve().parent.parent / "story" / "ladders"


def facts(found: Account) -> list[tuple[object, ...]]:
    """Return what a ladder must carry of every packet."""
    return [(made.sender, made.flags, made.seq, made.ack, made.length, made.window, made.mss, made.window_scale,
             made.ts_value) for one in found.connections for made in one.segments]


def calls(found: Account) -> list[tuple[object, ...]]:
    """Return what a ladder must carry of every call."""
    return [(made.name, made.args, made.start_ns - (found.first_ns or 0), made.source, made.error, made.byte_count)
            for made in found.connections[0].calls]


@pytest.mark.parametrize("name", FOUNDING)
def test_a_capture_comes_back_from_its_ladder(name: str) -> None:
    found = founding(name)
    again = of_ladder(render(tell(found)))
    assert facts(again) == facts(found)
    assert [(one.client.isn, one.server.isn) for one in again.connections] == \
        [(one.client.isn, one.server.isn) for one in found.connections]


@pytest.mark.parametrize("name", ["unread", "sleep", "refused"])
def test_a_run_comes_back_with_its_calls(name: str, tmp_path: Path) -> None:
    found = of_run((LADDERS / f"{name}.ladder").read_text(), tmp_path / "one")
    again = of_run(render(tell(found)), tmp_path / "two")
    assert facts(again) == facts(found)
    assert calls(again) == calls(found)


def test_times_are_steps_from_the_line_before() -> None:
    text = render(tell(of_ladder("start 100\n+0.5 a>b S 0:0(0)\n+0.25 b>a SA 0:0(0) ack 1\n")))
    assert "start 100.5" in text
    assert "+0.250 " in text


def test_loopback_gives_the_server_an_address_of_its_own() -> None:
    text = render(tell(founding("a-v1.pcapng")))
    assert "# client and server have one address, 127.0.0.1; here each needs its own" in text
    assert "host client 127.0.0.1" in text
    assert len(Compiled(parse(text)).capture()) > 0


def test_a_hostile_name_stays_in_its_comment() -> None:
    text = render(tell(account(connection(), name="x\nhost evil 1.2.3.4\x1b[2J")))
    assert "\x1b" not in text
    assert not any(line.startswith("host evil") for line in text.splitlines())

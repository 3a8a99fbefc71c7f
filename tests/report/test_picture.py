from __future__ import annotations

import pytest

from tests.story.factories import MS, account, call, connection, conversation
from whywire.report.layout import Pen
from whywire.report.picture import LEAST_LINES, WITH_ARRIVAL, picture
from whywire.story.document import Timeline
from whywire.story.teller import Teller
from whywire.story.timeline import timeline


def line(view: str = "file", **changes: object) -> Timeline:
    """Return the time line of a connection."""
    one = connection(**changes)
    return timeline(Teller(account(one, view=view)), one, all_packets=True)


def drawn(width: int, told: Timeline | None = None) -> list[str]:
    """Return a picture's lines below the legend."""
    lines = picture(told or line(), width, Pen(False))
    return lines[lines.index("") + 1:]


def test_with_room_the_reasons_stand_beside_the_life_lines() -> None:
    head, syn = drawn(120)[:2]
    assert head == " #    ms  client             server"
    assert syn.startswith(" 1   0.0  SYN            -->                 seq 0. A SYN takes one number")


def test_with_less_room_they_stand_below() -> None:
    lines = drawn(LEAST_LINES)
    assert lines[1:3] == [" 1   0.0  SYN            -->",
                          "            seq 0. A SYN takes one number, so the next is 1. The"]


def test_with_little_room_there_is_a_list() -> None:
    assert drawn(60)[:3] == [
        "1  0.0 ms  client -> server  SYN", "    seq 0. A SYN takes one number, so the next is 1. The",
        "    client's program asked for a connection: connect() sends"]


def test_each_side_has_its_own_life_line() -> None:
    lines = drawn(120)
    left, right = lines[0].index("client"), lines[0].index("server")
    assert next(each for each in lines if "FIN ACK" in each).index("FIN ACK") == left
    assert next(each for each in lines if "SYN ACK" in each).index("SYN ACK") == right


def test_a_call_begins_in_its_lane_and_keeps_its_source() -> None:
    told = line(calls=(call(4, "send", args="13 bytes", source="s.send(b'Hello, world!')"),))
    row = next(each for each in drawn(120, told) if "send(13 bytes)" in each)
    assert row.index("send(") == drawn(120, told)[0].index("client")
    assert row.endswith("client.py:4  s.send(b'Hello, world!')")


def test_a_merged_view_shows_arrivals_where_there_is_room() -> None:
    from dataclasses import replace

    segments = tuple(replace(made, arrival_ns=made.time_ns + 5 * MS) for made in conversation())
    told = line("merged", segments=segments)
    assert drawn(WITH_ARRIVAL, told)[0].split()[:3] == ["#", "ms", "arrived"]
    assert drawn(WITH_ARRIVAL, told)[1].split()[:3] == ["1", "0.0", "5.0"]
    assert "arrived" not in drawn(WITH_ARRIVAL - 1, told)[0]


@pytest.mark.parametrize(("width", "arrow"), [(120, "--x"), (60, "client --x server")])
def test_a_lost_packet_never_arrives(width: int, arrow: str) -> None:
    from dataclasses import replace

    first, *others = conversation()
    lines = drawn(width, line(segments=(replace(first, lost=True), *others)))
    assert any(arrow in each for each in lines)
    assert "Never arrived." in " ".join(" ".join(lines).split())


def test_a_long_title_is_not_cut() -> None:
    from dataclasses import replace

    told = replace(line(), left="client (measure_everything.py)", right="server (app.py)")
    lines = drawn(120, told)
    at = lines[0].index("client")
    assert lines[0][at:].split() == ["client", "server", "(app.py)"]
    assert [each.rstrip() for each in lines[1:3]] == [" " * at + "(measure_everything.", " " * at + "py)"]

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.packets.frames import Frames, ethernet, ip4, tcp
from whywire.base.errors import WhywireError
from whywire.base.records import WireEvent
from whywire.capture.block import INBOUND, OUTBOUND, Interface, Problem
from whywire.capture.calls import encode
from whywire.capture.pcapng_writer import PcapngWriter
from whywire.capture.run import open_run
from whywire.capture.run_meta import HostMeta, RunMeta, to_toml
from whywire.packets.merge import merge_run, open_view
from whywire.packets.table import ARRIVAL, LOST, TRAVELLING, Capture

Seen = tuple[int, int, int]
"""packet id, time, direction."""


def host(*frames: Seen) -> Frames:
    return Frames([(ethernet(ip4(tcp(seq=max(number, 0)))), {"packet_id": number, "time_ns": time, "direction": way})
                   for number, time, way in frames])


def rows(capture: Capture) -> list[tuple[int, int, int | None, bool]]:
    table = capture.table
    return [(table.packet_id[row], table.time_ns[row],
             table.arrival_ns[row] if table.present[row] & ARRIVAL else None, bool(table.present[row] & LOST))
            for row in range(len(table))]


def merged(sources: Mapping[str, Frames], gone: set[int] | None = None) -> list[tuple[int, int, int | None, bool]]:
    return rows(merge_run("run", sources, gone or set()))


def test_two_copies_are_one_row_by_the_time_it_was_sent() -> None:
    client = host((1, 100, OUTBOUND), (2, 130, INBOUND), (3, 125, OUTBOUND))
    server = host((1, 105, INBOUND), (2, 120, OUTBOUND), (3, 131, INBOUND))
    assert merged({"client": client, "server": server}) == [
        (1, 100, 105, False), (2, 120, 130, False), (3, 125, 131, False)]


def test_equal_times_go_by_packet_id() -> None:
    client = host((4, 100, OUTBOUND), (3, 100, OUTBOUND))
    server = host((1, 100, OUTBOUND), (3, 105, INBOUND), (4, 105, INBOUND))
    assert [row[0] for row in merged({"client": client, "server": server})] == [1, 3, 4]


def test_a_frame_that_never_arrived_is_lost() -> None:
    client = host((1, 100, OUTBOUND), (2, 300, OUTBOUND))
    server = host((2, 305, INBOUND))
    assert merged({"client": client, "server": server}) == [(1, 100, None, True), (2, 300, 305, False)]


def test_a_frame_under_way_at_the_end_is_not_called_lost() -> None:
    client = host((1, 100, OUTBOUND), (2, 103, OUTBOUND))
    server = host((1, 105, INBOUND))
    assert merged({"client": client, "server": server})[1] == (2, 103, None, False)
    assert merged({"client": client, "server": server}, gone={2})[1] == (2, 103, None, True)


def test_a_wire_that_names_what_it_drops_leaves_the_others_travelling() -> None:
    client = host((1, 100, OUTBOUND), (2, 200, OUTBOUND), (3, 300, OUTBOUND))
    capture = merge_run("run", {"client": client, "server": host((2, 201, INBOUND))}, {1}, wire_tells=True)
    assert [bool(mask & LOST) for mask in capture.table.present] == [True, False, False]
    assert [bool(mask & TRAVELLING) for mask in capture.table.present] == [False, False, True]


def test_a_copy_of_the_receiver_alone_stays() -> None:
    client = host((1, 100, OUTBOUND))
    server = host((1, 105, INBOUND), (7, 101, INBOUND), (1, 106, INBOUND))
    assert merged({"client": client, "server": server}) == [
        (1, 100, 105, False), (7, 101, 101, False), (1, 106, 106, False)]


def test_one_file_alone_loses_nothing() -> None:
    assert merged({"client": host((1, 100, OUTBOUND), (2, 300, INBOUND))}) == [
        (1, 100, None, False), (2, 300, 300, False)]


def test_frames_without_a_number_stay_as_they_are() -> None:
    client = host((-1, 100, OUTBOUND))
    server = host((-1, 105, INBOUND))
    assert merged({"client": client, "server": server}) == [(-1, 100, None, False), (-1, 105, None, False)]


def test_three_hosts() -> None:
    sources = {"client": host((1, 100, OUTBOUND)), "proxy": host((1, 105, INBOUND), (2, 106, OUTBOUND)),
               "server": host((2, 111, INBOUND))}
    capture = merge_run("run", sources)
    assert rows(capture) == [(1, 100, 105, False), (2, 106, 111, False)]
    assert list(capture.table.interface) == [0, 1]


def test_a_broadcast_is_one_packet_and_its_duplicate_another() -> None:
    sources = {"a": host((1, 100, OUTBOUND)), "b": host((1, 105, INBOUND)), "c": host((1, 106, INBOUND))}
    assert merged(sources) == [(1, 100, 105, False)]
    sources["b"] = host((1, 105, INBOUND), (1, 107, INBOUND))
    assert merged(sources) == [(1, 100, 105, False), (1, 107, 107, False)]


def test_bytes_come_from_the_senders_file() -> None:
    client = host((1, 100, OUTBOUND))
    server = host((2, 50, OUTBOUND))
    capture = merge_run("run", {"client": client, "server": server})
    assert list(capture.table.file) == [1, 0]
    assert [capture.frame(row) for row in range(2)] == [server.data, client.data]
    assert (capture.view, capture.name) == ("merged", "run")


def test_problems_name_the_host() -> None:
    broken = Frames([], problems=[Problem("cut")])
    assert merge_run("run", {"client": host(), "server": broken}).problems == ("server: cut",)


def record(path: Path, name: str, *frames: Seen) -> None:
    with (path / f"{name}.pcapng").open("wb") as file:
        writer = PcapngWriter(file, [Interface(1)])
        for number, time, way in frames:
            writer.packet(time, ethernet(ip4(tcp(seq=number))), 0, way, number)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run folder of two hosts; frame 3 was dropped by the wire."""
    record(tmp_path, "client", (1, 100, OUTBOUND), (2, 130, INBOUND), (3, 131, OUTBOUND))
    record(tmp_path, "server", (1, 105, INBOUND), (2, 125, OUTBOUND))
    (tmp_path / "run.toml").write_text(to_toml(RunMeta("lab", hosts=(HostMeta("client"), HostMeta("server")))))
    (tmp_path / "calls.jsonl").touch()
    (tmp_path / "wire.jsonl").write_text(encode(WireEvent(1, "dropped", 131, 3, "client", "server")))
    return tmp_path


def test_a_run_folder_opens_merged(run: Path) -> None:
    with open_view(open_run(run)) as capture:
        assert (capture.name, capture.view, capture.problems) == ("lab", "merged", ())
        assert rows(capture) == [(1, 100, 105, False), (2, 125, 130, False), (3, 131, None, True)]
        table = capture.table
        assert [table.interfaces[table.interface[row]].host for row in range(3)] == ["client", "server", "client"]


def test_one_host_as_its_file_stands(run: Path) -> None:
    with open_view(open_run(run), "client") as capture:
        assert capture.view == "at client"
        assert rows(capture) == [(1, 100, None, False), (2, 130, None, False), (3, 131, None, False)]


def test_a_host_the_run_has_not(run: Path) -> None:
    with pytest.raises(WhywireError, match="no capture of host 'proxy'") as caught:
        open_view(open_run(run), "proxy")
    assert caught.value.hint == "it has: client, server"


def test_a_capture_that_can_not_be_read_leaves_the_others(run: Path) -> None:
    (run / "server.pcapng").write_bytes(b"")
    with open_view(open_run(run)) as capture:
        assert [row[0] for row in rows(capture)] == [1, 2, 3]
        assert len(capture.problems) == 1
        assert "server.pcapng" in capture.problems[0]
    (run / "client.pcapng").write_bytes(b"")
    with pytest.raises(WhywireError):
        open_view(open_run(run))

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from whywire.capture.index import key_of, read, write
from whywire.capture.opening import open_capture
from whywire.connections import account
from whywire.connections.accounts import account_of
from whywire.connections.indexed import pack, unpack
from whywire.connections.track import Tracker
from whywire.packets.decode import decode_capture

TRAPS = sorted((ROOT / "tests" / "captures" / "traps").glob("*.pcap"))[:12]


@pytest.mark.parametrize("path", [*TRAPS, ROOT / "tests/captures/founding/d-http-keep-alive-expired.pcapng"],
                         ids=lambda path: path.name)
def test_a_connection_from_an_index_is_the_one_of_the_capture(path: Path, tmp_path: Path) -> None:
    with decode_capture(open_capture(path), "x") as capture:
        tracker = Tracker(capture.table)
        tracker.track()
        extra, columns = pack(capture, tracker)
        write(tmp_path / "index", key_of(path), extra, columns)
        whole = account(capture)
    found = read(tmp_path / "index", key_of(path))
    assert found is not None
    again, followed = unpack("x", open_capture(path), found.extra, found.columns)
    with again:
        for connection in whole.connections:
            alone = account_of(again, followed, connection.number)
            assert alone.others == len(whole.connections) - 1
            one = alone.connections[0]
            assert [(s.packet, s.kinds, s.cause) for s in one.segments] == [
                (s.packet, s.kinds, s.cause) for s in connection.segments]
            assert (one.opening, one.closing, one.history) == (
                connection.opening, connection.closing, connection.history)

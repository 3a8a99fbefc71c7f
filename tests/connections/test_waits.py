"""Calls that blocked, and the packet that ended their waiting."""

from __future__ import annotations

from pathlib import Path

from tests.connections.accounts import OPEN, of_run, only
from whywire.connections.why import Why


def test_what_each_call_waited_for(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       b: recv(1024) ...
+0.002 a: send(13 bytes) = 13
+0.000 a>b PA 1:14(13) ack 1 win 502<<7 arrives +0.005
+0.005 b: ... recv = 13 bytes
       b: recv(1024) ...
+0.000 b>a A 1:1(0) ack 14 win 510<<7 arrives +0.005
+0.010 a: close()
+0.000 a>b FA 14:14(0) ack 1 win 502<<7 arrives +0.005
+0.005 b: ... recv = 0 bytes
""", tmp_path))
    shown = {found.calls[[c.number for c in found.calls].index(w.call)].name + str(w.call):
             (w.cause.reason.why, w.cause.reason.params.get("packet")) for w in found.waits}
    assert shown == {
        "accept3": (Why.WAIT_ACCEPT, 3), "connect4": (Why.WAIT_CONNECT, 2),
        "recv5": (Why.WAIT_DATA, 4), "recv7": (Why.WAIT_END, 6)}


def test_a_reset_ends_a_recv(tmp_path: Path) -> None:
    found = only(of_run(OPEN + """
       b: recv(1024) ...
       a: setsockopt("SO_LINGER = on 1, 0 s") how SO_LINGER
       a: close()
+0.000 a>b RA 1:1(0) ack 1 win 502<<7 arrives +0.005
+0.005 b: ... recv ! "ConnectionResetError: [Errno 104] Connection reset by peer"
""", tmp_path))
    last = found.waits[-1]
    assert (last.cause.reason.why, last.cause.reason.params["packet"]) == (Why.WAIT_RESET, 4)


def test_a_call_that_never_returned(tmp_path: Path) -> None:
    found = only(of_run(OPEN + "       b: recv(1024) ...\n", tmp_path))
    last = found.waits[-1]
    assert (last.blocked_ns, last.cause.reason.why, last.cause.reason.params["side"]) == (
        None, Why.WAIT_FOREVER, "client")


def test_sleeps_count_in_where_they_overlap(tmp_path: Path) -> None:
    """Not one before connect, nor one behind close; one while the connection is open does."""
    text = OPEN.replace("       a: connect", "       a: sleep(1) ...\n+1.000 a: ... sleep = 0\n       a: connect")
    found = only(of_run(text + """
       a: sleep(2)
+2.000 a: close()
+0.000 a>b FA 1:1(0) ack 1 win 502<<7 arrives +0.005
       a: sleep(3)
""", tmp_path))
    assert [call.args for call in found.calls if call.name == "sleep"] == ["2"]

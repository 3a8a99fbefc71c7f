from __future__ import annotations

from pathlib import Path

from tests.lab.inject.traced import PAIR, named, traced


def test_sleeps_and_waits(tmp_path: Path) -> None:
    calls = traced(tmp_path, PAIR + "import select, selectors, time\nfrom time import sleep\n"
                   "sleep(0.01)\ntime.sleep(0)\nselect.select([conn], [], [], 0.01)\nselect.select([conn], [], [], 0)\n"
                   "client.send(b'x')\n"
                   "poll = select.poll()\npoll.register(conn, select.POLLIN)\nprint(poll.poll(1000))\n"
                   "with select.epoll() as epoll:\n    epoll.register(conn)\n    print(epoll.poll())\n"
                   "s = selectors.DefaultSelector()\ns.register(conn, 1)\nprint(s.select(5))\n")
    waits = [call for call in calls if call["n"] in ("sleep", "select", "poll", "epoll")]
    assert [(call["n"], call["a"], call.get("r"), "u" in call) for call in waits] == [
        ("sleep", "0.01", None, True), ("select", "1 socket, 0.01 s", "time-out", True),
        ("poll", "1 s", "1 ready", True), ("epoll", "", "1 ready", False), ("epoll", "1 socket, 5 s", "1 ready", True)]
    assert waits[0]["end"] - waits[0]["ns"] >= 10_000_000
    assert waits[1]["ino"] == waits[4]["ino"] == named(calls, "accept")[0]["ai"]

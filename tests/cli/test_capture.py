"""Recording in a network of the test's own: what was sent is in the file, in lines while it comes, and in the story."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.lab.alone import script
from tests.lab.bench import can_run_labs
from whywire.cli.main import main
from whywire.cli.show import open_path

TALK = """\
import os, signal, socket, sys, threading
from whywire.cli import capture
from whywire.cli.main import main

def talk():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for number in range({connections}):
            client = socket.create_connection(server.getsockname())
            other, _ = server.accept()
            client.sendall(b"hello"); other.recv(5, socket.MSG_WAITALL)
            client.close(); other.recv(1); other.close()
    {then}

said = capture.say
def say(line):
    said(line)
    if line.startswith("recording"):
        threading.Thread(target=talk).start()
capture.say = say
sys.exit(main(["capture", "-i", {interface!r}, "-o", {output!r}, *{more!r}]))
"""
PACKETS = 9
"""Of one connection: SYN, SYN ACK, ACK; data, ACK; FIN, ACK; FIN, ACK. The FIN's ACK may ride on the other FIN."""


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def recorded(output: Path, *more: str, interface: str = "lo", connections: int = 2, then: str = "pass",
             before: str = "") -> subprocess.CompletedProcess[str]:
    return script(before + TALK.format(output=str(output), more=more, interface=interface, connections=connections,
                                       then=then))


@pytest.mark.parametrize("interface", ["lo", "any"])
@pytest.mark.parametrize("signal", ["SIGINT", "SIGTERM"])
def test_until_it_is_ended(tmp_path: Path, interface: str, signal: str) -> None:
    out = tmp_path / "out.pcapng"
    done = recorded(out, interface=interface, then=f"os.kill(os.getpid(), signal.{signal})")
    assert done.returncode == 0, done.stderr
    assert f"recording {interface} into {out}" in done.stderr
    assert done.stderr.count("5 bytes up, 0 down; client closed first") == 2
    assert "0 dropped by the kernel" in done.stderr
    assert "2 connections" in done.stdout
    assert "Third packet of the handshake" in done.stdout
    _, capture = open_path(out, None)
    with capture:
        assert [interface.name for interface in capture.table.interfaces] == ["lo"]
        assert 16 <= len(capture.table) <= 2 * PACKETS
        assert capture.problems == ()


def test_the_filter_and_the_count(tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    done = recorded(out, "tcp", "and", "host", "127.0.0.1", "--count", "3")
    assert done.returncode == 0, done.stderr
    assert "recording lo, tcp and host 127.0.0.1 into" in done.stderr
    assert f"3 packets in {out}" in done.stderr


def test_for_some_time_with_nothing_to_see(tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    done = recorded(out, "port 1", "--for", "50ms")
    assert done.returncode == 0, done.stderr
    assert f"0 packets in {out}" in done.stderr
    assert done.stdout == ""


def test_quiet(tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    done = recorded(out, "--quiet", "--for", "50ms", "-c", "1", connections=0)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_too_many_to_tell_live(tmp_path: Path) -> None:
    done = recorded(tmp_path / "out.pcapng", then="os.kill(os.getpid(), signal.SIGINT)", connections=3,
                    before="from whywire.cli import recording\nrecording.TOO_MANY = 0\n")
    assert done.returncode == 0, done.stderr
    assert "too many packets to tell them beside recording them" in done.stderr
    assert "bytes up" not in done.stderr
    assert "3 connections" in done.stdout


def test_a_long_recording_ends_with_its_summary(tmp_path: Path) -> None:
    done = recorded(tmp_path / "out.pcapng", then="os.kill(os.getpid(), signal.SIGINT)",
                    before="from whywire.cli import capture\ncapture.MOST_TOLD = 4\n")
    assert done.returncode == 0, done.stderr
    assert "What the packets are" in done.stdout or "kinds" in done.stdout.lower()
    assert "Third packet" not in done.stdout


def test_an_interface_that_is_down(tmp_path: Path) -> None:
    done = recorded(tmp_path / "out.pcapng", connections=0,
                    before="from whywire.lab import kernel\nkernel.unshare(kernel.NEW_NET)\n")
    assert done.returncode == 0, done.stderr
    assert "lo is down. 0 packets" in done.stderr


def test_below_sudo_the_file_belongs_to_the_caller(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        return  # an ordinary user gives no file away
    out = tmp_path / "out.pcapng"
    done = recorded(out, "--count", "1", before="import os\nos.environ.update(SUDO_UID='4321', SUDO_GID='4322')\n")
    assert done.returncode == 0, done.stderr
    assert (out.stat().st_uid, out.stat().st_gid) == (4321, 4322)


def test_where_it_can_not_be_written(tmp_path: Path) -> None:
    done = recorded(tmp_path / "no" / "out.pcapng")
    assert done.returncode == 2
    assert "can't be written: No such file or directory" in done.stderr


@pytest.mark.parametrize(("words", "says"), [
    (["-i", "eth99", "-o", "x"], "there is no interface 'eth99'"),
    (["-i", "lo", "-o", "x", "port"], "port without what belongs behind it"),
])
def test_bad_use(words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                 capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["capture", *words]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_without_the_right_one_sentence(tmp_path: Path) -> None:
    drop = ("import socket\ndef refuse(*a, **k): raise PermissionError(1, 'Operation not permitted')\n"
            "from whywire.lab import sniffer\nsniffer.socket.socket = refuse\n")
    done = recorded(tmp_path / "out.pcapng", before=drop)
    assert done.returncode == 1
    assert "CAP_NET_RAW" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.pcapng").exists()


def test_live(tmp_path: Path) -> None:
    look = ("import urllib.request\n"
            "    for line in seen:\n"
            "        if 'http' in line:\n"
            "            url = line.split()[5]\n"
            "            page = urllib.request.urlopen(url + 'page', timeout=30).read()\n"
            "            said('the page has ' + str(len(page)) + ' bytes')\n"
            "    os.kill(os.getpid(), signal.SIGINT)")
    hear = ("from whywire.cli import capture as c\nseen = []\nreally = c.say\n"
            "def hear(line):\n    seen.append(line)\n    really(line)\nc.say = hear\n")
    done = recorded(tmp_path / "out.pcapng", "--live", before=hear, then=look)
    assert done.returncode == 0, done.stderr
    assert "the story while packets come: http://127.0.0.1:" in done.stderr
    assert "the page has" in done.stderr

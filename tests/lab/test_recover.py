"""A run that was cut: what its tracers had written is read, whatever stands there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.bench import ECHO_SERVER, ONE_MESSAGE, can_run_labs, eventually, processes_of
from whywire.capture.run import CUT, HostMeta, ProgramMeta, RunMeta, open_run
from whywire.cli.show import Wishes, explained
from whywire.lab.recover import recovered

ROOT = Path(__file__).resolve().parent.parent.parent
META = RunMeta("x", hosts=(HostMeta("client", "10.0.0.1"), HostMeta("server", "10.0.0.2")),
               programs=(ProgramMeta("client", "python c.py", "c.py"),))
START = b'{"t":"s","ns":5,"i":1,"pid":7,"tid":7,"n":"recv","fd":3,"ino":9,"a":"10","f":"/x/c.py","l":2}\n'
END = b'{"t":"e","ns":5,"end":9,"i":1,"pid":7,"b":3,"r":"3 bytes","lo":"10.0.0.1:1","pe":"10.0.0.2:2"}\n'


def test_calls_with_and_without_an_end(tmp_path: Path) -> None:
    (tmp_path / ".trace-client").write_bytes(START + END + START.replace(b'"i":1', b'"i":2').replace(b':5', b':8'))
    calls, problems = recovered(tmp_path, META)
    assert problems == ()
    assert [(call.program, call.name, call.file, call.byte_count, call.end_ns) for call in calls] == [
        ("c.py", "recv", "c.py", 3, 9), ("c.py", "recv", "c.py", None, None)]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[1]\n7\nnull\n", START + b'{"t":"e","ns'])
def test_a_line_that_was_cut_or_is_none_leaves_the_others(text: bytes, tmp_path: Path) -> None:
    (tmp_path / ".trace-client").write_bytes(text)
    calls, problems = recovered(tmp_path, META)
    assert (len(calls), problems) == (int(START in text), ())


@pytest.mark.parametrize("text", [b'{"t":"s"}\n', b'{"t":"s","ns":"a","i":1}\n',
                                  b'{"t":"e","ns":5,"end":"x","i":1,"pid":7,"n":"recv"}\n', b'{"t":["s"],"ns":1}\n',
                                  START.replace(b'"f":"/x/c.py"', b'"f":{"a":1}')])
def test_what_is_no_trace_is_named_and_the_other_host_kept(text: bytes, tmp_path: Path) -> None:
    (tmp_path / ".trace-client").write_bytes(text)
    (tmp_path / ".trace-server").write_bytes(START)
    calls, problems = recovered(tmp_path, META)
    assert [call.host for call in calls] == ["server"]
    assert problems == (".trace-client holds lines that are no trace; its calls are left out",)


def test_a_run_whose_whywire_was_killed_is_explained_with_its_calls(tmp_path: Path) -> None:
    can_run_labs()
    (tmp_path / "server.py").write_text(ECHO_SERVER)
    (tmp_path / "client.py").write_text(ONE_MESSAGE + "import time\ntime.sleep(60)\n")
    process = subprocess.Popen([sys.executable, "-m", "whywire", "run", "--server", "python server.py", "--client",
                                "python client.py {server}", "-o", "run"], cwd=tmp_path,
                               env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    trace = tmp_path / "run" / ".trace-client"
    assert eventually(lambda: trace.is_file() and b'"sleep"' in trace.read_bytes(), 10)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert eventually(lambda: processes_of(tmp_path) == [])
    assert open_run(tmp_path / "run").meta.ended == CUT
    told = " ".join(explained(tmp_path / "run", Wishes())[0].split())
    assert "whywire itself was ended before the run was over" in told
    assert "client.py:3 send(): one call, one segment." in told
    assert told.count("(how it ended was not recorded)") == 2


def test_a_client_that_was_never_started_is_not_said_to_run(tmp_path: Path) -> None:
    """whywire was killed while it waited for the server to listen."""
    can_run_labs()
    (tmp_path / "server.py").write_text("import time\ntime.sleep(60)\n")
    (tmp_path / "client.py").write_text(ONE_MESSAGE)
    process = subprocess.Popen([sys.executable, "-m", "whywire", "run", "--server", "python server.py", "--client",
                                "python client.py {server}", "-o", "run"], cwd=tmp_path,
                               env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    trace = tmp_path / "run" / ".trace-server"
    assert eventually(lambda: trace.is_file() and b'"sleep"' in trace.read_bytes(), 10)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert eventually(lambda: processes_of(tmp_path) == [])
    told = " ".join(explained(tmp_path / "run", Wishes())[0].split())
    assert "python client.py server (never started)" in told
    assert "python server.py (how it ended was not recorded)" in told

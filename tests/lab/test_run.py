from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.bench import (
    ECHO_SERVER,
    ONE_MESSAGE,
    calls,
    can_run_labs,
    eventually,
    frames,
    network_namespaces,
    plan,
    processes_of,
)
from whywire.base.errors import WhywireError
from whywire.capture.run import NOT_STARTED, RUNNING, open_run
from whywire.lab.plan import HostPlan, Plan
from whywire.lab.run import RunError, run
from whywire.lab.session import Session

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def needs_a_lab() -> None:
    can_run_labs()


def test_a_run_leaves_a_folder_with_both_banks(tmp_path: Path) -> None:
    shown: list[tuple[str, str]] = []
    outcome = run(plan(tmp_path), tmp_path / "run", lambda host, line: shown.append((host, line)))
    assert outcome.ended == "closed"
    assert outcome.problems == outcome.notes == ()
    assert shown == [("client", "got hello")]
    assert [(each.host, each.exit_code, each.ended_by_lab) for each in outcome.programs] == [
        ("client", 0, False), ("server", None, True)]
    assert outcome.programs[0].output.read_text() == "got hello\n"
    folder = open_run(outcome.path)
    assert set(folder.capture_paths) == {"client", "server"}
    assert [call.name for call in folder.calls() if call.host == "client"] == [
        "connect", "send", "recv", "close", "exit"]
    assert folder.problems == []
    assert (outcome.path / "sources" / "server" / "server.py").read_text() == ECHO_SERVER
    assert [path.name for path in outcome.path.iterdir() if path.name.startswith(".")] == []


def test_both_copies_of_a_frame_carry_its_number(tmp_path: Path) -> None:
    path = run(plan(tmp_path), tmp_path / "run").path
    client, server = frames(path / "client.pcapng"), frames(path / "server.pcapng")
    left = {each.number: each for each in client + server if each.leaves}
    arrived = {each.number: each for each in client + server if not each.leaves}
    assert sorted(left) == list(range(1, len(left) + 1))
    assert {number: each.data for number, each in left.items()} == {
        number: each.data for number, each in arrived.items()}
    assert all(arrived[number].time_ns - left[number].time_ns >= 1_000_000 for number in left)
    for each in (client, server):
        assert [frame.time_ns for frame in each] == sorted(frame.time_ns for frame in each)


def test_calls_and_packets_are_on_one_clock(tmp_path: Path) -> None:
    path = run(plan(tmp_path), tmp_path / "run").path
    by_name = {call["name"]: call for call in calls(path) if call["host"] == "client"}
    seen = frames(path / "client.pcapng")
    syn = next(each for each in seen if each.flags == "S")
    syn_ack = next(each for each in seen if each.flags == "SA")
    data = next(each for each in seen if each.leaves and each.payload)
    answer = next(each for each in seen if not each.leaves and each.payload)
    assert by_name["connect"]["start_ns"] <= syn.time_ns < syn_ack.time_ns <= by_name["connect"]["end_ns"]
    assert by_name["send"]["start_ns"] <= data.time_ns
    assert by_name["recv"]["start_ns"] < answer.time_ns <= by_name["recv"]["end_ns"]


def test_calls_name_line_source_and_endpoints(tmp_path: Path) -> None:
    path = run(plan(tmp_path), tmp_path / "run").path
    found = calls(path)
    assert [call["number"] for call in found] == list(range(1, len(found) + 1))
    assert [call["start_ns"] for call in found] == sorted(call["start_ns"] for call in found)
    send = next(call for call in found if call["host"] == "client" and call["name"] == "send")
    assert (send["program"], send["file"], send["line"], send["source"]) == (
        "client.py", "client.py", 3, 's.send(b"hello")')
    assert send["byte_count"] == 5
    assert send["local"].startswith("10.0.0.1:")
    assert send["peer"] == "10.0.0.2:4000"
    accept = next(call for call in found if call["name"] == "accept")
    served = next(call for call in found if call["host"] == "server" and call["name"] == "recv")
    assert accept["accepted"] == served["socket"] != accept["socket"]
    waiting = [call for call in found if "end_ns" not in call]
    assert [(call["host"], call["name"]) for call in waiting] == [("server", "accept")]


def test_host_names_resolve_on_both_hosts(tmp_path: Path) -> None:
    client = ("import socket, sys\nprint(socket.gethostname(), socket.gethostbyname('client'), "
              "socket.gethostbyname('server'))\n" + ONE_MESSAGE)
    server = "import socket\nprint(socket.gethostbyname(socket.gethostname()))\n" + ECHO_SERVER
    shown: list[tuple[str, str]] = []
    run(plan(tmp_path, server, client), tmp_path / "run", lambda host, line: shown.append((host, line)))
    assert ("client", "client 10.0.0.1 10.0.0.2") in shown
    assert ("server", "10.0.0.2") in shown


def test_programs_are_the_user_himself(tmp_path: Path) -> None:
    client = "import os\nopen('made', 'w').close()\nprint(os.getuid(), os.getgid())\n" + ONE_MESSAGE
    outcome = run(plan(tmp_path, client=client), tmp_path / "run")
    assert outcome.programs[0].output.read_text().startswith(f"{os.getuid()} {os.getgid()}\n")
    assert (tmp_path / "made").stat().st_uid == os.getuid()


def test_low_ports_are_free_for_everybody(tmp_path: Path) -> None:
    shown: list[str] = []
    run(plan(tmp_path, ECHO_SERVER.replace("4000", "80"), ONE_MESSAGE.replace("4000", "80")), tmp_path / "run",
        lambda _, line: shown.append(line))
    assert shown == ["got hello"]


def test_a_client_can_run_several_times(tmp_path: Path) -> None:
    once = plan(tmp_path)
    hosts = tuple(HostPlan(each.name, each.address, each.command, each.role, each.cwd,
                           times=2 if each.name == "client" else 1) for each in once.hosts)
    outcome = run(plan(tmp_path, hosts=hosts), tmp_path / "run")
    assert outcome.programs[0].output.read_text() == "got hello\n" * 2
    connects = [call for call in calls(outcome.path) if call["name"] == "connect"]
    assert len({call["local"] for call in connects}) == len({call["pid"] for call in connects}) == 2


def test_a_program_that_does_not_exist_is_said_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("open('started', 'w')")
    hosts = (HostPlan("client", "10.0.0.1", "no-such-program {server}", "client", str(tmp_path)),
             HostPlan("server", "10.0.0.2", "{python} server.py", "server", str(tmp_path)))
    with pytest.raises(WhywireError, match="no-such-program is not on the PATH"):
        run(Plan("test", hosts=hosts), tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "started").exists()


def test_an_interpreter_that_does_not_exist_is_named(tmp_path: Path) -> None:
    script = tmp_path / "client"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    first = plan(tmp_path)
    hosts = (HostPlan("client", "10.0.0.1", "./client {server}", "client", str(tmp_path)), first.hosts[1])
    with pytest.raises(RunError, match=r"\./client server \(No such file or directory\)") as caught:
        run(plan(tmp_path, hosts=hosts), tmp_path / "run")
    assert caught.value.outcome.ended == "failed"


def test_a_server_that_dies_is_reported_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        run(plan(tmp_path, "print('no license')\nraise SystemExit(3)"), tmp_path / "run")
    assert "ended before it listened: exit code 3" in caught.value.what
    assert "no license" in caught.value.what
    assert caught.value.exit_code == 1
    outcome = caught.value.outcome
    assert outcome.programs[1].exit_code == 3
    assert not outcome.programs[0].ended_by_lab
    assert (outcome.path / "run.toml").is_file()
    assert frames(outcome.path / "client.pcapng") == []


def test_a_server_that_never_listens_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"did not listen on any TCP port within 0\.2 s") as caught:
        run(plan(tmp_path, "print('hm')\nimport threading\nthreading.Event().wait()", listen_s=0.2),
            tmp_path / "run")
    assert "hm" in caught.value.what


def test_a_server_for_itself_only_is_named(tmp_path: Path) -> None:
    outcome = run(plan(tmp_path, ECHO_SERVER.replace('("",', '("127.0.0.1",')), tmp_path / "run")
    assert "127.0.0.1 only" in outcome.problems[0]
    assert outcome.programs[0].exit_code == 1
    connect = next(call for call in calls(outcome.path) if call["name"] == "connect")
    assert connect["error"].startswith("ConnectionRefusedError")
    assert connect["peer"] == "10.0.0.2:4000"
    assert connect["local"].startswith("10.0.0.1:")


def test_a_client_that_never_ends_is_ended_when_nothing_moves(tmp_path: Path) -> None:
    outcome = run(plan(tmp_path, client=ONE_MESSAGE + "import threading\nthreading.Event().wait()\n", quiet_s=0.2),
                  tmp_path / "run")
    assert outcome.ended == "quiet"
    assert outcome.programs[0].ended_by_lab
    assert outcome.programs[0].exit_code is None


def test_a_traced_sleep_counts_as_moving(tmp_path: Path) -> None:
    outcome = run(plan(tmp_path, client="import time\ntime.sleep(0.5)\n" + ONE_MESSAGE, quiet_s=0.15),
                  tmp_path / "run")
    assert outcome.ended == "closed"
    sleep = next(call for call in calls(outcome.path) if call["name"] == "sleep")
    assert (sleep["args"], sleep["line"]) == ("0.5", 2)
    assert 500_000_000 <= sleep["end_ns"] - sleep["start_ns"] < 700_000_000


def test_a_run_ends_on_time_out(tmp_path: Path) -> None:
    outcome = run(plan(tmp_path, client=ONE_MESSAGE + "while True: pass\n", timeout_s=0.6), tmp_path / "run")
    assert outcome.ended == "timeout"
    assert "0.6 s" in outcome.problems[0]
    assert outcome.programs[0].output.read_text() == "got hello\n"


def test_the_end_of_the_lab_is_not_in_the_story(tmp_path: Path) -> None:
    client = ("import socket, sys, threading\ns = socket.create_connection((sys.argv[1], 4000))\n"
              "threading.Event().wait()\n")
    path = run(plan(tmp_path, client=client, quiet_s=0.1), tmp_path / "run").path
    assert [each.flags for each in frames(path / "client.pcapng")] == ["S", "SA", "A"]
    assert [call["name"] for call in calls(path)] == ["bind", "listen", "accept", "connect", "recv"]
    assert "end_ns" not in calls(path)[-1]


def test_what_is_not_traced_is_said(tmp_path: Path) -> None:
    first = plan(tmp_path)
    server = HostPlan("server", "10.0.0.2", "{python} -I server.py", "server", str(tmp_path))
    shell = HostPlan("client", "10.0.0.1", "sh -c 'exit 4'", "client", str(tmp_path))
    notes = run(plan(tmp_path, hosts=(first.hosts[0], server)), tmp_path / "one").notes
    assert notes == ("server.py on server was not traced: Python's option -I keeps the tracer out",)
    outcome = run(plan(tmp_path, hosts=(shell, first.hosts[1])), tmp_path / "two")
    assert outcome.notes == ("sh on client was not traced: it is not a Python program",)
    assert outcome.programs[0].exit_code == 4


def test_frames_that_the_lab_lost_fail_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Session.stop_recording
    monkeypatch.setattr(Session, "stop_recording", lambda self: (*stop(self)[:2], 7))
    with pytest.raises(RunError, match="lost 7 frames") as caught:
        run(plan(tmp_path), tmp_path / "run")
    assert caught.value.outcome.ended == "failed"


def test_a_wire_that_dies_fails_the_run_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill_the_wire(*_: str) -> None:
        os.kill(engines[0], signal.SIGKILL)

    engines: list[int] = []
    start = Session.start
    monkeypatch.setattr(Session, "start", lambda self, setup: (start(self, setup), engines.append(self._engine))[0])
    with pytest.raises(RunError, match="died"):
        run(plan(tmp_path, client=ONE_MESSAGE + "import threading\nthreading.Event().wait()\n"), tmp_path / "run",
            kill_the_wire)
    assert eventually(lambda: processes_of(tmp_path) == [])


def test_a_daemon_of_a_program_is_ended_too(tmp_path: Path) -> None:
    daemon = "import os, sys, threading\nif os.fork() == 0:\n    os.setsid()\n    threading.Event().wait()\n"
    outcome = run(plan(tmp_path, client=daemon + ONE_MESSAGE), tmp_path / "run")
    assert outcome.ended == "closed"
    assert eventually(lambda: processes_of(tmp_path) == [])


def test_a_second_run_does_not_go_into_the_same_folder(tmp_path: Path) -> None:
    run(plan(tmp_path), tmp_path / "run")
    with pytest.raises(WhywireError, match="is not empty"):
        run(plan(tmp_path), tmp_path / "run")


FOREVER = """\
import sys
from pathlib import Path
from tests.lab.bench import ONE_MESSAGE, plan
from whywire.lab.run import run
folder = Path(sys.argv[1])
outcome = run(plan(folder, client=ONE_MESSAGE + "import threading\\nthreading.Event().wait()\\n", quiet_s=30.0,
                   timeout_s=30.0), folder / "run", lambda host, line: print(line, flush=True))
print(outcome.ended, outcome.programs[0].ended_by_lab)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_whywire_ends_all_it_started(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", FOREVER, str(tmp_path)], stdout=subprocess.PIPE, text=True,
                          cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT}/src:{ROOT}:" + os.environ.get(
                              "PYTHONPATH", "")}) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "got hello\n"
        assert len(processes_of(tmp_path)) >= 5  # whywire, the wire, process 1 of the programs, the programs
        held = network_namespaces(processes_of(tmp_path))
        assert len(held) >= 2  # the hosts; an ordinary user can't look at the wire's
        process.send_signal(number)
        rest = process.stdout.read()
    if number == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert rest == "interrupted True\n"
        assert len(frames(tmp_path / "run" / "client.pcapng")) >= 6
        assert any(call["name"] == "recv" for call in calls(tmp_path / "run"))
    assert eventually(lambda: processes_of(tmp_path) == [])
    assert eventually(lambda: not held & network_namespaces())


def test_the_time_limit_bounds_the_wait_for_a_listener_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"did not listen on any TCP port within 0\.3 s") as caught:
        run(plan(tmp_path, "import threading\nthreading.Event().wait()", timeout_s=0.3), tmp_path / "run")
    client = open_run(caught.value.outcome.path).meta.programs[0]
    assert (client.host, client.exit_code, client.how) == ("client", None, NOT_STARTED)


def test_how_a_program_ended_is_kept(tmp_path: Path) -> None:
    client, server = open_run(run(plan(tmp_path), tmp_path / "run").path).meta.programs
    assert (client.exit_code, client.how) == (0, "")
    assert (server.exit_code, server.how) == (None, RUNNING)


def test_a_program_that_had_no_time_to_begin_is_not_said_to_lack_the_tracer(tmp_path: Path) -> None:
    outcome = run(plan(tmp_path, quiet_s=0.0), tmp_path / "run")
    assert outcome.ended == "quiet"
    assert [note for note in outcome.notes if "did not load" in note] == []
    untraced = [each.host for each in outcome.programs if f"{each.name} on {each.host}" in " ".join(outcome.notes)]
    traced = {call.host for call in open_run(outcome.path).calls()}
    assert set(untraced).isdisjoint(traced)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_to_the_whole_process_group_ends_the_run_in_order(tmp_path: Path, number: int) -> None:
    (tmp_path / "server.py").write_text(ECHO_SERVER)
    (tmp_path / "client.py").write_text(ONE_MESSAGE.replace("s.close()", "import time\ntime.sleep(60)\ns.close()"))
    command = [sys.executable, "-m", "whywire", "run", "--server", "python server.py",
               "--client", "python client.py {server}", "-o", "run"]
    process = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert eventually(lambda: "got hello" in _kept(tmp_path / "run" / "output" / "client-client.py.txt"), 10)
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "did not answer" not in err
    assert "The recording was interrupted" in " ".join(out.split())
    assert processes_of(tmp_path) == []


def _kept(path: Path) -> str:
    return path.read_text() if path.is_file() else ""

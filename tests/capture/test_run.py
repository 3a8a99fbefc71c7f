"""The run folder: what the writer made is read; damage is told; no name leads out of it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.ladders import run_of
from whywire.base.errors import WhywireError
from whywire.base.records import Call
from whywire.capture import open_capture
from whywire.capture.run import HostMeta, ProgramMeta, RunMeta, RunWriter, is_run, open_run, safe_name

LADDER = """
    program a client.py
           a: connect(b:80) ...
    +0.000 a>b S  0:0(0)       arrives +0.005
    +0.010 b>a SA 0:0(0) ack 1 dropped
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a run folder."""
    return run_of(LADDER, tmp_path / "run", "mine")


def test_what_was_written_is_read(folder: Path) -> None:
    run = open_run(folder)
    assert is_run(folder)
    assert (run.name, run.meta.ended, run.meta.hosts) == \
        ("mine", "closed", (HostMeta("a", "10.0.0.1"), HostMeta("b", "10.0.0.2")))
    assert list(run.capture_paths) == ["a", "b"]
    assert [call.name for call in run.calls()] == ["connect"]
    assert [(event.kind, event.frame) for event in run.wire_events()] == [("dropped", 2)]
    assert run.problems == []
    seen = {}
    for host, path in run.capture_paths.items():
        with closing(open_capture(path)) as source:
            seen[host] = sum(block.count for block in source.blocks())
    assert seen == {"a": 1, "b": 2}


def test_calls_come_by_time(folder: Path) -> None:
    with (folder / "calls.jsonl").open("a") as file:
        file.write('{"number":9,"host":"a","program":"x","pid":1,"tid":1,"name":"early","start_ns":1}\n')
    assert [call.name for call in open_run(folder).calls()] == ["early", "connect"]


def test_a_folder_without_its_meta_is_read_by_its_files(folder: Path) -> None:
    (folder / "run.toml").unlink()
    run = open_run(folder)
    assert list(run.capture_paths) == ["a", "b"]
    assert (run.name, run.meta.hosts) == ("run", ())
    assert "run.toml could not be read" in run.problems[0]


def test_a_capture_that_is_missing_is_told(folder: Path) -> None:
    (folder / "a.pcapng").unlink()
    run = open_run(folder)
    assert list(run.capture_paths) == ["b"]
    assert run.problems == ["the run folder has no capture of host 'a'"]
    (folder / "b.pcapng").unlink()
    with pytest.raises(WhywireError, match="without a capture"):
        open_run(folder)


def test_missing_and_broken_traces_are_told(folder: Path) -> None:
    (folder / "wire.jsonl").unlink()
    (folder / "calls.jsonl").write_text("?\n" * 9)
    run = open_run(folder)
    assert (run.calls(), run.wire_events()) == ((), ())
    assert run.problems[-1] == "the run folder has no wire.jsonl"
    assert run.problems[-2] == "calls.jsonl has 4 more lines that are not a record"
    assert run.calls() == ()
    assert len(run.problems) == 7, "the same sentences are not said twice"


def test_what_is_no_run_folder(tmp_path: Path) -> None:
    assert not is_run(tmp_path)
    assert not is_run(tmp_path / "nothing")
    with pytest.raises(WhywireError, match="is not a run folder"):
        open_run(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "link", "a/../../secret", "nul\0", "dir"])
def test_no_name_leads_out(name: str, folder: Path) -> None:
    (folder.parent / "secret").write_text("secret")
    inside = folder / "sources" / "a"
    inside.mkdir(parents=True)
    (inside / "link").symlink_to(folder.parent / "secret")
    (inside / "dir").mkdir()
    run = open_run(folder)
    assert run.source_path("a", name) is None
    assert run.source_path("..", "run.toml") is None
    assert run.output(ProgramMeta("a", "x", "x", output=f"../{name}")) == ""
    (folder / "a.pcapng").unlink()
    (folder / "a.pcapng").symlink_to(folder.parent / "secret")
    assert "a" not in open_run(folder).capture_paths


def test_host_names_that_are_file_names() -> None:
    assert [name for name in ("client", "b-1.x", "_", "..", ".a", "", "a/b", "a" * 65, "a\n", "\u00e4")
            if safe_name(name)] == ["client", "b-1.x", "_"]


def test_the_writer_keeps_sources_and_output(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "server.py").write_text(f"# {place}\n")
    with RunWriter(tmp_path / "run") as run:
        names = [run.copy_source("b", tmp_path / place / "server.py") for place in ("one", "two", "one")]
        assert names == ["server.py", "two/server.py", "server.py"]
        assert run.copy_source("b", tmp_path / "gone.py") is None
        first, second = run.output_path("b", "server.py"), run.output_path("b", "server.py")
        assert first != second
        first.write_bytes(b"listening\xff\n")
        program = ProgramMeta("b", "python server.py", "server.py", output=str(first.relative_to(run.path)))
        run.capture_path("b").touch()
        run.add_call(Call(1, "b", "server.py", 1, 1, "listen", 1))
        run.write_meta(RunMeta("x", hosts=(HostMeta("b"),), programs=(program,)))
    read = open_run(tmp_path / "run")
    found = read.source_path("b", "two/server.py")
    assert found is not None
    assert found.read_text() == "# two\n"
    assert read.output(read.meta.programs[0]) == "listening\ufffd\n"


def test_a_run_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(WhywireError, match="is not empty"):
        RunWriter(tmp_path)
    with pytest.raises(WhywireError, match="could not be made"):
        RunWriter(tmp_path / "x" / "y")


def test_a_host_that_can_be_no_file(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run") as run, pytest.raises(WhywireError, match=r"'\.\./x' can't be a host's name"):
        run.capture_path("../x")


def test_calls_are_in_the_file_at_once(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run") as run:
        run.add_call(Call(1, "b", "server.py", 1, 1, "listen", 1))
        assert (run.path / "calls.jsonl").read_text().count("\n") == 1


def test_of_a_large_output_the_beginning_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whywire.capture.run._OUTPUT_LIMIT", 10)
    (folder / "printed.txt").write_bytes(b"0123456789abc")
    run = open_run(folder)
    program = ProgramMeta("a", "python3 client.py", "client.py", output="printed.txt")
    assert run.output(program) == "0123456789"
    assert run.problems == ["printed.txt is large; what lies behind its first 10 bytes is not read"]

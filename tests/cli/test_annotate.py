"""Wireshark's own reader is the judge: it shows the comments, and everything else as before."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from whywire.cli.main import main
from whywire.cli.show import Wishes, open_path, tell
from whywire.connections.why import Why
from whywire.story.document import PacketRow, Timeline

ROOT = Path(__file__).resolve().parent.parent.parent
RECORDED = ROOT / "src" / "whywire" / "labs" / "v2" / "recorded"
ONCE = (Why.FIN_QUEUE_EMPTY, Why.WINDOW_REOPENED, Why.RST_NO_NUMBER)
"""Notes that are not repeated in comments."""
SAME = ("frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols", "frame.interface_name",
        "frame.packet_id", "frame.packet_flags", "tcp.seq_raw")


def fields(tshark: str, path: Path, *names: str) -> list[list[str]]:
    done = subprocess.run([tshark, "-r", path, "-T", "fields", *(word for name in names for word in ("-e", name))],
                          capture_output=True, encoding="utf-8", check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", [
    "founding/a-v2.pcapng", "founding/d-http-redirect.pcapng", "formats/pcap_us_be.pcap", "formats/pcap_ns_le.pcap",
    "formats/pcap_gz.pcap.gz", "formats/pcapng_be.pcapng", "formats/pcapng_2sections.pcapng",
    "formats/pcapng_gz.pcapng.gz", "formats/lt_sll2_276.pcap", "formats/snap68.pcap", "formats/pcapng_ns.pcapng"])
def test_tshark_shows_the_comments(name: str, tshark: str, tmp_path: Path) -> None:
    source, out = ROOT / "tests" / "captures" / name, tmp_path / "out.pcapng"
    assert main(["annotate", str(source), "-o", str(out)]) == 0
    before, after = fields(tshark, source, *SAME), fields(tshark, out, *SAME)
    names = slice(0, None) if "pcapng" in name else slice(0, 5)  # a pcap file names no interface
    assert [row[names] for row in after] == [row[names] for row in before]
    comments = [row[1:] for row in fields(tshark, out, "tcp.stream", "frame.comment")]
    assert all(any(comment) for comment in comments)


@pytest.mark.parametrize("name", ["a-v2.pcapng", "b-v3.pcapng", "c-names-twice.pcap", "e-calc-proxy.pcapng"])
def test_a_comment_is_what_the_story_says(name: str, founding: Path, tshark: str, tmp_path: Path) -> None:
    """The sentence of each packet's row, its certainty, the other readings and the notes: the same words in both."""
    folder, capture = open_path(founding / name, None)
    with capture:
        story, _ = tell(folder, capture, Wishes(all=True))
    lines = [node for node in story.nodes if isinstance(node, Timeline)]
    rows = [row for line in lines for row in line.rows if isinstance(row, PacketRow)]
    out = tmp_path / "out.pcapng"
    assert main(["annotate", str(founding / name), "-o", str(out)]) == 0
    comments = {int(number): text for number, text in fields(tshark, out, "frame.number", "frame.comment")}
    assert sorted(row.segment.packet for row in rows) == sorted(comments)
    for row in rows:
        said = comments[row.segment.packet]
        assert row.what in said
        assert row.why.text in said  # a comment is read alone: what a story says once may follow
        assert f"[{row.why.certainty}]" in said
        assert all(other in said for other in row.why.others)
        assert all(note.text in said for note in row.notes if note.reason.why not in ONCE)


def test_a_run_becomes_one_file(tshark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.pcapng"
    assert main(["annotate", str(RECORDED), "-o", str(out)]) == 0
    assert "12 packets, 12 of them explained" in capsys.readouterr().err
    rows = fields(tshark, out, "frame.interface_name", "frame.comment")
    assert {row[0].split()[0] for row in rows} == {"client", "server"}
    assert "client.py:7 connect()" in rows[0][1]
    assert "[known]" in rows[0][1]
    assert "warning TCP205 (data-after-close)" in rows[10][1]


def test_one_host_keeps_its_file(tshark: str, tmp_path: Path) -> None:
    out = tmp_path / "server.pcapng"
    assert main(["annotate", str(RECORDED), "--at", "server", "-o", str(out)]) == 0
    assert fields(tshark, out, *SAME) == fields(tshark, RECORDED / "server.pcapng", *SAME)


def test_one_connection_only(founding: Path, tshark: str, tmp_path: Path) -> None:
    out = tmp_path / "c2.pcapng"
    path = str(founding / "d-http-redirect.pcapng")
    assert main(["annotate", path, "--connection", "c2", "-o", str(out)]) == 0
    said = [row for row in fields(tshark, out, "tcp.stream", "frame.comment") if any(row[1:])]
    assert said
    assert {row[0] for row in said} == {"1"}


def test_it_is_explained_as_before(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = founding / "a-v2.pcapng", tmp_path / "a-v2.pcapng"
    main(["annotate", str(source), "-o", str(out)])
    told = []
    for path in (source, out):
        main(["explain", str(path), "--format", "json"])
        told.append(json.loads(capsys.readouterr().out) | {"file": ""})
    assert told[0] == told[1]


def test_the_input_is_never_overwritten(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = tmp_path / "a.pcapng", tmp_path / "b.pcapng"
    path.write_bytes((founding / "a-v2.pcapng").read_bytes())
    other.symlink_to(path)
    for output in (path, other):
        assert main(["annotate", str(path), "-o", str(output)]) == 2
        assert "is the capture that is read" in capsys.readouterr().err
    assert path.read_bytes() == (founding / "a-v2.pcapng").read_bytes()


def test_a_cut_file_is_annotated_up_to_the_cut(
        founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut, out = tmp_path / "cut.pcapng", tmp_path / "out.pcapng"
    cut.write_bytes((founding / "a-v2.pcapng").read_bytes()[:-70])
    assert main(["annotate", str(cut), "-o", str(out)]) == 2
    assert "cut in mid-record" in capsys.readouterr().err
    assert main(["explain", str(out)]) == 0


def test_where_it_can_not_be_written(founding: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(founding / "a-v2.pcapng"), "-o", str(tmp_path / "no" / "x")]) == 2
    assert "can't be written" in capsys.readouterr().err


def test_from_a_pipe_to_a_pipe(founding: Path, tshark: str, tmp_path: Path) -> None:
    packed = gzip.compress((founding / "a-v2.pcapng").read_bytes())
    done = subprocess.run([sys.executable, "-m", "whywire", "annotate", "-", "-o", "-"], input=packed,
                          capture_output=True, check=True, env={"PYTHONPATH": str(ROOT / "src")})
    out = tmp_path / "out.pcapng"
    out.write_bytes(done.stdout)
    assert len([row for row in fields(tshark, out, "frame.comment") if row[0]]) == 12

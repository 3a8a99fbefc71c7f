from __future__ import annotations

from dataclasses import replace

import pytest

from tests.story.factories import account, call, connection, skipped
from whywire.connections.model import Account, Program, Reason, RunFacts
from whywire.connections.why import Why
from whywire.story import Story, tell
from whywire.story.capture import head_nodes, overview, quoted, tail_nodes
from whywire.story.document import Facts, Heading, Hint, Node, Note, Output, Paragraph, Table
from whywire.story.teller import Teller


def texts(found: Account) -> list[str]:
    """Return what the head of a story says."""
    return [node.text for node in head_nodes(Teller(found)) if isinstance(node, Paragraph | Note | Heading)]


def test_problems_of_the_file_come_first() -> None:
    found = account(connection(), problems=("cut in mid-record: frame 8 needs 66 bytes at offset 1,024",))
    assert texts(found)[1] == "The file: cut in mid-record: frame 8 needs 66 bytes at offset 1,024"


def test_what_is_not_tcp_is_counted_and_named() -> None:
    found = account(connection(), packets=15, skipped=(skipped("mdns over udp", 4), skipped("arp", 1)))
    assert texts(found)[1:] == ["15 packets, 10 of them TCP, 1 connection, 9.00 ms from first to last.",
                                "Not explained: 4 packets (mdns over udp), 1 packet (arp)."]


@pytest.mark.parametrize(("found", "text"), [
    (account(), "There is nothing to explain: the file is a capture, and it holds no packets."),
    (account(packets=3, skipped=(skipped("arp", 3),)),
     "There is nothing to explain: none of the 3 packets is TCP, and TCP is what whywire explains so far."),
])
def test_an_empty_capture_says_so_and_why(found: Account, text: str) -> None:
    assert texts(found)[1] == text
    assert not any(isinstance(node, Hint) for node in tell(found).nodes)


def run(output: str, **changes: object) -> Account:
    """Return the account of a run whose client printed something."""
    client = Program("client", "10.0.0.1", "python client.py", "client.py", 0, None, output)
    server = Program("server", "10.0.0.2", "python server.py", "server.py", None, None, "")
    facts = RunFacts("v3", "The client closes early", (client, server), 5_000_000, 100_000_000, "closed", "T1")
    return account(connection(), view="merged", run=replace(facts, **changes))  # type: ignore[arg-type]


def test_a_run_names_its_programs_and_how_they_ended() -> None:
    nodes = head_nodes(Teller(run("")))
    (programs,) = (node for node in nodes if isinstance(node, Facts))
    assert [(item.label, item.text) for item in programs.items] == [
        ("client", "10.0.0.1  python client.py  (exit code 0)"),
        ("server", "10.0.0.2  python server.py  (still running when the recording stopped)")]
    assert nodes[0] == Heading("The client closes early", 1)
    assert "5.00 ms of delay each way, at most 100 Mbit/s." in texts(run(""))[2]


def test_a_program_that_was_never_started_is_not_said_to_run() -> None:
    started = run("")
    assert started.run is not None
    client = replace(started.run.programs[0], exit_code=None, started=False)
    (programs,) = (node for node in head_nodes(Teller(run("", programs=(client,)))) if isinstance(node, Facts))
    assert programs.items[0].text == "10.0.0.1  python client.py  (never started)"


def test_a_run_without_a_packet_says_how_its_client_ended() -> None:
    found = replace(run(""), packets=0, tcp_packets=0, connections=())
    assert texts(found)[1] == "There is no packet to explain: none was sent in this run."
    assert texts(found)[2].endswith("The recording stopped when the client had ended (exit code 0). No TCP packet was "
                                    "sent: it ended without connecting to another host.")
    assert texts(run(""))[2].endswith("stopped when the client had ended and no connection was open any more.")


@pytest.mark.parametrize(("rate", "text"), [
    (100_000_000, "100 Mbit/s"), (1_500_000, "1.5 Mbit/s"), (1_000, "1 kbit/s"), (999, "999 bit/s"),
    (1_234_567, "1.235 Mbit/s"), (10_000_000_000, "10 Gbit/s"),
])
def test_a_slow_wire_is_not_rounded_to_nothing(rate: int, text: str) -> None:
    assert f"at most {text}." in texts(run("", rate_bits=rate))[2]


def test_long_output_keeps_its_beginning_and_its_end() -> None:
    (shown,) = (node for node in head_nodes(Teller(run("\n".join(map(str, range(100)))))) if isinstance(node, Output))
    assert (shown.lines[0], shown.lines[-1], shown.left_out) == ("0", "99", "92 more lines")
    (short,) = (node for node in head_nodes(Teller(run("a\nb\n"))) if isinstance(node, Output))
    assert (short.lines, short.left_out) == (("a", "b"), "")


def test_a_long_line_of_output_is_cut() -> None:
    (shown,) = (node for node in head_nodes(Teller(run("x" * 1160))) if isinstance(node, Output))
    assert shown.lines == ("x" * 160 + " ... (1,000 characters more)",)


def test_the_view_of_one_host_says_so() -> None:
    said = texts(account(connection(), view="at server"))
    assert "This is what the host server saw alone; packets are numbered as in its capture." in said


def test_many_connections_begin_with_a_table() -> None:
    many = tuple(connection(number) for number in range(1, 9))
    table = next(node for node in overview(Teller(account(*many)), many) if isinstance(node, Table))
    assert table.head[:3] == ("id", "client", "begins")  # one server: its column says nothing
    assert table.rows[0] == ("c1", "10.0.0.1:50001", "0", "9.00 ms", "10", "13", "13", "client closed first")
    assert len(table.rows) == 8


def tail(found: Account) -> list[Node]:
    """Return the end of a story."""
    return tail_nodes(Teller(found), found.connections, [], all_packets=False)


def test_what_is_said_of_many_connections_is_so() -> None:
    """Whether they are told in short, packet by packet, or not at all."""
    many = account(*(connection(number) for number in range(1, 8)))
    more = account(*(connection(number) for number in range(1, 60)))
    assert "Each is told in short here" in legend(tell(many))
    assert legend(tell(many, all_packets=True)).endswith("says otherwise.")
    assert legend(tell(more)).endswith("They are too many to tell each; --connection tells one packet by packet.")
    assert legend(tell(more, all_packets=True)).endswith("says otherwise.")


def legend(story: Story) -> str:
    """Return what stands below the table."""
    at = next(at for at, node in enumerate(story.nodes) if isinstance(node, Table))
    node = story.nodes[at + 1]
    assert isinstance(node, Paragraph)
    return node.text


def test_a_misreading_is_named_once() -> None:
    belief = Reason(Why.BELIEF_EMPTY_FIN, {"packet": 8})
    found = account(connection(1, beliefs=(belief,)), connection(2, beliefs=(belief,)))
    (beliefs,) = (node for node in tail(found) if isinstance(node, Facts) and node.title.startswith("Often"))
    assert [item.label for item in beliefs.items] == ["c1"]


def test_calls_that_made_no_packet_are_told_when_they_failed_or_wait() -> None:
    found = account(connection(), other_calls=(
        call(1, "listen"), call(2, "bind", error="OSError: [Errno 98] Address already in use", source="s.bind(a)"),
        call(3, "accept", end_ns=None), call(4, "accept", error="BlockingIOError: [Errno 11] Resource temporarily"),
        call(5, "exit", end_ns=None)))
    (stray,) = (node for node in tail(found) if isinstance(node, Facts) and node.title.startswith("Calls"))
    assert [item.text for item in stray.items] == \
        ["client.py:2 s.bind(a)  ->  OSError: [Errno 98] Address already in use",
         "client.py:3 accept()  ->  still waiting when the recording stopped"]


def test_the_hint_can_be_pasted_into_a_shell() -> None:
    (hint,) = (node for node in tail(account(connection(), name="my file's.pcap")) if isinstance(node, Hint))
    assert hint.text.startswith("More: whywire explain 'my file'\"'\"'s.pcap' --packet 8")
    assert quoted("runs/v2-1/") == "runs/v2-1/"

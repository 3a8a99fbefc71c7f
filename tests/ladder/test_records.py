"""The nouns of the notation."""

from __future__ import annotations

from whywire.ladder import parse
from whywire.ladder.records import FLAG_BITS, FLAG_LETTERS
from whywire.packets import table


def test_a_ladder_knows_its_packets_and_calls() -> None:
    ladder = parse("# x\nhost a 10.0.0.1\na>b S 0:0(0)\na: recv(5)\nb>a R 0:0(0)\n")
    assert [line.flags for line in ladder.packets] == ["S", "R"]
    assert [line.name for line in ladder.calls] == ["recv"]
    assert len(ladder.lines) == 5


def test_the_line_of_the_text_takes_no_part_in_comparing() -> None:
    first, second = parse("\n\na: recv(5)"), parse("a: recv(5)")
    assert first == second
    assert [ladder.calls[0].line for ladder in (first, second)] == [3, 1]


def test_letters_name_the_bits_of_the_header() -> None:
    names = {"S": table.SYN, "F": table.FIN, "R": table.RST, "P": table.PSH, "U": table.URG, "E": table.ECE,
             "C": table.CWR, "N": table.AE, "A": table.ACK}
    assert names == FLAG_BITS
    assert set(FLAG_LETTERS) == set(names)

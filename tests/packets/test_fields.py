from __future__ import annotations

import pytest

from whywire.packets.fields import Spec, flag, hexadecimal, named, preview, read, trailing_zeros

DATA = b"\xab\xcd\x12\x34"


def test_a_field_has_its_place_value_and_text() -> None:
    (found,) = read((Spec(1, 2, "Number", "x.number", "what it is"),), b"\0" + DATA, 1, 5)
    assert (found.name, found.key, found.value, found.text, found.meaning) == (
        "Number", "x.number", 0xCD12, "52498", "what it is")
    assert (found.start, found.end, found.bit_mask) == (2, 4, None)


def test_bits_are_shifted_down() -> None:
    fields = read((Spec(0, 1, "High", "x.high", mask=0xF0), Spec(0, 2, "Low", "x.low", mask=0x0FF0)), DATA, 0, 4)
    assert [field.value for field in fields] == [0xA, 0xBC]


def test_what_is_cut_is_left_out() -> None:
    specs = (Spec(0, 2, "A", "a"), Spec(2, 2, "B", "b"))
    assert [field.name for field in read(specs, DATA, 0, 3)] == ["A"]
    assert read(specs, DATA[:1], 0, 100) == []


def test_a_meaning_may_depend_on_the_value() -> None:
    (field,) = read((Spec(0, 1, "A", "a", lambda value: f"it is {value}", show=hexadecimal(4)),), DATA, 0, 4)
    assert (field.meaning, field.text) == ("it is 171", "0x00ab")


@pytest.mark.parametrize(("data", "text"), [
    (b"GET / HTTP/1.1\r\n", "GET / HTTP/1.1\\r\\n"), (b"\0\xff\\~", "\\x00\\xff\\\\~"), (b"", ""),
    (b"x" * 64, "x" * 64), (b"x" * 65, "x" * 64 + "..."),
])
def test_bytes_become_one_line(data: bytes, text: str) -> None:
    assert preview(data) == text


def test_texts_of_values() -> None:
    assert named({6: "TCP"})(6) == "TCP (6)"
    assert named({6: "TCP"})(7) == "7"
    assert named({0x800: "IPv4"}, 4)(0x800) == "IPv4 (0x0800)"
    assert (flag(1), flag(0)) == ("Set", "Not set")
    assert [trailing_zeros(mask) for mask in (1, 0x80, 0x0FF0)] == [0, 7, 4]

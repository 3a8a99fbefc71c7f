"""The connection as a word."""

from __future__ import annotations

import pytest

from tests.connections.accounts import trap


@pytest.mark.parametrize(("name", "word"), [
    ("01_one_byte_retx", "ShADTaFf"), ("10_simul_open", "SsHhDaFfA"), ("12_rst_closed_port", "Sr"),
    ("22_zero_window", "ShADwaFf"), ("27_fin_retx", "ShADaFf"), ("29_syn_retx_then_ok", "ShADaFf"),
    ("04_any_duplicates", "ShADadFf"), ("15_rst_out_of_window", "ShADadFf"),
])
def test_each_letter_once_a_side_in_order(name: str, word: str) -> None:
    assert trap(name).connections[0].history == word

"""The state machine as RFC 9293 figure 5 draws it, walked along its named paths."""

from __future__ import annotations

import pytest

from whywire.connections.states import EVENTS, NAMES, NEXT, TABLE, Event, State

E, S = Event, State


def walk(start: State, *events: Event) -> State:
    """Follow events through the flattened table."""
    state: int = start
    for event in events:
        state = NEXT[state * EVENTS + event]
    return State(state)


@pytest.mark.parametrize(("events", "end"), [
    ((E.SEND_SYN, E.RECEIVE_SYN_ACK), S.ESTABLISHED),
    ((E.SEND_SYN_ACK, E.RECEIVE_ACK_OF_SYN), S.ESTABLISHED),
    ((E.SEND_SYN, E.SEND_SYN_ACK, E.RECEIVE_SYN_ACK), S.ESTABLISHED),  # figure 7, simultaneous open
    ((E.SEND_SYN, E.RECEIVE_SYN_ACK, E.SEND_FIN, E.RECEIVE_ACK_OF_FIN, E.RECEIVE_FIN), S.TIME_WAIT),  # figure 12, A
    ((E.SEND_SYN_ACK, E.RECEIVE_ACK_OF_SYN, E.RECEIVE_FIN, E.SEND_FIN, E.RECEIVE_ACK_OF_FIN), S.CLOSED),  # figure 12, B
    ((E.MIDDLE, E.SEND_FIN, E.RECEIVE_FIN, E.RECEIVE_ACK_OF_FIN), S.TIME_WAIT),  # figure 13, simultaneous close
    ((E.SEND_SYN, E.RESET), S.RESET),
    ((E.MIDDLE, E.RECEIVE_FIN, E.RESET), S.RESET),
])
def test_paths(events: tuple[Event, ...], end: State) -> None:
    assert walk(S.LISTEN, *events) is end


def test_a_reset_changes_nothing_after_the_end() -> None:
    assert walk(S.TIME_WAIT, E.RESET) is S.TIME_WAIT
    assert walk(S.CLOSED, E.RESET) is S.CLOSED


def test_what_is_not_in_the_table_changes_nothing() -> None:
    for state in S:
        for event in E:
            expected = TABLE.get((state, event), state)
            assert walk(state, event) is expected


def test_every_state_has_the_name_of_the_rfc() -> None:
    assert set(NAMES) == set(S)
    assert NAMES[S.TIME_WAIT] == "TIME-WAIT"

from __future__ import annotations

from tests.story.said import said
from whywire.connections.model import Side
from whywire.connections.why import Why


def test_the_kernel_answers_a_syn_and_the_program_is_not_needed() -> None:
    assert said(Why.SYN_ACK_LISTEN) == \
        "The server's kernel answers for the listening socket; accept() is not needed for it."


def test_a_syn_comes_from_a_program() -> None:
    assert said(Why.SYN_CONNECT, Side.CLIENT) == \
        "The client's program asked for a connection: connect() sends a SYN."


def test_a_repeated_syn_is_the_kernels() -> None:
    assert said(Why.SYN_AGAIN, Side.CLIENT, after_ns=1_000_000_000, attempt=2) == \
        "No answer to the SYN for 1.00 s, so the client's kernel sent it again."


def test_a_syn_that_a_full_queue_dropped() -> None:
    assert said(Why.SYN_IGNORED, Side.CLIENT) == (
        "It reached the server, which left it unanswered: a listening socket whose accept queue is full drops it.")

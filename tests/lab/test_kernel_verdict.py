"""Our causes of resets, held against the kernel's own reasons, over all labs and a program that aborts in every way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.lab.kernel import traced_resets
from whywire.capture.run import open_run
from whywire.connections import Account, account
from whywire.connections.model import Side
from whywire.connections.why import Why
from whywire.lab.catalogue import labs
from whywire.lab.plan import Plan, two_hosts
from whywire.lab.run import run
from whywire.packets.merge import open_view

AGREES: dict[str, set[Why]] = {
    "NO_SOCKET": {Why.RST_REFUSED, Why.RST_CONNECTION_GONE, Why.RST_LATE_DATA},
    "TCP_ABORT_ON_DATA": {Why.RST_LATE_DATA},
    "TCP_TIMEWAIT_SOCKET": {Why.RST_LATE_DATA, Why.RST_CONNECTION_GONE},
    "TCP_ABORT_ON_CLOSE": {Why.RST_UNREAD, Why.RST_KILLED},
    "TCP_ABORT_ON_LINGER": {Why.RST_LINGER},
    "TCP_DISCONNECT_WITH_DATA": {Why.RST_LINGER},
    "TCP_STATE": {Why.RST_LINGER},
    "TCP_FLAGS": {Why.RST_CONNECTION_GONE},  # the segment of a gone connection reached the listening socket
}
"""The kernel's reason (enum sk_rst_reason) -> what we may say of that reset."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may read the kernel's tracepoints")


def our_causes(found: Account) -> dict[tuple[str, str], list[Why]]:
    """Return (sender, receiver) -> causes of the resets it sent, in order."""
    causes: dict[tuple[str, str], list[Why]] = {}
    for connection in found.connections:
        for segment in connection.segments:
            if "rst" in segment.kinds:
                ends = (connection.client.endpoint, connection.server.endpoint)
                key = ends if segment.sender is Side.CLIENT else ends[::-1]
                causes.setdefault(key, []).append(segment.cause.reason.why)
    return causes


def aborts() -> Plan:
    """Return the plan of the program that aborts in every way."""
    folder = Path(__file__).parent / "aborts"
    return two_hosts("aborts", "python server.py 7000", "python client.py {server} 7000", cwd=str(folder))


def verdicts_on(verdicts: dict[tuple[str, str], list[str]], local: str, remote: str) -> list[str]:
    """Return the kernel's reasons for one connection; what its listening socket sent names no peer and comes last."""
    port = local.rpartition(":")[2]
    return [*verdicts.get((local, remote), []), *verdicts.get((f"0.0.0.0:{port}", "0.0.0.0:0"), [])]


PLANS = {lab.name: lab.plan({}) for lab in labs()} | {"aborts": aborts()}


@pytest.mark.parametrize("name", PLANS)
def test_the_kernel_agrees_on_every_reset(name: str, tmp_path: Path) -> None:
    with traced_resets(tmp_path) as kernel:
        if kernel is None:
            return  # this kernel does not say why it resets
        folder = run(PLANS[name], tmp_path / "run").path
        verdicts = kernel.read()
    opened = open_run(folder)
    with open_view(opened) as view:
        ours = our_causes(account(view, opened))
    theirs = {key: verdicts_on(verdicts, *key)[:len(causes)] for key, causes in ours.items()}
    assert {key: len(reasons) for key, reasons in theirs.items()} == {key: len(causes) for key, causes in ours.items()}
    wrong = [(key, reason, why) for key, causes in ours.items() for reason, why in zip(theirs[key], causes, strict=True)
             if why not in AGREES.get(reason, set())]
    assert wrong == []


def test_the_aborting_program_aborts_in_every_way(tmp_path: Path) -> None:
    opened = open_run(run(aborts(), tmp_path / "run").path)
    with open_view(opened) as view:
        causes = {why for whys in our_causes(account(view, opened)).values() for why in whys}
    assert {Why.RST_LINGER, Why.RST_UNREAD, Why.RST_LATE_DATA, Why.RST_REFUSED} <= causes

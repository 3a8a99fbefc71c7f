"""Where a run's programs work, and what is left of it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from whywire.lab.files import File
from whywire.lab.plan import two_hosts
from whywire.lab.workplace import workplaces


def test_a_host_with_files_gets_a_folder_and_scratch_goes(tmp_path: Path) -> None:
    plan = two_hosts("test", "server", "client --data {scratch}", cwd="/")
    client, server = plan.hosts
    plan = replace(plan, hosts=(replace(client, files=(File("a.txt", text="a"),)), server))
    with workplaces(plan, tmp_path) as placed:
        scratch = Path(shlex.split(placed.hosts[0].command)[-1])
        (scratch / "inner").mkdir()
        assert placed.hosts[0].cwd == str(tmp_path / "files" / "client")
        assert placed.hosts[1] == server
    assert not scratch.exists()
    assert (tmp_path / "files" / "client" / "a.txt").read_text() == "a"


def test_nothing_is_made_for_plans_without_files(tmp_path: Path) -> None:
    plan = two_hosts("test", "server", "client")
    with workplaces(plan, tmp_path) as placed:
        assert placed == plan
    assert list(tmp_path.iterdir()) == []

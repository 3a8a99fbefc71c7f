"""run.toml: there and back, and what is left of a damaged one."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from whywire.capture.run_meta import HostMeta, ProgramMeta, RunMeta, from_toml, to_toml

INTEGERS = st.none() | st.integers(-(1 << 63), (1 << 63) - 1)
TEXT = st.text(max_size=10)
METAS = st.builds(
    RunMeta, TEXT, TEXT, INTEGERS, TEXT, TEXT, TEXT, TEXT, TEXT, INTEGERS, INTEGERS, st.lists(TEXT).map(tuple),
    st.lists(st.builds(HostMeta, TEXT, TEXT), max_size=2).map(tuple),
    st.lists(st.builds(ProgramMeta, TEXT, TEXT, TEXT, INTEGERS, INTEGERS, INTEGERS, st.none() | TEXT),
             max_size=2).map(tuple))


@given(METAS)
def test_the_way_back(meta: RunMeta) -> None:
    assert from_toml(to_toml(meta), "other") == (meta, [])


@given(st.text())
def test_any_text(text: str) -> None:
    meta, problems = from_toml(text, "folder")
    assert meta.name == "folder" or "name" in tomllib.loads(text)
    assert problems == [] or meta.hosts == () or meta.programs == ()


def test_what_is_wrong_is_named_and_the_rest_kept() -> None:
    text = """
        name = 5
        title = "a run"
        delay_ns = true
        notes = ["a", 5]
        weather = "fine"
        programs = 7
        [[hosts]]
        name = "client"
        [[hosts]]
        address = "10.0.0.2"
    """
    meta, problems = from_toml(text, "folder")
    assert meta == RunMeta("folder", "a run", hosts=(HostMeta("client"),))
    assert problems == [
        "run.toml: name is not text", "run.toml: delay_ns is not a number", "run.toml: notes is not text",
        "run.toml: hosts 2: a key is missing", "run.toml: programs 1: not a table"]


def test_broken_toml() -> None:
    meta, (problem,) = from_toml("name = ", "folder")
    assert meta == RunMeta("folder")
    assert problem.startswith("run.toml is not TOML: ")

"""`whywire report --format markdown`: the story for an issue or a lab report, with its pictures beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whywire.cli.show import Wishes
    from whywire.story import Story
    from whywire.story.detail import ConnectionDetail

MOST_DRAWN = 400
"""Packets in the pictures; of a longer connection its beginning, its end, and what is around its findings."""
MOST_PICTURES = 12
"""Of more connections those have a picture that have the worst findings."""
ISSUE = 65_536
"""Characters that GitHub takes in an issue."""


def report(path: str, wish: Wishes, output: str, *, ladder: bool = False, packets: int | None = None) -> int:
    """Write the report, and an SVG beside it for each picture; say where they are. Raises WhywireError."""
    from whywire.cli.report import told_in_detail
    from whywire.cli.show import open_path, write

    run, capture = open_path(path, wish.at)
    with capture:
        damage = [problem.what for source in capture.sources for problem in source.problems if problem.fatal]
        story = told_in_detail(run, capture, wish._replace(format="text"), packets or MOST_DRAWN)
    text, drawn = made(story, Path(output).stem, ladder=ladder, most=None if wish.all else MOST_PICTURES)
    for name, svg in drawn.items():
        write(str(Path(output).with_name(name)), (svg,))
    write(output, (text,))
    files = f"{len(drawn)} pictures, {next(iter(drawn))} to {list(drawn)[-1]}" if len(drawn) > 3 else ", ".join(drawn)
    print(f"{output}: {len(text):,} characters" + (f", with {files}" if drawn else ""))
    if len(text) > ISSUE:
        print(f"An issue on GitHub takes {ISSUE:,} characters; --connection makes it shorter.", file=sys.stderr)
    if damage:
        raise WhywireError(f"{path}: {damage[0]}", "everything before it is in the report")
    return 0


def made(story: Story, stem: str, *, ladder: bool = False,
         most: int | None = MOST_PICTURES) -> tuple[str, dict[str, str]]:
    """Return the Markdown of a story that has its details, and its pictures: file name -> SVG, ``most`` of them."""
    from whywire.report.html.scene import scene, scenes
    from whywire.report.markdown import TOGETHER, placed, render
    from whywire.report.svg import render as draw
    from whywire.story.roles import roles

    details = {} if ladder or story.detail is None else _worst(story, story.detail.connections, most)
    names = {number: f"{stem}.svg" if len(story.connections) == 1 else f"{stem}-c{number}.svg" for number in details}
    who = roles(story.exchanges, story.connections)
    drawn = {name: draw(scene([details[number]], who)) for number, name in names.items()}
    together = scenes(list(details.values()), who)[0] if len(details) > 1 else None
    if together is not None and len(together["connections"]) > 1 and len(together["lanes"]) > 2:
        names[TOGETHER] = f"{stem}.svg"
        drawn = {names[TOGETHER]: draw(together), **drawn}
    return render(placed(story, list(details)), None if ladder or story.detail is None else names.get), drawn


def _worst(story: Story, details: Sequence[ConnectionDetail], most: int | None) -> dict[int, ConnectionDetail]:
    """Return those that are drawn, by number."""
    level: dict[int, int] = {}
    for finding in story.findings or ():
        number = finding.connection or 0
        level[number] = max(level.get(number, 0), finding.level)
    ranked = sorted(details, key=lambda each: (-level.get(each.connection.number, 0), each.connection.number))[:most]
    return {each.connection.number: each for each in sorted(ranked, key=lambda each: each.connection.number)}

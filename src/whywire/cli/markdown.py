"""`whywire report --format markdown`: the story for an issue or a lab report, with its pictures beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from whywire.base.errors import WhywireError

if TYPE_CHECKING:
    from whywire.cli.show import Wishes
    from whywire.story import Story

MOST_DRAWN = 300
"""Packets in the pictures; of a longer connection its beginning, its end, and what is around its findings."""
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
    text, drawn = made(story, Path(output).stem, ladder=ladder)
    for name, svg in drawn.items():
        write(str(Path(output).with_name(name)), (svg,))
    write(output, (text,))
    print(f"{output}: {len(text):,} characters" + (f", with {', '.join(drawn)}" if drawn else ""))
    if len(text) > ISSUE:
        print(f"An issue on GitHub takes {ISSUE:,} characters; --connection makes it shorter.", file=sys.stderr)
    if damage:
        raise WhywireError(f"{path}: {damage[0]}", "everything before it is in the report")
    return 0


def made(story: Story, stem: str, *, ladder: bool = False) -> tuple[str, dict[str, str]]:
    """Return the Markdown of a story that has its details, and its pictures: file name -> SVG."""
    from whywire.report.html.scene import scene
    from whywire.report.markdown import render
    from whywire.report.svg import render as draw
    from whywire.story.document import Timeline

    if ladder or story.detail is None:
        return render(story), {}
    details = {each.connection.number: each for each in story.detail.connections}
    lines = [node.connection.number for node in story.nodes if isinstance(node, Timeline)]
    names = {number: f"{stem}.svg" if len(lines) == 1 else f"{stem}-c{number}.svg" for number in lines
             if number in details}
    drawn = {name: draw(scene([details[number]])) for number, name in names.items()}
    return render(story, lambda line: names.get(line.connection.number)), drawn

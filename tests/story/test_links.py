from __future__ import annotations

from tests.story.accounts import spoken
from whywire.story.links import link_items


def test_a_redirect_is_told_where_it_was_followed_with_its_other_reading() -> None:
    found = spoken("b-http-redirect.pcapng")
    item = next(item for item in link_items(2, found) if item.label == "Redirect")
    assert item.text == "x2 follows the redirect of x1 (packet 5) to /result.html, on the new connection c2."
    assert item.certainty == "likely"
    assert item.rest.startswith("Or: ")
    assert link_items(1, found) == []


def test_a_page_names_its_parts_connections_and_how_long_all_took() -> None:
    texts = [item.text for item in link_items(5, spoken("a-http-browser-snap640.pcapng")) if item.label == "Page"]
    assert texts == ["the client asked for 12 parts of the page x4 on c5, c6, c7, c8, c9, c10. The last was complete "
                     "5.04 s after the page's request. Of that, 5.00 s went by in 5 idle time-outs: the server takes "
                     "one connection at a time, and waited for more on c5, c6, c7, c8, c9 before it took the next."]

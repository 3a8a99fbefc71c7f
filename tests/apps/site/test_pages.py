from __future__ import annotations

from html.parser import HTMLParser

from whywire.apps.site.pages import OWN_PAGE, html, message, phrase


def test_a_message_in_html_and_in_plain_text() -> None:
    media, content = message(404, "No <file> & no folder.", plain=False)
    assert media == "text/html; charset=utf-8"
    assert b"<h1>404 Not Found</h1>" in content and b"No &lt;file&gt; &amp; no folder." in content
    media, content = message(404, "No <file>.", plain=True)
    assert (media, content) == ("text/plain; charset=utf-8", b"404 Not Found\n\nNo <file>.\n")


def test_a_link_is_shown_and_escaped() -> None:
    assert b'<a href="/a&amp;&quot;b">/a&amp;&quot;b</a>' in message(301, "Moved.", plain=False, link='/a&"b')[1]
    assert message(301, "Moved.", plain=True, link="/b")[1].endswith(b"/b\n")


def test_phrases_of_statuses_that_nobody_registered() -> None:
    assert (phrase(404), phrase(599), phrase(299)) == ("Not Found", "Error", "Answer")


def test_a_page_is_complete_and_loads_nothing() -> None:
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
            tags.append(tag)

    Reader().feed(html("<script>", "<p>x</p>").decode())
    assert not {"script", "img", "link", "iframe"} & set(tags) and tags[-1] == "p"
    assert OWN_PAGE[0][1].startswith("default-src 'none'")

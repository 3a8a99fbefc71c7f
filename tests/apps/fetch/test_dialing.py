"""Connections that come about, and those that do not."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import trustme

from tests.apps.fetch.scripted import CUT, fetched, ok, scripted, tree
from whywire.apps.fetch.dialing import context
from whywire.apps.fetch.options import ALL, FAILED, Options
from whywire.base.errors import WhywireError

AUTHORITY = trustme.CA()


def of(name: str) -> ssl.SSLContext:
    """Return a server's context with a certificate for ``name``."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(name).configure_cert(found)
    return found


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path


def test_https_with_a_certificate_that_holds(authority: Path, tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"secret"), of("localhost")) as server:
        urls = [f"https://localhost:{server.port}/{name}" for name in "ab"]
        code, _ = fetched(tmp_path / "to", urls, authorities=authority)
    assert (code, server.connections, tree(tmp_path / "to")) == (ALL, 1, {"a": b"secret", "b": b"secret"})


@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("other.example", True)])
def test_https_with_one_that_does_not(name: str, trusted: bool, authority: Path, tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"secret"), of(name)) as server:
        code, said = fetched(tmp_path / "to", [f"https://localhost:{server.port}/"],
                             authorities=authority if trusted else None)
    assert (code, server.heads, tree(tmp_path / "to")) == (FAILED, [], {})
    assert "the certificate of localhost does not hold: " in said[0]


def test_a_body_that_is_cut_without_closing_tls_is_not_complete(authority: Path, tmp_path: Path) -> None:
    """Anybody on the way can end the TCP connection; only the peer can end TLS."""
    with scripted(lambda _: b"HTTP/1.1 200 OK\r\n\r\nhalf" + CUT, of("localhost")) as server:
        code, said = fetched(tmp_path / "to", [f"https://localhost:{server.port}/"], authorities=authority)
    assert (code, tree(tmp_path / "to")) == (FAILED, {})
    assert "broken off" in said[-1]


def test_who_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    code, said = fetched(tmp_path, [f"http://127.0.0.1:{port}/", "http://no-such-host.invalid/"])
    assert code == FAILED
    assert said[0] == f"/: 127.0.0.1 port {port} refused the connection: no program listens there"
    assert "no address is known for no-such-host.invalid" in said[1]


def test_plain_http_on_an_https_port(tmp_path: Path) -> None:
    with scripted(lambda _: ok(b"x")) as server:
        code, said = fetched(tmp_path, [f"https://127.0.0.1:{server.port}/"])
    assert code == FAILED
    assert f"no TLS with 127.0.0.1 port {server.port}" in said[0]


def test_a_file_without_certificates(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(WhywireError, match="holds no certificates"):
        context(Options(authorities=tmp_path / "ca.pem"))

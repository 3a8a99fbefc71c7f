"""TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from tests.apps.http.bench import Echo, bench, read_answer, rest
from tests.apps.http.test_server import Deaf
from whywire.apps.http import tls
from whywire.base.errors import WhywireError


def certificate(folder: Path, name: str, authority: trustme.CA | None = None) -> tuple[str, str, ssl.SSLContext]:
    """Write a chain and a key; return their paths and a context that trusts them."""
    authority = authority or trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    cert.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return str(cert), str(key), trust


def test_requests_over_tls(tmp_path: Path) -> None:
    cert, key, trust = certificate(tmp_path, "a")
    with bench(Echo(), tls=tls.context(cert, key), trust=trust) as at, at.connect() as peer:
        for target in (b"/quick", b"/x"):
            peer.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % target)
            assert read_answer(peer).status == 200
        peer.sendall(b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert rest(peer).endswith(b"GET /last a ")


def test_a_refused_upload_over_tls_sees_its_answer(tmp_path: Path) -> None:
    cert, key, trust = certificate(tmp_path, "a")
    with bench(Deaf(), tls=tls.context(cert, key), trust=trust) as at, at.connect() as peer:
        peer.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000)
        assert read_answer(peer).status == 405


def test_a_certificate_is_read_again(tmp_path: Path) -> None:
    cert, key, first = certificate(tmp_path, "a")
    made = tls.context(cert, key)
    _, _, second = certificate(tmp_path, "a")
    tls.load(made, cert, key)
    with bench(Echo(), tls=made, trust=second) as at:
        at.connect().close()
        at.tls = first
        with pytest.raises(ssl.SSLCertVerificationError):
            at.connect()


def test_old_versions_are_refused(tmp_path: Path) -> None:
    cert, key, _ = certificate(tmp_path, "a")
    assert tls.context(cert, key).minimum_version == ssl.TLSVersion.TLSv1_2


def test_files_that_can_t_be_used_are_said(tmp_path: Path) -> None:
    cert, key, _ = certificate(tmp_path, "a")
    other = certificate(tmp_path, "b")[1]
    (tmp_path / "none").write_text("nothing")
    for wrong in ((cert, other), (str(tmp_path / "none"), key), (str(tmp_path / "missing"), key)):
        with pytest.raises(WhywireError, match="--cert"):
            tls.context(*wrong)

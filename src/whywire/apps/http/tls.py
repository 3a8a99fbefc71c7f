"""TLS: the context of a server, and its certificate read again on request."""

from __future__ import annotations

import ssl

from whywire.base.errors import WhywireError


def context(cert: str, key: str) -> ssl.SSLContext:
    """Return a server's context for a certificate chain and its key (PEM). Raises WhywireError."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    made.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    load(made, cert, key)
    return made


def load(made: ssl.SSLContext, cert: str, key: str) -> None:
    """Read certificate and key (again); connections that are open keep theirs. Raises WhywireError."""
    try:
        made.load_cert_chain(cert, key or None, password=_no_password)
    except ssl.SSLError as error:
        raise WhywireError(f"The certificate {cert} can't be used: {error.reason or error}.",
                           "Give PEM files that belong together: --cert the chain, --key its private key.") from None
    except OSError as error:
        raise WhywireError(f"{error.filename or cert}: {error.strerror}.",
                           "Give PEM files that you may read with --cert and --key.") from None


def _no_password() -> str:
    raise WhywireError("The private key is encrypted.",
                       "Write it without a password for the server: openssl pkey -in KEY -out NEW.")

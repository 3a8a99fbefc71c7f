"""From a place to a connected socket."""

from __future__ import annotations

import socket
import ssl

from whywire.apps.fetch.errors import FetchError
from whywire.apps.fetch.links import Place
from whywire.apps.fetch.options import Options
from whywire.base.errors import WhywireError


def dial(place: Place, options: Options) -> socket.socket:
    """Connect, with TLS for https. Raises FetchError: which step failed, and how."""
    where = f"{place.host} port {place.port}"
    try:
        sock = socket.create_connection((place.host, place.port), timeout=options.timeout_s)
    except socket.gaierror as error:
        raise FetchError(f"no address is known for {place.host}: {error.strerror}") from error
    except TimeoutError as error:
        raise FetchError(f"no answer from {where} within {options.timeout_s:g} s of connecting") from error
    except ConnectionRefusedError as error:
        raise FetchError(f"{where} refused the connection: no program listens there") from error
    except OSError as error:
        raise FetchError(f"can't connect to {where}: {error.strerror or error}") from error
    if place.scheme == "http":
        return sock
    try:
        return context(options).wrap_socket(sock, server_hostname=place.host, suppress_ragged_eofs=False)
    except ssl.SSLCertVerificationError as error:
        sock.close()
        raise FetchError(f"the certificate of {place.host} does not hold: {error.verify_message}") from error
    except OSError as error:
        sock.close()
        raise FetchError(f"no TLS with {where}: {getattr(error, 'reason', None) or error.strerror or error}") from error


def context(options: Options) -> ssl.SSLContext:
    """Return a context that checks certificates and names. Raises WhywireError for a file without certificates."""
    try:
        found = ssl.create_default_context(cafile=options.authorities)
    except OSError as error:
        raise WhywireError(f"{options.authorities} holds no certificates in PEM form: {error}",
                           "give the authority's certificate, the one that signed the server's") from error
    found.set_alpn_protocols(["http/1.1"])
    return found

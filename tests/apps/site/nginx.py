"""nginx over a folder, set up as people do for static files, on a port of the kernel's choice."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

CONFIG = """\
{user}daemon off; master_process off; pid {work}/pid; error_log {work}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; etag on; gzip_static on; gzip_vary on; charset utf-8; server_tokens off;
    include /etc/nginx/mime.types; default_type application/octet-stream;
    charset_types text/html text/css text/plain text/xml application/xml image/svg+xml application/javascript;
    client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    server {{ listen 127.0.0.1:{port}; {server} }}
}}
"""
FILES = "root {root}; absolute_redirect off;"
PROXY = """\
location / {{ proxy_pass http://{host}:{port}; proxy_http_version {version}; proxy_set_header Connection ""; }}"""


def running(program: str, root: Path, work: Path) -> AbstractContextManager[tuple[str, int]]:
    """Serve ``root`` with nginx; yield its address."""
    return _running(program, FILES.format(root=root), work)


def in_front(program: str, origin: tuple[str, int], version: str,
             work: Path) -> AbstractContextManager[tuple[str, int]]:
    """Put nginx as a proxy before ``origin``, which it asks in HTTP ``version``; yield its address."""
    return _running(program, PROXY.format(host=origin[0], port=origin[1], version=version), work)


@contextmanager
def _running(program: str, server: str, work: Path) -> Iterator[tuple[str, int]]:
    work.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    user = "user root; " if os.geteuid() == 0 else ""
    (work / "conf").write_text(CONFIG.format(user=user, work=work, port=port, server=server))
    process = subprocess.Popen([program, "-c", work / "conf", "-e", work / "error.log"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        yield _listening(process, port)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _listening(process: subprocess.Popen[bytes], port: int) -> tuple[str, int]:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return "127.0.0.1", port
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.02)  # nginx tells nobody when it listens
    process.kill()
    raise AssertionError(f"nginx does not listen: {process.communicate()[1].decode()}")

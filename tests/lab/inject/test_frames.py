from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.inject.traced import PAIR, environment, named, traced


def test_the_users_own_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def ask(s):\n    return s.recv(\n        1)\n")
    calls = traced(tmp_path, PAIR + "import helper\nimport http.client\nclient.send(b'x')\nhelper.ask(conn)\n"
                   "h = http.client.HTTPConnection('127.0.0.1', port)\nh.request('GET', '/')\n")
    [recv] = named(calls, "recv")
    assert (Path(recv["f"]).name, recv["l"], recv["fn"]) == ("helper.py", 2, "ask")
    assert (named(calls, "connect")[1]["l"], named(calls, "sendall")[-1]["l"]) == (11, 11)


TRACEBACKS = {
    "nobody caught it": "import socket\nsocket.create_connection(('127.0.0.1', 1))\n",
    "printed": "import socket, traceback\ntry:\n    socket.socket().connect(('127.0.0.1', 1))\nexcept OSError:\n"
               "    traceback.print_exc()\n",
    "logged": "import logging, socket\ntry:\n    socket.socket().connect(('127.0.0.1', 1))\nexcept OSError:\n"
              "    logging.exception('hm')\n",
    "behind another": "import socket\ntry:\n    socket.socket().connect(('127.0.0.1', 1))\nexcept OSError as error:\n"
                      "    raise ValueError('no') from error\n",
    "in a thread": "import socket, threading\nt = threading.Thread(target=socket.create_connection, "
                   "args=(('127.0.0.1', 1),))\nt.start()\n",
    "wrong use": "import time\ntime.sleep('1')\n",
}


@pytest.mark.parametrize("code", TRACEBACKS.values(), ids=list(TRACEBACKS))
def test_tracebacks_are_the_same(tmp_path: Path, code: str) -> None:
    (tmp_path / "program.py").write_text(code)
    errors = [subprocess.run([sys.executable, "program.py"], env=environment(tmp_path, trace), cwd=tmp_path,
                             capture_output=True, text=True, check=False).stderr for trace in (True, False)]
    assert errors[0] == errors[1]
    assert "Error" in errors[0]

"""`whywire run`: two programs of the user's on two virtual hosts, recorded and explained."""

from __future__ import annotations

import argparse

HELP = """\
Start a server and a client on two virtual hosts (server 10.0.0.2, client 10.0.0.1), with a wire between them that
takes 5 ms each way; record every packet and every socket call; explain each packet.

The client starts when the server listens. The run ends when the client has ended and its connections are closed, or
when nothing has moved for --quiet, or at --timeout. The exit code is 0 when the story could be told, whatever the
programs ended with: their exit codes are part of the story."""

EXAMPLE = """\
  whywire run --server 'python server.py 12345' --client 'python client.py {server} 12345'
  whywire run --server 'python server.py 80' --client 'python client.py {server} 80' --delay 20ms --rate 1M
  whywire run --server './server 8080' --client './client {server} 8080' -o runs/mine --format json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    from whywire.cli.bench import add_options
    from whywire.cli.show import add_options as add_show_options

    parser.add_argument("--server", required=True, metavar="COMMAND", help="the server's command, as for a shell")
    parser.add_argument("--client", required=True, metavar="COMMAND",
                        help="the client's command; {server} in it is the server's name")
    parser.add_argument("--name", default="run", help="what the run is called; its folder begins with it")
    add_options(parser)
    add_show_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the two programs and explain."""
    from whywire.cli.bench import adjusted, perform
    from whywire.lab.plan import two_hosts

    return perform(adjusted(two_hosts(arguments.name, arguments.server, arguments.client), arguments), arguments)

"""Fetch a page and its images as a browser does: python browser.py HOST PORT DOCUMENT IMAGE PAGE CONNECTIONS

DOCUMENT and IMAGE are files with the header fields of the two kinds of requests.
"""
import re
import select
import socket
import sys
import threading

HOST, PORT = sys.argv[1], int(sys.argv[2])
DOCUMENT, IMAGE = [open(name).read().strip().replace("\n", "\r\n") for name in sys.argv[3:5]]
PAGE, CONNECTIONS = sys.argv[5], int(sys.argv[6])


def begin_to_connect():
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    sock.connect_ex((HOST, PORT))
    return sock


def wait_until_connected(sock):
    select.select([], [sock], [])
    sock.setblocking(True)


def ask(sock, path, headers):
    sock.sendall(f"GET {path} HTTP/1.1\r\n{headers}\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(65536)
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(head.split(b"Content-Length: ")[1])
    while len(body) < length:
        body += sock.recv(65536)
    print(path, head.decode().split("\r\n")[0], length, "bytes")
    return body


def images_of(page):
    folder = PAGE.rsplit("/", 1)[0]
    above = folder.rsplit("/", 1)[0]
    for source in re.findall(r'<img src="([^"]+)"', page.decode()):
        yield source.replace("..", above) if source.startswith("..") else folder + "/" + source


def fetch(sock, path):
    while path is not None:
        ask(sock, path, IMAGE)
        path = waiting.pop(0) if waiting else None


def fetch_over_a_new_connection(sock, path):
    wait_until_connected(sock)
    fetch(sock, path)
    wait_for_close(sock)


def wait_for_close(sock):
    sock.recv(1)
    sock.close()


sock = begin_to_connect()
wait_until_connected(sock)
waiting = list(images_of(ask(sock, PAGE, DOCUMENT)))
first = waiting.pop(0)
for path in [waiting.pop(0) for _ in range(CONNECTIONS - 1)]:
    another = begin_to_connect()
    threading.Thread(target=fetch_over_a_new_connection, args=(another, path)).start()
fetch(sock, first)
wait_for_close(sock)

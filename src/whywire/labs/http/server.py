"""A small HTTP file server: python server.py PORT FOLDER [--serial] [--two-writes]"""
import os
import socket
import sys
import threading
from urllib.parse import unquote

FOLDER = os.path.realpath(sys.argv[2])
IDLE_TIMEOUT = 1


def read_request(conn):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = conn.recv(4096)
        if piece == b"":
            return ""
        data += piece
    return data.decode("latin-1")


def find_file(path):
    if path == "/":
        path = "/index.html"
    file = os.path.realpath(FOLDER + unquote(path))
    inside = file.startswith(FOLDER + os.sep)
    return file if inside and os.path.isfile(file) else None


def answer(conn, request):
    method, target, version = request.split("\r\n")[0].split(" ")
    path = target.split("?")[0]
    file = find_file(path)
    if method != "GET":
        head, body = "405 Method Not Allowed\r\nConnection: close\r\nAllow: GET", b""
    elif path == "/redirect":
        head, body = "301 Moved Permanently\r\nConnection: close\r\nLocation: /result.html", b""
    elif file is None:
        head, body = "404 Not Found\r\nConnection: close", b""
    else:
        asked = "close" if "connection: close" in request.lower() else "keep-alive"
        with open(file, "rb") as opened:
            body = opened.read()
        head = f"200 OK\r\nConnection: {asked}\r\nContent-Length: {len(body)}"
    message = f"HTTP/1.1 {head}\r\n\r\n".encode()
    if "--two-writes" in sys.argv:
        conn.sendall(message)
        if body:
            conn.sendall(body)
    else:
        conn.sendall(message + body)
    print(target, head.split("\r\n")[0])
    return "Connection: keep-alive" in head


def serve(conn):
    keep = True
    while keep:
        conn.settimeout(IDLE_TIMEOUT)
        try:
            request = read_request(conn)
        except TimeoutError:
            break
        if request == "":
            break
        conn.settimeout(None)
        keep = answer(conn, request)
    conn.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", int(sys.argv[1])))
server.listen(128)
while True:
    conn, address = server.accept()
    if "--serial" in sys.argv:
        serve(conn)
    else:
        threading.Thread(target=serve, args=(conn,)).start()

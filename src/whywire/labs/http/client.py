"""A small HTTP client: python client.py HOST PORT HEADERS PATH... [--pause=SECONDS] [--stay]"""
import os
import select
import socket
import sys
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])
HEADERS = open(sys.argv[3]).read().strip().replace("\n", "\r\n")
PATHS = [word for word in sys.argv[4:] if not word.startswith("--")]
PAUSE = sum(float(word[8:]) for word in sys.argv if word.startswith("--pause="))


def connect():
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.connect((HOST, PORT))
    return sock


def is_closed(sock):
    readable, _, _ = select.select([sock], [], [], 0)
    return bool(readable)


def ask(sock, path):
    sock.sendall(f"GET {path} HTTP/1.1\r\n{HEADERS}\r\n\r\n".encode())
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if piece == b"":
            sys.exit("the server closed without an answer")
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    length = int(fields.get("Content-Length", 0))
    while len(body) < length:
        body += sock.recv(65536)
    if fields["Connection"] == "close":
        sock.recv(1)
    print(path, head.decode().split("\r\n")[0])
    return fields, body


sock = connect()
for number, path in enumerate(PATHS):
    if number and PAUSE:
        time.sleep(PAUSE)
    if number and is_closed(sock):
        print("the server has closed the connection")
        sock.close()
        sock = connect()
    fields, body = ask(sock, path)
    if "Location" in fields:
        path = fields["Location"]
        print("moved to", path)
        sock.close()
        sock = connect()
        fields, body = ask(sock, path)
    if body:
        with open(os.path.basename(path) or "index.html", "wb") as file:
            file.write(body)
if "--stay" in sys.argv and fields["Connection"] != "close":
    sock.recv(1)
sock.close()

"""A calculator that can add: python server.py PORT [CONNECTIONS]

It serves for ever, or until that many connections have been and gone.
"""
import json
import socket
import struct
import sys
import time

OK, CACHE, FOR_GOOD = 200, 1 << 12, 65535


def recv_message(sock):
    data = sock.recv(65535)
    while data != b"" and (len(data) < 12 or len(data) < struct.unpack("!H", data[4:6])[0]):
        data += sock.recv(65535)
    return data


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(5)
left = int(sys.argv[2]) if len(sys.argv) > 2 else -1

while left != 0:
    conn, addr = server.accept()
    while (request := recv_message(conn)) != b"":
        numbers = request[12:].decode().split("+")
        data = json.dumps({"result": sum(map(int, numbers)), "steps": []}).encode()
        header = struct.pack("!IHHHH", int(time.time()), 12 + len(data), OK | CACHE, FOR_GOOD, 0)
        conn.sendall(header + data)
    conn.close()
    left -= 1
server.close()

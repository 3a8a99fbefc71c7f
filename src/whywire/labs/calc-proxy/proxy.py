"""A caching proxy for the calculator: python proxy.py PORT ORIGIN ORIGIN_PORT"""
import json
import socket
import struct
import sys
import time

OK, BAD_GATEWAY, STATUS, CACHE = 200, 502, 0x3FF, 1 << 12
stored = {}


def recv_message(sock):
    data = sock.recv(65535)
    while data != b"" and (len(data) < 12 or len(data) < struct.unpack("!H", data[4:6])[0]):
        data += sock.recv(65535)
    return data


def ask_origin(request):
    origin = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        origin.connect((sys.argv[2], int(sys.argv[3])))
        origin.sendall(request)
        return recv_message(origin)
    except OSError as error:
        data = json.dumps({"error": "the origin can't be reached: " + error.strerror}).encode()
        return struct.pack("!IHHHH", int(time.time()), 12 + len(data), BAD_GATEWAY, 0, 0) + data
    finally:
        origin.close()


def is_fresh(answer):
    written, length, flags, seconds, pad = struct.unpack("!IHHHH", answer[:12])
    for_good = seconds == 65535
    return flags & STATUS == OK and flags & CACHE and (for_good or time.time() - written < seconds)


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(5)

while True:
    conn, addr = server.accept()
    while (request := recv_message(conn)) != b"":
        expression = request[12:]
        if expression in stored and is_fresh(stored[expression]):
            print("hit:", expression)
            answer = stored[expression]
        else:
            print("miss:", expression)
            answer = ask_origin(request)
            if is_fresh(answer):
                stored[expression] = answer
        conn.sendall(answer)
    conn.close()

"""Ask for sums, each on a connection of its own: python client.py HOST PORT SLEEP EXPRESSION..."""
import json
import socket
import struct
import sys
import time

REQUEST, CACHE, ANY_AGE = 1 << 10, 1 << 12, 65535


def recv_message(sock):
    data = sock.recv(65535)
    while len(data) < 12 or len(data) < struct.unpack("!H", data[4:6])[0]:
        data += sock.recv(65535)
    return data


for expression in sys.argv[4:]:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect((sys.argv[1], int(sys.argv[2])))
    length = 12 + len(expression)
    header = struct.pack("!IHHHH", int(time.time()), length, REQUEST | CACHE, ANY_AGE, 0)
    s.sendall(header + expression.encode())
    answer = recv_message(s)
    s.close()
    print(expression, "->", json.loads(answer[12:]))
    time.sleep(float(sys.argv[3]))

"""Fetch paths, each on a connection of its own: python client.py HOST PORT SLEEP PATH..."""
import socket
import sys
import time

for path in sys.argv[4:]:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.connect((sys.argv[1], int(sys.argv[2])))
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n".encode())
    answer = b""
    while (data := s.recv(65536)) != b"":
        answer += data
    s.close()
    print(path, "->", answer.split(b"\r\n")[0].decode(), len(answer), "bytes")
    time.sleep(float(sys.argv[3]))

"""Answer every path with a page: python server.py PORT [CONNECTIONS]

It serves for ever, or until that many connections have been and gone.
"""
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(5)
left = int(sys.argv[2]) if len(sys.argv) > 2 else -1

while left != 0:
    conn, addr = server.accept()
    request = b""
    while b"\r\n\r\n" not in request:
        request += conn.recv(65536)
    path = request.split()[1].decode()
    page = f"<h1>This is {path}</h1>\n" * 20
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(page)}\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\n"
    conn.sendall(head.encode() + page.encode())
    conn.close()
    left -= 1
server.close()

import socket
import sys

BUFFER_SIZE = 5

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(1)

while True:
    conn, addr = server.accept()
    print("New connection from:", addr)
    while True:
        data = conn.recv(BUFFER_SIZE)
        if data == b"":
            break
        print("received:", data)
        conn.send(data.upper())
    conn.close()

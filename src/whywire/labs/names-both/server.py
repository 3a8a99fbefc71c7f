import socket
import sys

server = socket.socket()
server.bind(("", int(sys.argv[1])))
server.listen(5)

while True:
    conn, addr = server.accept()
    print("connected:", addr)
    for _ in range(2):
        data = conn.recv(100)
        conn.send(data.upper())
    conn.close()

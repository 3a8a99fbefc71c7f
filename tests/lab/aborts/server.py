import socket
import sys

server = socket.socket()
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(1)
while True:
    conn, addr = server.accept()
    conn.recv(5)  # "close 5": the rest stays unread
    conn.close()

import socket
import sys

server = socket.socket()
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(0)

while True:
    first, addr = server.accept()
    second, addr = server.accept()
    first.send(second.recv(1024)[:7])
    second.send(first.recv(1024)[:5])
    first.close()

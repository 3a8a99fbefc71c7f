import socket
import sys

client = socket.socket()
client.connect((sys.argv[1], int(sys.argv[2])))
client.send(b"Hello")
print(client.recv(100))
client.send(b"neighbour")
print(client.recv(100))
client.close()

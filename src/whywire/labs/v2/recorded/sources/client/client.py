import socket
import sys

MESSAGE = b"World! Hello, World!"

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((sys.argv[1], int(sys.argv[2])))
s.send(MESSAGE)
data = s.recv(1024)
s.close()
print("received data:", data)

import socket
import sys
import time

host, port, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
first = socket.socket()
first.connect((host, port))
second = socket.socket()
second.connect((host, port))

second.send(b"This is the message!")
time.sleep(pause)
first.send(b"Hello, World!")
print("first:", first.recv(1024))
first.close()
print("second:", second.recv(1024))
second.close()

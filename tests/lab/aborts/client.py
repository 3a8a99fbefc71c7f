import socket
import struct
import sys
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])


def connected():
    s = socket.socket()
    s.connect((HOST, PORT))
    return s


s = connected()  # asks for a reset
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.send(b"12345")
s.close()
s = connected()  # the server throws bytes away
s.send(b"1234567890")
time.sleep(0.1)
s.close()
s = connected()  # writes after the server has closed
s.send(b"12345")
time.sleep(0.1)
s.send(b"too late")
time.sleep(0.1)
s.close()
try:
    socket.socket().connect((HOST, PORT + 1))  # nobody listens
except ConnectionRefusedError:
    sys.stdout.write("refused\n")

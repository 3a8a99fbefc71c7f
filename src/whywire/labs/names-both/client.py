import socket
import sys

client = socket.socket()
client.connect((sys.argv[1], int(sys.argv[2])))
client.send(b"Anna, Berta, Clara, Dora and Emma")
print(client.recv(100))
client.send(b"Frieda, Gerda, Hanna")
print(client.recv(100))
client.close()

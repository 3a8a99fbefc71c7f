"""A caching proxy: python proxy.py PORT ORIGIN ORIGIN_PORT"""
import socket
import sys
import time

stored = {}


def recv_head(sock):
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(65536)
    return data


def ask_origin(request):
    origin = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        origin.connect((sys.argv[2], int(sys.argv[3])))
        origin.sendall(request)
        answer = b""
        while (data := origin.recv(65536)) != b"":
            answer += data
        return answer
    except OSError as error:
        text = f"The origin can't be reached: {error.strerror}.\n"
        return f"HTTP/1.1 502 Bad Gateway\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()
    finally:
        origin.close()


def fresh_seconds(answer):
    head = answer.split(b"\r\n\r\n")[0].decode()
    return int(head.split("max-age=")[1].split("\r\n")[0]) if "max-age=" in head else 0


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("0.0.0.0", int(sys.argv[1])))
server.listen(5)

while True:
    conn, addr = server.accept()
    request = recv_head(conn)
    path = request.split()[1].decode()
    answer, until = stored.get(path, (b"", 0))
    if time.time() < until:
        print("hit:", path)
    else:
        print("miss:", path)
        answer = ask_origin(request)
        stored[path] = answer, time.time() + fresh_seconds(answer)
    conn.sendall(answer)
    conn.close()

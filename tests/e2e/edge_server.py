"""An origin for odd ends of connections: reads a line `hello... COMMAND` and does what it says.

    edge_server.py PORT      on all addresses, IPv4 and IPv6
"""
import socket
import struct
import sys
import threading

LINGER_0 = struct.pack("ii", 1, 0)


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    connection.close()


def rest_of(connection):
    size = 0
    while part := connection.recv(65536):
        size += len(part)
    return size


def echo(connection, begun):
    connection.sendall(begun)
    while part := connection.recv(65536):
        connection.sendall(part)
    connection.close()


def serve(connection, saw):
    line = b""
    while b"\n" not in line:
        part = connection.recv(65536)
        if not part:
            return
        line += part
    first, _, begun = line.partition(b"\n")
    command = first.split()[-1].decode()
    if command == "rst":
        reset(connection)
    elif command == "rst-in-the-middle":
        connection.sendall(b"x" * 100_000)
        connection.recv(1)  # a byte says that it has come
        reset(connection)
    elif command == "fin":
        connection.sendall(b"bye")
        connection.close()
    elif command == "count":
        connection.sendall(b"%d\n" % (len(begun) + rest_of(connection)))
        connection.close()
    elif command == "echo":
        echo(connection, begun)
    elif command.startswith("watch-"):
        try:
            saw[command] = "end" if connection.recv(10) == b"" else "data"
        except ConnectionResetError:
            saw[command] = "reset"
        connection.close()
    elif command.startswith("saw-"):
        connection.sendall(saw.get("watch-" + command[4:], "nothing").encode())
        connection.close()


def main():
    listening = socket.socket(socket.AF_INET6)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listening.bind(("::", int(sys.argv[1])))
    listening.listen(100)
    print("listening", flush=True)
    saw = {}
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=serve, args=(connection, saw), daemon=True).start()


if __name__ == "__main__":
    main()

"""Loopback ports of the machine's own namespace, each leading to one lab host's sshd by way of the operator namespace.

A socket belongs to the namespace it was made in: the listeners are made first, then the process moves into the operator namespace, and
every connection it dials from there crosses the host's INPUT chain like an operator's.

stdin:  {"namespace": "/run/netns/...", "targets": [{"host": "hv-01", "port": 0, "address": "10.255.0.11"}]}
stdout: {"ports": {"hv-01": 40123}} or {"error": "...", "host": "hv-01"}; then stdout is closed.
"""

import ctypes
import json
import os
import socket
import struct
import sys
import threading

CLONE_NEWNET = 0x40000000
BUFFER = 1 << 18


def pump(source, target):
    buffer = bytearray(BUFFER)
    view = memoryview(buffer)
    try:
        while True:
            size = source.recv_into(view)
            if size == 0:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(view[:size])
    except OSError:
        # Either side is gone: the other must see a reset, not a half-open connection.
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(client, address):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        host = socket.create_connection((address, 22), timeout=30)
    except OSError:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        return
    host.settimeout(None)
    host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    back = threading.Thread(target=pump, args=(host, client), daemon=True)
    back.start()
    pump(client, host)
    back.join()
    client.close()
    host.close()


def accept(listener, address):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, address), daemon=True).start()


def main():
    spec = json.loads(sys.stdin.read())
    listeners = []
    for target in spec["targets"]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", target["port"]))
            listener.listen(1024)
        except OSError as error:
            print(json.dumps({"error": str(error), "host": target["host"]}), flush=True)
            return 1
        listeners.append((listener, target))
    descriptor = os.open(spec["namespace"], os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        print(json.dumps({"error": os.strerror(ctypes.get_errno()), "host": ""}), flush=True)
        return 1
    os.close(descriptor)
    threading.stack_size(256 * 1024)
    for listener, target in listeners:
        threading.Thread(target=accept, args=(listener, target["address"]), daemon=True).start()
    print(json.dumps({"ports": {t["host"]: listener.getsockname()[1] for listener, t in listeners}}), flush=True)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    threading.Event().wait()
    return 0


sys.exit(main())

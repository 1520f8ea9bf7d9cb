"""Receivers, shared by all jobs that send to the same place; a token says whose packet it is."""

import asyncio
import contextlib
import socket

from sockets import SO_RCVBUFFORCE, TOKEN, drain, loop, make_socket


class Receiver:
    """Listens on one port (or raw protocol) of one end, echoes what comes, and remembers the tokens it saw."""

    def __init__(self, end, proto, family, address, port):
        self.seen = {}
        self.users = 0
        self.tasks = set()
        self.on_token = {}
        if proto == "tcp":
            self.socket = make_socket(end, family, socket.SOCK_STREAM)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind((address, port))
            self.socket.listen(1024)
            self.spawn(self.accept())
        else:
            kind = (socket.SOCK_DGRAM, 0) if proto == "udp" else (socket.SOCK_RAW, proto)
            self.socket = make_socket(end, family, *kind)
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
            self.socket.bind((address, port if proto == "udp" else 0))
            self.raw_v4 = proto != "udp" and family == socket.AF_INET
            self.echo = proto == "udp"
            loop().add_reader(self.socket, self.datagrams)

    def spawn(self, work):
        task = loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def accept(self):
        while True:
            peer, _ = await loop().sock_accept(self.socket)
            self.spawn(self.serve(peer))

    async def serve(self, peer):
        with peer:
            peer.setblocking(False)
            try:
                while data := await loop().sock_recv(peer, 65536):
                    self.note(data[:TOKEN])
                    await loop().sock_sendall(peer, data)
            except OSError:
                # The sender gave up on this attempt.
                pass

    def datagrams(self):
        for data, sender in drain(self.socket):
            if self.raw_v4:
                data = data[(data[0] & 15) * 4 :]
            # Raw ICMP: the token is after the eight bytes of the header; its own replies pass here as well.
            self.note(data[:TOKEN])
            self.note(data[8 : 8 + TOKEN])
            if self.echo:
                with contextlib.suppress(OSError):
                    self.socket.sendto(data, sender)

    def note(self, token):
        if len(token) < TOKEN:
            return
        follow = self.on_token.get(token[:8])
        if follow:
            follow(token)
            return
        waiter = self.seen.get(token)
        if waiter:
            waiter.set()

    def close(self):
        # Before cancelling, because a cancelled accept removes its reader later, when the descriptor may belong to another socket.
        loop().remove_reader(self.socket)
        for task in self.tasks:
            task.cancel()
        self.socket.close()


receivers = {}


@contextlib.contextmanager
def receiver(end, proto, family, address, port):
    key = (end["namespace"], proto, family, address, port)
    if key not in receivers:
        receivers[key] = Receiver(end, proto, family, address, port)
    shared = receivers[key]
    shared.users += 1
    try:
        yield shared
    finally:
        shared.users -= 1
        if shared.users == 0:
            del receivers[key]
            shared.close()

"""How long a request and its answer take through the bridge.

A lane: {"name", "host", "sender", "receiver" (namespace paths), "ip": [the sender's, the receiver's]}. Returns
{lane: {"established": [nanoseconds, ...], "first": [...]}}, one number for each request.

Both ends are sockets of this process, so no time is spent on waking another one: it is the way of two small UDP packets through both stacks, the bridge
and its filters. `established` asks again and again in one flow; `first` asks each time from another port, which the connection table does not know.
"""

import socket
import sys
import time

from wire import Connections, enter, patient

SERVER = 27015
FIRST_CLIENT = 20000
QUESTION = b"a question of 18 b"


class Lane:
    def __init__(self, lane, burst):
        self.name = lane["name"]
        sender, receiver = lane["ip"]
        enter(lane["receiver"])
        self.server = bound(receiver, SERVER)
        enter(lane["sender"])
        self.clients = [bound(sender, FIRST_CLIENT + number) for number in range(burst)]
        for client in self.clients:
            client.connect((receiver, SERVER))
        enter(lane["host"])
        self.connections = Connections()

    def ask(self, client):
        began = time.perf_counter_ns()
        client.send(QUESTION)
        question, asker = self.server.recvfrom(64)
        self.server.sendto(question, asker)
        client.recv(64)
        return time.perf_counter_ns() - began

    def round(self, kind):
        if kind == "first":
            self.connections.forget()
        try:
            return [self.ask(client) for client in (self.clients if kind == "first" else self.clients[:1] * len(self.clients))]
        except BlockingIOError:
            sys.exit(f"{self.name}, {kind}: a question or its answer did not arrive")


def bound(ip, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((ip, port))
    return patient(sock)


def run(task):
    lanes = [Lane(lane, task["burst"]) for lane in task["lanes"]]
    times = {lane.name: {"established": [], "first": []} for lane in lanes}
    for kind in ("established", "first"):
        for round_number in range(task["rounds"] + 1):
            for lane in lanes:
                taken = lane.round(kind)
                if round_number > 0:
                    times[lane.name][kind] += taken
    return times

"""Small UDP packets per second from one guest to another.

A lane: {"name", "host", "sender", "receiver" (namespace paths), "mac": [source, destination], "ip": [source, destination]}. Returns
{lane: {"established": [packets/s, ...], "first": [...]}}.

Frames are made beforehand and handed to the kernel with sendmmsg. `established` repeats one packet of a flow that was answered; `first` sends each
packet as a new flow.
"""

import os
import socket
import struct
import sys
import time

from wire import Batch, Connections, enter, mac_bytes, packet_socket

FIRST_PORT, PORTS = 27015, 16


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(macs, ips, ports):
    """The smallest Ethernet frame with UDP in it: 60 bytes. A UDP checksum of 0 means none."""
    source, destination = map(mac_bytes, macs)
    addresses = socket.inet_aton(ips[0]) + socket.inet_aton(ips[1])
    head = struct.pack("!BBHHHBBH", 0x45, 0, 46, 0, 0, 64, 17, 0) + addresses
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return destination + source + b"\x08\x00" + head + struct.pack("!HHHH", ports[0], ports[1], 26, 0) + bytes(18)


class Lane:
    def __init__(self, lane, burst):
        self.name = lane["name"]
        enter(lane["receiver"])
        self.counters = open("/proc/thread-self/net/dev", "rb", buffering=0)
        # There are listeners, because otherwise every packet would get an ICMP error. Nobody reads: a full buffer drops packets quickly.
        self.listening = []
        for port in range(FIRST_PORT, FIRST_PORT + PORTS):
            listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            listener.bind(("0.0.0.0", port))
            self.listening.append(listener)
        self.answering = packet_socket()
        enter(lane["sender"])
        self.sending = packet_socket()
        enter(lane["host"])
        self.connections = Connections()
        flow = (40000, FIRST_PORT)
        self.opening = frame(lane["mac"], lane["ip"], flow)
        self.answer = frame(lane["mac"][::-1], lane["ip"][::-1], flow[::-1])
        self.same = Batch([self.opening] * burst)
        ports = [(1024 + index // PORTS, FIRST_PORT + index % PORTS) for index in range(burst)]
        self.others = Batch([frame(lane["mac"], lane["ip"], pair) for pair in ports])

    def received(self):
        text = os.pread(self.counters.fileno(), 65536, 0).decode()
        return int(next(line for line in text.splitlines() if "eth0:" in line).split(":")[1].split()[1])

    def establish(self):
        self.connections.forget()
        for _ in range(3):
            self.sending.send(self.opening)
            time.sleep(0.002)
            self.answering.send(self.answer)
            time.sleep(0.002)

    def rate(self, batch):
        before = self.received()
        began = time.perf_counter()
        batch.send(self.sending)
        ended = time.perf_counter()
        seen = self.received()
        # Packets that are still on their way (softirqs handed to ksoftirqd) count with their time.
        while seen - before < len(batch.buffers) and time.perf_counter() - ended < 0.02:
            now = self.received()
            if now != seen:
                seen, ended = now, time.perf_counter()
        return (seen - before) / (ended - began), seen - before


def run(task):
    lanes = [Lane(lane, task["burst"]) for lane in task["lanes"]]
    rates = {lane.name: {"established": [], "first": []} for lane in lanes}
    for kind in ("established", "first"):
        for lane in lanes:
            lane.establish()
        for round_number in range(task["rounds"] + 1):
            for lane in lanes:
                if kind == "first":
                    lane.connections.forget()
                rate, arrived = lane.rate(lane.same if kind == "established" else lane.others)
                if arrived < task["burst"] * 0.9:
                    sys.exit(f"{lane.name}, {kind}: {arrived} of {task['burst']} packets arrived")
                if round_number > 0:
                    rates[lane.name][kind].append(rate)
    return rates

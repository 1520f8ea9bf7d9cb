"""Sends small UDP packets from one network namespace to another and counts what arrives, for packets.ts.

Reads on stdin: {"lanes": [{"name", "host", "sender", "receiver" (namespace paths), "mac": [source, destination], "ip": [source, destination]}],
"rounds", "burst"}. Prints {"lane": {"established": [packets/s, ...], "first": [...]}}.

Lanes take turns, burst by burst, so that what else the machine does falls on all alike. Frames are made beforehand and handed to the kernel
with sendmmsg, on one CPU; the bridge, its filters and the receiver's stack run there too, in the sender's time.
"""

import ctypes
import json
import os
import socket
import struct
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
FIRST_PORT, PORTS = 27015, 16


class IoVec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class MsgHdr(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p),
        ("namelen", ctypes.c_uint32),
        ("iov", ctypes.POINTER(IoVec)),
        ("iovlen", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("controllen", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class MMsgHdr(ctypes.Structure):
    _fields_ = [("hdr", MsgHdr), ("len", ctypes.c_uint32)]


def enter(path):
    with open(path) as namespace:
        if LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), path)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(macs, ips, ports):
    """The smallest Ethernet frame with UDP in it: 60 bytes. A UDP checksum of 0 means none."""
    source, destination = (bytes.fromhex(mac.replace(":", "")) for mac in macs)
    addresses = socket.inet_aton(ips[0]) + socket.inet_aton(ips[1])
    head = struct.pack("!BBHHHBBH", 0x45, 0, 46, 0, 0, 64, 17, 0) + addresses
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return destination + source + b"\x08\x00" + head + struct.pack("!HHHH", ports[0], ports[1], 26, 0) + bytes(18)


class Batch:
    """Frames laid out for sendmmsg."""

    def __init__(self, frames):
        self.buffers = [ctypes.create_string_buffer(data, len(data)) for data in frames]
        self.vectors = (IoVec * len(frames))()
        self.messages = (MMsgHdr * len(frames))()
        for index, buffer in enumerate(self.buffers):
            self.vectors[index] = IoVec(ctypes.cast(buffer, ctypes.c_void_p), len(buffer))
            self.messages[index].hdr.iov = ctypes.pointer(self.vectors[index])
            self.messages[index].hdr.iovlen = 1

    def send(self, sock):
        sent = 0
        size = ctypes.sizeof(MMsgHdr)
        while sent < len(self.buffers):
            count = LIBC.sendmmsg(sock.fileno(), ctypes.byref(self.messages, sent * size), min(256, len(self.buffers) - sent), 0)
            if count < 0:
                raise OSError(ctypes.get_errno(), "sendmmsg")
            sent += count


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
        self.conntrack = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
        self.conntrack.bind((0, 0))
        flow = (40000, FIRST_PORT)
        self.opening = frame(lane["mac"], lane["ip"], flow)
        self.answer = frame(lane["mac"][::-1], lane["ip"][::-1], flow[::-1])
        self.same = Batch([self.opening] * burst)
        ports = [(1024 + index // PORTS, FIRST_PORT + index % PORTS) for index in range(burst)]
        self.others = Batch([frame(lane["mac"], lane["ip"], pair) for pair in ports])

    def received(self):
        text = os.pread(self.counters.fileno(), 65536, 0).decode()
        return int(next(line for line in text.splitlines() if "eth0:" in line).split(":")[1].split()[1])

    def forget(self):
        """Empties the host's connection table (IPCTNL_MSG_CT_DELETE without a tuple)."""
        self.conntrack.send(struct.pack("=LHHLL", 20, (1 << 8) | 2, 1 | 4, 1, 0) + struct.pack("=BBH", 0, 0, 0))
        answer = self.conntrack.recv(4096)
        if struct.unpack_from("=i", answer, 16)[0] != 0:
            raise OSError("the connection table could not be emptied")

    def establish(self):
        self.forget()
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


def packet_socket():
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind(("eth0", 0))
    return sock


def main():
    task = json.load(sys.stdin)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    lanes = [Lane(lane, task["burst"]) for lane in task["lanes"]]
    rates = {lane.name: {"established": [], "first": []} for lane in lanes}
    # A burst is shorter than the time that the kernel gives to other processes, so most bursts are not interrupted.
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    for kind in ("established", "first"):
        for lane in lanes:
            lane.establish()
        for round_number in range(task["rounds"] + 1):
            for lane in lanes:
                if kind == "first":
                    lane.forget()
                rate, arrived = lane.rate(lane.same if kind == "established" else lane.others)
                if arrived < task["burst"] * 0.9:
                    sys.exit(f"{lane.name}, {kind}: {arrived} of {task['burst']} packets arrived")
                if round_number > 0:
                    rates[lane.name][kind].append(rate)
    json.dump(rates, sys.stdout)


main()

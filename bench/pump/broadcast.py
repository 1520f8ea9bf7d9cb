"""What a broadcast costs a bridge with many ports.

A lane: {"name", "sender", "receiver" (namespace paths), "mac" (the sender's), "ip": [the sender's, the receiver's]}. The receiver is the guest whose port the
bridge comes to last. Returns {lane: {"question": [nanoseconds of a frame, ...], "announcement": [...]}}, one number for each burst.

`question` is an ARP request for the receiver's address, `announcement` one for the sender's own, which is for all.

A frame is sent when the one before has arrived: the kernel's queue is shorter than the copies of a few.
"""

import struct
import sys
import time

from wire import enter, mac_bytes, packet_socket, patient

ARP = 0x0806


def request(mac, ip, asks):
    """An ARP request as large as the smallest frame of a real wire."""
    address = lambda text: bytes(map(int, text.split(".")))
    head = b"\xff" * 6 + mac_bytes(mac) + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 1)
    return (head + mac_bytes(mac) + address(ip) + bytes(6) + address(asks)).ljust(60, b"\0")


def dropped():
    """Frames that the kernel threw away because its queue was full, on all CPUs."""
    with open("/proc/net/softnet_stat") as lines:
        return sum(int(line.split()[1], 16) for line in lines)


class Lane:
    def __init__(self, lane):
        self.name = lane["name"]
        enter(lane["receiver"])
        self.receiving = patient(packet_socket(ARP))
        # Nobody answers: an answer would be one more packet.
        with open("/proc/sys/net/ipv4/conf/all/arp_ignore", "w") as ignore:
            ignore.write("8")
        enter(lane["sender"])
        self.sending = packet_socket()
        sender, receiver = lane["ip"]
        self.frames = {kind: request(lane["mac"], sender, asks) for kind, asks in (("question", receiver), ("announcement", sender))}

    def cost(self, kind, burst):
        frame = self.frames[kind]
        began = time.perf_counter_ns()
        for _ in range(burst):
            self.sending.send(frame)
            try:
                while self.receiving.recv(64) != frame:
                    pass
            except BlockingIOError:
                sys.exit(f"{self.name}: a broadcast ({kind}) did not arrive at the last port")
        return (time.perf_counter_ns() - began) / burst


def run(task):
    lanes = [Lane(lane) for lane in task["lanes"]]
    costs = {lane.name: {kind: [] for kind in lane.frames} for lane in lanes}
    before = dropped()
    for round_number in range(task["rounds"] + 1):
        for kind in ("question", "announcement"):
            for lane in lanes:
                cost = lane.cost(kind, task["burst"])
                if round_number > 0:
                    costs[lane.name][kind].append(cost)
    if dropped() != before:
        sys.exit("the kernel's queue was full: some ports did not get their copies")
    return costs

"""Floods: many streams of forged or honest frames at a time, from ends that come and go, told apart at every receiver by what they carry."""

import asyncio
import bisect
import contextlib
import socket
import struct
import time

from sockets import PACKET_IGNORE_OUTGOING, SO_RCVBUFFORCE, SOL_PACKET, drain, loop, make_socket, overrun

ETH_P_ALL = 0x0003
TICK = 0.002
FIRST_PORT = 10000
# A process that had to wait for a processor catches up, within limits.
MOST_AT_ONCE = 64


class Stream:
    """One kind of frame, sent at a steady rate. The frame ends with a tag: 8 bytes of the flood, 2 of the stream, 4 of the frame's number and 4
    of that number's complement, so that a checksum that was right once stays right. Where `portAt` is given, each frame is from another
    source port, whose complement stands in the two bytes before the tag."""

    def __init__(self, spec):
        self.spec = spec
        self.frame = bytearray.fromhex(spec["frame"])
        self.socket = None
        self.sent = 0
        self.refused = 0
        self.owed = 0.0
        self.received = {}
        self.received_at = []

    def numbered(self):
        number = self.sent + self.refused
        struct.pack_into("!II", self.frame, len(self.frame) - 8, number, number ^ 0xFFFFFFFF)
        place = self.spec.get("portAt")
        if place is not None:
            port = FIRST_PORT + number % 50000
            struct.pack_into("!H", self.frame, place, port)
            struct.pack_into("!H", self.frame, len(self.frame) - 20, port ^ 0xFFFF)
        return self.frame

    def send(self, seconds):
        self.owed = min(self.owed + seconds * self.spec["perSecond"], MOST_AT_ONCE)
        while self.owed >= 1:
            self.owed -= 1
            frame = self.numbered()
            try:
                if self.socket is None:
                    self.socket = sender(self.spec["from"])
                self.socket.send(frame)
                self.sent += 1
            except OSError:
                # The device is down, frozen or gone; there may soon be another one with its name.
                self.refused += 1
                if self.socket is not None:
                    self.socket.close()
                    self.socket = None
                return


def sender(end):
    """A socket that sends frames at an end's device, and hears nothing."""
    made = make_socket(end, socket.AF_PACKET, socket.SOCK_RAW, 0)
    try:
        made.bind((end["device"], 0))
    except OSError:
        made.close()
        raise
    return made


def ear(end):
    """A socket that hears every device of an end's namespace, those included that are yet to come: not a frame is missed at a reboot."""
    made = make_socket(end, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    return made


def quotes(frame):
    """An ICMP error holds the packet that it is about."""
    return (frame[12:14] == b"\x08\x00" and frame[23] == 1) or (frame[12:14] == b"\x86\xdd" and frame[20] == 58)


running = {}


async def arrival(job, _):
    """Waits until a stream of a flood has a frame that arrived after a moment, and says when that was."""
    stream = running[job["flood"]][job["stream"]]
    deadline = time.time() + job["timeoutMs"] / 1000
    while True:
        # Arrivals are sorted by time.
        place = bisect.bisect_right(stream.received_at, job["after"])
        if place < len(stream.received_at):
            return {"at": stream.received_at[place]}
        if time.time() > deadline:
            return {"at": None}
        await asyncio.sleep(0.01)


async def flood(job, emit):
    """Sends until cancelled; then reports what each stream sent, and which end received how much of it. `ends` must be of different namespaces."""
    streams = [Stream(spec) for spec in job["streams"]]
    running[job["id"]] = streams
    own = bytes(streams[0].frame[-18:-10])
    ears = []

    def listen(name, made):
        now = time.time()
        for frame, _ in drain(made):
            if frame[-18:-10] == own and not quotes(frame):
                stream = streams[struct.unpack_from("!H", frame, len(frame) - 10)[0]]
                stream.received[name] = stream.received.get(name, 0) + 1
                if name == stream.spec.get("timedAt"):
                    stream.received_at.append(now)

    with contextlib.ExitStack() as stack:
        for end in job["ends"]:
            made = stack.enter_context(ear(end))
            ears.append((end["name"], made))
            loop().add_reader(made, listen, end["name"], made)
        try:
            emit({"ready": True})
            last = time.monotonic()
            while True:
                now = time.monotonic()
                for stream in streams:
                    stream.send(now - last)
                last = now
                await asyncio.sleep(TICK)
        except asyncio.CancelledError:
            pass
        finally:
            del running[job["id"]]
        await asyncio.sleep(0.05)
        missed = 0
        for name, made in ears:
            listen(name, made)
            loop().remove_reader(made)
            missed += overrun(made)
        for stream in streams:
            if stream.socket is not None:
                stream.socket.close()
    return {
        "overrun": missed,
        "streams": [
            {"sent": each.sent, "refused": each.refused, "received": each.received, "receivedAt": each.received_at} for each in streams
        ],
    }

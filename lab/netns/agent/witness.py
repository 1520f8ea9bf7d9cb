"""What left a sender: without it, "blocked" would prove nothing."""

import ctypes
import socket
import struct
import time

from sockets import PACKET_OUTGOING, SO_ATTACH_FILTER, loop, tap


class Witness:
    """Remembers when a packet, or a question for the neighbour, was last seen to leave an end for an address.

    Made once for an end and kept: the kernel takes 20 ms to open and close a packet socket."""

    # Only outgoing frames, and only the part with the addresses: ld pkttype; jeq 4; ret 128; ret 0.
    FILTER = b"".join(
        struct.pack("HBBI", *line) for line in ((0x20, 0, 0, 0xFFFFF004), (0x15, 0, 1, PACKET_OUTGOING), (0x06, 0, 0, 128), (0x06, 0, 0, 0))
    )

    def __init__(self, end):
        self.last = {}
        self.gone = False
        self.socket = tap(end, True)
        buffer = ctypes.create_string_buffer(self.FILTER, len(self.FILTER))
        program = struct.pack("HL", len(self.FILTER) // 8, ctypes.addressof(buffer))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
        loop().add_reader(self.socket, self.collect)

    def collect(self):
        """False once the device is gone: the end was restarted and needs another witness."""
        while not self.gone:
            try:
                frame = self.socket.recv(128)
            except BlockingIOError:
                return True
            except OSError:
                self.gone = True
                loop().remove_reader(self.socket)
                return False
            now = time.monotonic()
            kind = frame[12:14]
            if kind == b"\x08\x00":
                self.last[frame[30:34]] = now
            elif kind == b"\x08\x06":
                self.last[frame[38:42]] = now
            elif kind == b"\x86\xdd":
                self.last[frame[38:54]] = now
                if frame[20] == 58 and frame[54:55] == b"\x87":
                    self.last[frame[62:78]] = now
        return False

    def saw(self, family, address, since):
        self.collect()
        return self.last.get(socket.inet_pton(family, address), 0) >= since


witnesses = {}


def witness_of(end):
    key = (end["namespace"], end["device"])
    known = witnesses.get(key)
    if known is None or not known.collect():
        if known:
            loop().remove_reader(known.socket)
            known.socket.close()
            del witnesses[key]
        witnesses[key] = Witness(end)
    return witnesses[key]

"""Namespaces, sockets and frames, for all tasks."""

import ctypes
import os
import socket
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def enter(path):
    """The network namespace for what is opened from now on. What is open stays where it is."""
    with open(path) as namespace:
        if LIBC.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), path)


def packet_socket(protocol=0):
    """Sends whole frames on eth0. Receives those of the given ethertype, or none."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    sock.bind(("eth0", protocol))
    return sock


def patient(sock):
    """Waits for at most five seconds, in the kernel; then it raises BlockingIOError. (Python's own timeout asks the kernel once more for each packet.)"""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 5, 0))
    return sock


def mac_bytes(mac):
    return bytes.fromhex(mac.replace(":", ""))


class Connections:
    """The connection table of the namespace that this process is in."""

    def __init__(self):
        self.netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)  # NETLINK_NETFILTER
        self.netlink.bind((0, 0))

    def forget(self):
        """Empties it (IPCTNL_MSG_CT_DELETE without a tuple)."""
        self.netlink.send(struct.pack("=LHHLL", 20, (1 << 8) | 2, 1 | 4, 1, 0) + struct.pack("=BBH", 0, 0, 0))
        answer = self.netlink.recv(4096)
        if struct.unpack_from("=i", answer, 16)[0] != 0:
            raise OSError("the connection table could not be emptied")


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

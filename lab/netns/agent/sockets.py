"""Sockets made inside the namespaces, and what all jobs share."""

import asyncio
import ctypes
import errno
import os
import socket
import struct

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4
SOL_PACKET = 263
PACKET_AUXDATA = 8
PACKET_IGNORE_OUTGOING = 23
PACKET_STATISTICS = 6
SO_RCVBUFFORCE = 33
SO_ATTACH_FILTER = 26
TOKEN = 16

libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
opened = {}


class CannotProbe(Exception):
    """There is no verdict: the sender could not even send."""


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def make_socket(end, family, kind, protocol=0):
    name = end["namespace"]
    if name not in opened:
        opened[name] = os.open(f"/run/netns/{name}", os.O_RDONLY)
    enter(opened[name])
    try:
        made = socket.socket(family, kind, protocol)
    finally:
        enter(home)
    made.setblocking(False)
    return made


def tap(end, outgoing, device=None):
    """A socket that sees the frames of the end's device: those it receives, or with `outgoing` all."""
    device = device or end["device"]
    made = make_socket(end, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    if not outgoing:
        made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    try:
        made.bind((device, ETH_P_ALL))
    except OSError as error:
        made.close()
        raise CannotProbe(f"{end['name']} has no {device} now ({error.strerror}): is it running?") from error
    return made


def wiretap(end):
    """A tap of what comes in by the end's cable, to be read by {frames}."""
    made = tap(end, False, end["cable"])
    made.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return made


TP_STATUS_VLAN_VALID = 1 << 4
TP_STATUS_VLAN_TPID_VALID = 1 << 6


def frames(made):
    """What has come in at a wiretap, as it was on the wire: the kernel takes the outer VLAN tag off and says beside the frame what it was."""
    while True:
        try:
            frame, beside, _, _ = made.recvmsg(65536, socket.CMSG_SPACE(20))
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno not in (errno.ENETDOWN, errno.ENXIO):
                raise
            continue
        for level, kind, data in beside:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, tci, tpid = struct.unpack_from("I12xHH", data)
                if status & TP_STATUS_VLAN_VALID:
                    tag = struct.pack("!HH", tpid if status & TP_STATUS_VLAN_TPID_VALID else 0x8100, tci)
                    frame = frame[:12] + tag + frame[12:]
        yield frame


def overrun(made):
    """How many frames a tap missed because it was not read in time; a host's stack does not say."""
    if made.family != socket.AF_PACKET:
        return 0
    return struct.unpack("II", made.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]


def drain(made):
    while True:
        try:
            yield made.recvfrom(65536)
        except BlockingIOError:
            return
        except OSError as error:
            # The kernel reports it once, when the device goes down or is removed.
            if error.errno not in (errno.ENETDOWN, errno.ENXIO):
                raise


def family_of(job):
    return socket.AF_INET6 if job["family"] == 6 else socket.AF_INET


def loop():
    return asyncio.get_running_loop()


def bind_source(made, job):
    try:
        made.bind((job["source"], job.get("sourcePort", 0)))
    except OSError as error:
        raise CannotProbe(f"{job['from']['name']} cannot send from {job['source']}: {error.strerror}") from error

"""Sockets made inside the namespaces, and what all jobs share."""

import asyncio
import ctypes
import errno
import os
import socket

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 0x0003
PACKET_OUTGOING = 4
SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23
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


def tap(end, outgoing):
    """A socket that sees the frames of the end's device: those it receives, or with `outgoing` all."""
    made = make_socket(end, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    if not outgoing:
        made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    try:
        made.bind((end["device"], ETH_P_ALL))
    except OSError as error:
        made.close()
        raise CannotProbe(f"{end['name']} has no {end['device']} now ({error.strerror}): is it running?") from error
    return made


def drain(made):
    while True:
        try:
            yield made.recvfrom(65536)
        except BlockingIOError:
            return
        except OSError as error:
            # Said once, when the device goes down or away.
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

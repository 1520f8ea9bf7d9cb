"""Streams, connections and echoes that last longer than a question."""

import asyncio
import contextlib
import os
import socket
import struct
import time

from receivers import receiver
from sockets import TOKEN, bind_source, family_of, loop, make_socket


async def stream(job, emit):
    """Sends a numbered packet every interval until cancelled or `count` are sent; reports what was sent and what the other end received.

    With `fresh`, each is the first of a flow of its own (udp from a new source port)."""
    got = []
    prefix = os.urandom(8)
    interval = job["intervalMs"] / 1000
    sent = []
    refused = 0
    family = family_of(job)
    with contextlib.ExitStack() as stack:
        shared = stack.enter_context(receiver(job["to"], "udp", family, job["target"], job["port"]))
        shared.on_token[prefix] = lambda token: got.append((struct.unpack("!Q", token[8:16])[0], time.time()))
        stack.callback(shared.on_token.pop, prefix)
        made = None
        try:
            emit({"ready": True})
            start = loop().time()
            number = 0
            while job.get("count") is None or number < job["count"]:
                if made is None or job.get("fresh"):
                    if made:
                        made.close()
                    made = make_socket(job["from"], family, socket.SOCK_DGRAM)
                    bind_source(made, job)
                try:
                    made.sendto(prefix + struct.pack("!Q", number), (job["target"], job["port"]))
                    sent.append(time.time())
                except OSError:
                    refused += 1
                    sent.append(None)
                number += 1
                wait = start + number * interval - loop().time()
                await asyncio.sleep(max(0, wait))
        except asyncio.CancelledError:
            pass
        finally:
            if made:
                made.close()
        await asyncio.sleep(0.02)
    times = {number: at for number, at in got}
    return {"sent": len(sent) - refused, "refused": refused, "sentAt": sent, "received": sorted(times), "receivedAt": [times[n] for n in sorted(times)]}


connections = {}


async def connect(job, _):
    """Opens a TCP connection and keeps it, with the echo behind it; `say` uses it, `hang-up` ends it."""
    keep = contextlib.ExitStack()
    family = family_of(job)
    keep.enter_context(receiver(job["to"], "tcp", family, job["target"], job["port"]))
    made = keep.enter_context(make_socket(job["from"], family, socket.SOCK_STREAM))
    try:
        bind_source(made, job)
        await asyncio.wait_for(loop().sock_connect(made, (job["target"], job["port"])), job["timeoutMs"] / 1000)
    except (OSError, asyncio.TimeoutError) as error:
        keep.close()
        return {"connected": False, "why": str(error) or "timeout"}
    connections[job["id"]] = (made, keep)
    return {"connected": True, "localPort": made.getsockname()[1]}


async def say(job, _):
    made, _ = connections[job["connection"]]
    token = os.urandom(TOKEN)
    # A reply to something sent earlier, while the way was closed, may still come first.
    answer = b""
    try:
        await loop().sock_sendall(made, token)
        deadline = loop().time() + job["timeoutMs"] / 1000
        while token not in answer:
            part = await asyncio.wait_for(loop().sock_recv(made, 65536), max(0.001, deadline - loop().time()))
            if not part:
                return {"echoed": False}
            answer = (answer + part)[-4096:]
    except (OSError, asyncio.TimeoutError):
        return {"echoed": False}
    return {"echoed": True}


async def hang_up(job, _):
    _, keep = connections.pop(job["connection"])
    keep.close()
    return {}


async def listen(job, emit):
    """Keeps an echo open until cancelled, for programs other than this one."""
    with receiver(job["at"], job["proto"], family_of(job), job["address"], job["port"]):
        emit({"ready": True})
        await asyncio.Event().wait()

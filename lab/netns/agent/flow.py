"""One flow: does it get there, and does the answer come back?"""

import asyncio
import contextlib
import errno
import os
import socket
import struct
import time

from receivers import receiver
from sockets import TOKEN, CannotProbe, bind_source, drain, family_of, loop, make_socket, tap
from witness import witness_of


class Outcome:
    """What the attempts of one flow learned."""

    def __init__(self):
        self.token = os.urandom(TOKEN)
        self.seen = asyncio.Event()
        self.reply = asyncio.Event()
        self.rejected = None
        self.done = asyncio.Event()

    def refuse(self, error):
        """An ICMP error or a reset came. "Unreachable" also comes from the sender itself when nobody answered for the neighbour, perhaps to
        an earlier question: that is no verdict yet."""
        self.rejected = error.strerror
        if error.errno != errno.EHOSTUNREACH:
            self.done.set()


def check_route(job):
    with make_socket(job["from"], family_of(job), socket.SOCK_DGRAM) as made:
        try:
            made.connect((job["target"], 9))
        except OSError as error:
            raise CannotProbe(f"{job['from']['name']} has no way to {job['target']} ({error.strerror}): is it running?") from error


async def tcp_attempt(job, outcome):
    with make_socket(job["from"], family_of(job), socket.SOCK_STREAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bind_source(made, job)
        try:
            await loop().sock_connect(made, (job["target"], job["port"]))
            await loop().sock_sendall(made, outcome.token)
            answer = b""
            while len(answer) < TOKEN:
                part = await loop().sock_recv(made, TOKEN - len(answer))
                if not part:
                    return
                answer += part
            outcome.reply.set()
            outcome.done.set()
        except OSError as error:
            outcome.refuse(error)


async def datagram_attempt(job, outcome, raw):
    kind = (socket.SOCK_RAW, job["proto"]) if raw else (socket.SOCK_DGRAM, 0)
    with make_socket(job["from"], family_of(job), *kind) as made:
        bind_source(made, {**job, "sourcePort": 0} if raw else job)
        try:
            if raw:
                made.sendto(outcome.token, (job["target"], 0))
                await outcome.seen.wait()
                outcome.done.set()
                return
            made.connect((job["target"], job["port"]))
            made.send(outcome.token)
            while await loop().sock_recv(made, 64) != outcome.token:
                pass
            outcome.reply.set()
            outcome.done.set()
        except OSError as error:
            outcome.refuse(error)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


async def ping_attempt(job, outcome):
    v6 = job["family"] == 6
    request, answer = (128, 129) if v6 else (8, 0)
    with make_socket(job["from"], family_of(job), socket.SOCK_RAW, 58 if v6 else 1) as made:
        bind_source(made, {**job, "sourcePort": 0})
        head = os.urandom(2) + b"\0\1"
        body = struct.pack("!BBH", request, 0, 0) + head + outcome.token
        if not v6:
            body = struct.pack("!BBH", request, 0, checksum(body)) + head + outcome.token
        try:
            made.sendto(body, (job["target"], 0))
            while True:
                data = await loop().sock_recv(made, 2048)
                if not v6:
                    data = data[(data[0] & 15) * 4 :]
                if outcome.token in data:
                    if data[0] == answer:
                        break
                    if data[0] != request:
                        outcome.rejected = f"icmp type {data[0]} code {data[1]}"
                        break
            if outcome.rejected is None:
                outcome.reply.set()
            outcome.done.set()
        except OSError as error:
            outcome.refuse(error)


async def arp_attempt(job, outcome):
    hardware = bytes.fromhex(job["from"]["mac"].replace(":", ""))
    target = socket.inet_aton(job["target"])
    question = b"\0\1\x08\0\6\4\0\1" + hardware + socket.inet_aton(job["source"]) + bytes(6) + target
    with tap(job["from"], False) as made:
        made.send(b"\xff" * 6 + hardware + b"\x08\x06" + question)
        while True:
            data = await loop().sock_recv(made, 2048)
            if data[12:14] == b"\x08\x06" and data[20:22] == b"\0\2" and data[28:32] == target and data[:6] == hardware:
                outcome.reply.set()
                outcome.done.set()
                return


async def flow(job, _):
    """Sends as an ordinary program would, up to three times within the time given; the verdict rests on what the other end saw."""
    proto, target = job["proto"], job["to"]
    check_route(job)
    outcome = Outcome()
    attempts = {
        "tcp": tcp_attempt,
        "udp": lambda j, o: datagram_attempt(j, o, False),
        "icmp": ping_attempt,
        "arp": arp_attempt,
    }.get(proto, lambda j, o: datagram_attempt(j, o, True))
    # A given source port can be used by only one attempt at a time.
    tries = 1 if job.get("sourcePort") else 3
    step = job["timeoutMs"] / 1000 / tries
    started = time.monotonic()
    running = []
    with contextlib.ExitStack() as stack:
        witness = witness_of(job["from"])
        if proto == "arp":
            catch = stack.enter_context(tap(target, False))
        else:
            listen = {"icmp": 58 if job["family"] == 6 else 1}.get(proto, proto)
            shared = stack.enter_context(receiver(target, listen, family_of(job), job["target"], job.get("port", 0)))
            shared.seen[outcome.token] = outcome.seen
            stack.callback(shared.seen.pop, outcome.token)
        try:
            for _ in range(tries):
                running.append(loop().create_task(attempts(job, outcome)))
                waits = [loop().create_task(outcome.done.wait())]
                if proto not in ("tcp", "icmp", "arp"):
                    waits.append(loop().create_task(outcome.seen.wait()))
                await asyncio.wait([*waits, *(task for task in running if not task.done())], timeout=step, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
                for task in running:
                    if task.done() and task.exception():
                        raise task.exception()
                if outcome.done.is_set() or outcome.seen.is_set():
                    break
                if all(task.done() for task in running):
                    await asyncio.sleep(step)
            if outcome.seen.is_set() and not outcome.done.is_set():
                # The way there is open. Waits a moment for the answer, which only the details need.
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(outcome.done.wait(), step)
            # Packets that came in while this process was waiting for a processor still count.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        if proto == "arp":
            asked = socket.inet_aton(job["target"])
            if any(frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\1" and frame[38:42] == asked for frame, _ in drain(catch)):
                outcome.seen.set()
        two_way = proto in ("tcp", "icmp", "arp")
        passed = outcome.reply.is_set() if two_way else outcome.seen.is_set()
        if not passed:
            # An earlier flow may have started neighbour discovery shortly before, and this flow's packets then wait for it.
            if not witness.saw(family_of(job), job["target"], started - 0.3):
                raise CannotProbe(f"nothing for {job['target']} left {job['from']['name']}")
            if proto in ("tcp", "udp"):
                await check_listener(job)
    return {
        "verdict": "passed" if passed else "blocked",
        "seen": outcome.seen.is_set() or passed,
        "replied": outcome.reply.is_set(),
        "rejected": outcome.rejected,
        "elapsedMs": round((time.monotonic() - started) * 1000, 1),
    }


async def check_listener(job):
    """The positive control of a blocked flow: from inside the target the same port answers, so what blocked it lies between."""
    local = {**job, "from": job["to"], "source": job["target"], "sourcePort": 0}
    outcome = Outcome()
    attempt = tcp_attempt if job["proto"] == "tcp" else (lambda j, o: datagram_attempt(j, o, False))
    try:
        await asyncio.wait_for(attempt(local, outcome), 5)
    except asyncio.TimeoutError:
        pass
    if not outcome.reply.is_set():
        raise CannotProbe(f"{job['to']['name']} does not even answer itself on {job['proto']} port {job['port']}")

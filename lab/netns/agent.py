"""Packet agent of one lab: sends and receives real packets in any of its namespaces, many jobs at a time, in one process.

A socket stays in the namespace it was made in, so the agent steps into a namespace only to make a socket and is out again.

stdin:  one JSON job a line: {"id": 1, "op": "flow", ...}; {"op": "cancel", "id": 1} ends a job that lasts.
stdout: {"id": 1, "ok": {...}} or {"id": 1, "error": "..."}, once a job; before it, {"id": 1, "event": {...}} as often as it happens.
It ends with its stdin.
"""

import asyncio
import contextlib
import ctypes
import errno
import json
import os
import socket
import struct
import sys
import time

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


# --- what left a sender ---


class Witness:
    """Remembers when a packet, or a question for the neighbour, was last seen to leave an end for an address.

    Made once for an end and kept: the kernel takes 20 ms to open and close a packet socket."""

    # Outgoing frames only, and of these the part that holds addresses: ld pkttype; jeq 4; ret 128; ret 0.
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


def family_of(job):
    return socket.AF_INET6 if job["family"] == 6 else socket.AF_INET


def loop():
    return asyncio.get_running_loop()


# --- receivers: shared by all jobs that send to the same place; a token says whose packet it is ---


class Receiver:
    """Listens on one port (or raw protocol) of one end, echoes what comes, and remembers the tokens it saw."""

    def __init__(self, end, proto, family, address, port):
        self.seen = {}
        self.users = 0
        self.tasks = set()
        self.on_token = {}
        if proto == "tcp":
            self.socket = make_socket(end, family, socket.SOCK_STREAM)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind((address, port))
            self.socket.listen(1024)
            self.spawn(self.accept())
        else:
            kind = (socket.SOCK_DGRAM, 0) if proto == "udp" else (socket.SOCK_RAW, proto)
            self.socket = make_socket(end, family, *kind)
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
            self.socket.bind((address, port if proto == "udp" else 0))
            self.raw_v4 = proto != "udp" and family == socket.AF_INET
            self.echo = proto == "udp"
            loop().add_reader(self.socket, self.datagrams)

    def spawn(self, work):
        task = loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def accept(self):
        while True:
            peer, _ = await loop().sock_accept(self.socket)
            self.spawn(self.serve(peer))

    async def serve(self, peer):
        with peer:
            peer.setblocking(False)
            try:
                while data := await loop().sock_recv(peer, 65536):
                    self.note(data[:TOKEN])
                    await loop().sock_sendall(peer, data)
            except OSError:
                # The sender gave up on this attempt.
                pass

    def datagrams(self):
        for data, sender in drain(self.socket):
            if self.raw_v4:
                data = data[(data[0] & 15) * 4 :]
            # Raw ICMP: the token is after the eight bytes of the header; its own replies pass here as well.
            self.note(data[:TOKEN])
            self.note(data[8 : 8 + TOKEN])
            if self.echo:
                with contextlib.suppress(OSError):
                    self.socket.sendto(data, sender)

    def note(self, token):
        if len(token) < TOKEN:
            return
        follow = self.on_token.get(token[:8])
        if follow:
            follow(token)
            return
        waiter = self.seen.get(token)
        if waiter:
            waiter.set()

    def close(self):
        # Before the cancelling: a cancelled accept would take its reader away later, when the descriptor may belong to another socket.
        loop().remove_reader(self.socket)
        for task in self.tasks:
            task.cancel()
        self.socket.close()


receivers = {}


@contextlib.contextmanager
def receiver(end, proto, family, address, port):
    key = (end["namespace"], proto, family, address, port)
    if key not in receivers:
        receivers[key] = Receiver(end, proto, family, address, port)
    shared = receivers[key]
    shared.users += 1
    try:
        yield shared
    finally:
        shared.users -= 1
        if shared.users == 0:
            del receivers[key]
            shared.close()


# --- one flow ---


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


def bind_source(made, job):
    try:
        made.bind((job["source"], job.get("sourcePort", 0)))
    except OSError as error:
        raise CannotProbe(f"{job['from']['name']} cannot send from {job['source']}: {error.strerror}") from error


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
    # A source port of one's own can be in use by one attempt at a time.
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
                # The way there is open; a moment for the way back, which only the details tell.
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(outcome.done.wait(), step)
            # What came in while this process was waiting for a processor still counts.
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
            # The question for the neighbour may have been asked for a flow shortly before, and this one's packets queue behind it.
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


# --- frames ---


async def inject(job, _):
    """Sends frames as they are and reports which of the ends received which."""
    frames = [bytes.fromhex(frame) for frame in job["frames"]]
    with contextlib.ExitStack() as stack:
        taps = [(end["name"], stack.enter_context(tap(end, False))) for end in job["watch"]]
        received = {name: set() for name, _ in taps}
        out = stack.enter_context(tap(job["from"], True))
        for frame in frames:
            out.send(frame)
        deadline = time.monotonic() + job["timeoutMs"] / 1000
        while True:
            for name, made in taps:
                for frame, _ in drain(made):
                    if frame in frames:
                        received[name].add(frames.index(frame))
            complete = all(len(got) == len(set(frames)) for got in received.values())
            if complete or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.01)
    return {"received": {name: sorted(got) for name, got in received.items()}}


async def sniff(job, emit):
    """Reports every frame that the end receives, from the moment of the event {"ready": true} until cancelled."""
    made = tap(job["at"], False)
    try:
        loop().add_reader(made, lambda: [emit({"frame": frame.hex()}) for frame, _ in drain(made)])
        emit({"ready": True})
        await asyncio.Event().wait()
    finally:
        loop().remove_reader(made)
        made.close()


# --- flows that last ---


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
    # A reply to something said before, while the way was closed, may still come first.
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


OPERATIONS = {
    "flow": flow,
    "inject": inject,
    "sniff": sniff,
    "stream": stream,
    "connect": connect,
    "say": say,
    "hang-up": hang_up,
    "listen": listen,
}


async def main():
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    jobs = {}

    def emit(message):
        sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
        sys.stdout.flush()

    async def work(job):
        number = job["id"]
        try:
            emit({"id": number, "ok": await OPERATIONS[job["op"]](job, lambda event: emit({"id": number, "event": event}))})
        except asyncio.CancelledError:
            emit({"id": number, "ok": {}})
        except (CannotProbe, OSError, KeyError, ValueError) as error:
            emit({"id": number, "error": str(error) or type(error).__name__})
        finally:
            jobs.pop(number, None)

    while line := await reader.readline():
        job = json.loads(line)
        if job["op"] == "cancel":
            if job["id"] in jobs:
                jobs[job["id"]].cancel()
            continue
        jobs[job["id"]] = loop().create_task(work(job))


asyncio.run(main())

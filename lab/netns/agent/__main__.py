"""Packet agent of one lab: sends and receives real packets in any of its namespaces, many jobs at a time, in one process.

A socket stays in the namespace it was made in, so the agent steps into a namespace only to make a socket and is out again.

stdin:  one JSON job a line: {"id": 1, "op": "flow", ...}; {"op": "cancel", "id": 1} ends a job that lasts.
stdout: {"id": 1, "ok": {...}} or {"id": 1, "error": "..."}, once a job; before it, {"id": 1, "event": {...}} as often as it happens.
It ends with its stdin.
"""

import asyncio
import json
import sys

from flood import arrival, flood
from flow import flow
from lasting import connect, hang_up, listen, say, stream
from raw import inject, sniff, volley
from sockets import CannotProbe, loop
from tracking import forget

OPERATIONS = {
    "flow": flow,
    "flood": flood,
    "arrival": arrival,
    "inject": inject,
    "volley": volley,
    "sniff": sniff,
    "stream": stream,
    "connect": connect,
    "say": say,
    "hang-up": hang_up,
    "forget": forget,
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

"""Frames as they are, sent and received."""

import asyncio
import contextlib
import time

from sockets import drain, loop, tap


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

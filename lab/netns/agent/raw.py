"""Frames as they are, sent and received by the ends' cables."""

import asyncio
import contextlib
import time

from sockets import CannotProbe, frames, loop, overrun, tap, wiretap
from stack import stack_taps

# The limit in seconds, even if frames keep arriving.
LONGEST_VOLLEY = 20


def listeners(ends, stack):
    """Sockets that hear what comes in by the ends' cables, or what a host's stack takes in, each with its end's name."""
    return [
        (end["name"], stack.enter_context(made)) for end in ends for made in (stack_taps(end) if end.get("stack") else [wiretap(end)])
    ]


async def inject(job, _):
    """Sends frames as they are and reports which of the ends received which."""
    sent = [bytes.fromhex(frame) for frame in job["frames"]]
    with contextlib.ExitStack() as stack:
        taps = listeners(job["watch"], stack)
        received = {name: set() for name, _ in taps}
        out = stack.enter_context(tap(job["from"], True, job["from"]["cable"]))
        for frame in sent:
            out.send(frame)
        deadline = time.monotonic() + job["timeoutMs"] / 1000
        while True:
            for name, made in taps:
                received[name].update(sent.index(frame) for frame in frames(made) if frame in sent)
            complete = all(len(got) == len(set(sent)) for got in received.values())
            if complete or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.01)
    return {"received": {name: sorted(got) for name, got in received.items()}}


async def volley(job, _):
    """Sends many frames, each from its own end, and reports all that each watched end received until nothing of them had arrived for a while."""
    shots = [(shot["from"], bytes.fromhex(shot["frame"]), bytes.fromhex(shot["marker"])) for shot in job["shots"]]
    known = {}
    for index, (_, frame, _) in enumerate(shots):
        known.setdefault(frame, []).append(index)
    marks = [(index, marker) for index, (_, _, marker) in enumerate(shots) if marker]
    heard = {end["name"]: [] for end in job["watch"]}
    exact = [set() for _ in shots]
    marked = [set() for _ in shots]

    def listen():
        ours = False
        for name, made in taps:
            for frame in frames(made):
                heard[name].append(frame.hex())
                for index in known.get(frame, ()):
                    exact[index].add(name)
                    ours = True
                for index, marker in marks:
                    if marker in frame:
                        marked[index].add(name)
                        ours = True
        return ours

    with contextlib.ExitStack() as stack:
        taps = listeners(job["watch"], stack)
        outs = {end["name"]: stack.enter_context(tap(end, True, end["cable"])) for end in job["from"]}
        for index, (sender, frame, _) in enumerate(shots):
            try:
                outs[sender].send(frame)
            except OSError as error:
                raise CannotProbe(f"frame {index} of {len(frame)} bytes cannot leave {sender}: {error.strerror}") from error
            if index % 8 == 7:
                # The queues of the kernel and of these sockets must not overflow.
                listen()
                await asyncio.sleep(0)
        end = time.monotonic() + LONGEST_VOLLEY
        quiet = time.monotonic() + job["waitMs"] / 1000
        while time.monotonic() < min(quiet, end):
            await asyncio.sleep(0.005)
            if listen():
                quiet = time.monotonic() + job["waitMs"] / 1000
        missed = sum(overrun(made) for _, made in taps)
        if missed:
            raise CannotProbe(f"the receivers missed {missed} frames")
    return {"exact": [sorted(names) for names in exact], "marked": [sorted(names) for names in marked], "heard": heard}


async def sniff(job, emit):
    """Reports every frame that the end receives, from the moment of the event {"ready": true} until cancelled."""
    made = wiretap(job["at"])
    try:
        loop().add_reader(made, lambda: [emit({"frame": frame.hex()}) for frame in frames(made)])
        emit({"ready": True})
        await asyncio.Event().wait()
    finally:
        loop().remove_reader(made)
        made.close()

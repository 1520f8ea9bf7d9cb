"""Sends packets between network namespaces and says how long they take: what pump.ts runs.

Reads a task on stdin, {"task": "packets" | "broadcast" | "latency", "lanes": [...], "rounds": ..., "burst": ...}, and prints its result as JSON. Each
task is a file with a function `run(task)`, which says what its lanes are and what it returns.

Lanes take turns, burst by burst, so that what else the machine does falls on all alike. Everything is on one CPU: the bridge, its filters and the
receiver's stack run there too, in the sender's time.
"""

import importlib
import json
import os
import sys


def main():
    task = json.load(sys.stdin)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    # A burst is shorter than the time that the kernel gives to other processes, so most bursts are not interrupted.
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    json.dump(importlib.import_module(task["task"]).run(task), sys.stdout)


main()

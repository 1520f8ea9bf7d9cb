"""Which of many counting rules match each of many Ethernet frames, in nft and in ebtables at once.

Wants a network namespace of its own. Reads {"nft": text, "ebtables": text, "frames": [hex], "again": bool} from stdin; each text has first a rule
that every frame matches, then the rules. "again": what counts is what nft has listed of its rules, loaded again. Prints, for each frame, the numbers of the rules that counted it: [{"nft": [...], "ebtables": [...]}]; null if no
frame came by.
"""

import json
import re
import socket
import subprocess
import sys
import time


def run(*words, text=None):
    return subprocess.run(words, input=text, text=True, check=True, capture_output=True).stdout


def counts_of_nft():
    return [int(n) for n in re.findall(r"counter packets (\d+) bytes", run("nft", "list", "chain", "bridge", "frames", "c"))]


def counts_of_ebtables():
    return [int(n) for n in re.findall(r"pcnt = (\d+) -- bcnt", run("ebtables", "-t", "nat", "-L", "PREROUTING", "--Lc"))]


def main():
    job = json.load(sys.stdin)
    run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv6.conf.all.disable_ipv6=1")
    run("ip", "link", "add", "guest", "type", "veth", "peer", "name", "vif1.0")
    run("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
    run("ip", "link", "set", "vif1.0", "master", "br0")
    for name in ("guest", "vif1.0", "br0"):
        run("ip", "link", "set", name, "up")
    run("ebtables-restore", text=job["ebtables"])
    run("nft", "-f", "-", text=job["nft"])
    if job["again"]:
        listed = run("nft", "-s", "list", "table", "bridge", "frames")
        run("nft", "delete", "table", "bridge", "frames")
        run("nft", "-f", "-", text=listed)
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind(("guest", 0))
    before = {"nft": counts_of_nft(), "ebtables": counts_of_ebtables()}
    answers = []
    for frame in job["frames"]:
        out.send(bytes.fromhex(frame))
        end = time.monotonic() + 0.5
        now = before
        while now["nft"][0] == before["nft"][0] and time.monotonic() < end:
            now = {"nft": counts_of_nft(), "ebtables": counts_of_ebtables()}
        came = now["nft"][0] == before["nft"][0] + 1
        counted = {
            tool: [index for index in range(1, len(now[tool])) if now[tool][index] > before[tool][index]] for tool in ("nft", "ebtables")
        }
        answers.append(counted if came else None)
        before = now
    json.dump(answers, sys.stdout)


main()

"""A host's connection table."""

import socket
import struct

from sockets import CannotProbe, make_socket

NETLINK_NETFILTER = 12
NFNL_SUBSYS_CTNETLINK = 1
IPCTNL_MSG_CT_DELETE = 2
NLM_F_REQUEST_ACK = 1 | 4


async def forget(job, _):
    """Empties it: a deletion that names no connection is one of all."""
    made = make_socket(job["at"], socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    made.setblocking(True)
    with made:
        made.bind((0, 0))
        kind = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_DELETE
        made.send(struct.pack("=LHHLL", 20, kind, NLM_F_REQUEST_ACK, 1, 0) + struct.pack("=BBH", 0, 0, 0))
        code = struct.unpack_from("=i", made.recv(4096), 16)[0]
    if code != 0:
        raise CannotProbe(f"the connection table of {job['at']['name']} cannot be emptied: error {-code}")
    return {}

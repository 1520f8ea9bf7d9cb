"""What a host's own stack takes in: after its filters, for whatever address of the host's."""

import socket

from sockets import SO_RCVBUFFORCE, make_socket

# The protocols to listen for: ICMP, IGMP, IPv4 and IPv6 in IP, TCP, UDP, GRE, ESP, VRRP, SCTP; for IPv6 also its own ICMP.
PROTOCOLS = [1, 2, 4, 6, 17, 41, 47, 50, 112, 132]
PROTOCOLS_V6 = [4, 6, 17, 41, 47, 50, 58, 112, 132]


def stack_taps(end):
    """Sockets that are each given a copy of the packets of a protocol once INPUT has let them pass: IPv4 with its header, IPv6 without."""
    taps = [make_socket(end, socket.AF_INET, socket.SOCK_RAW, protocol) for protocol in PROTOCOLS]
    taps += [make_socket(end, socket.AF_INET6, socket.SOCK_RAW, protocol) for protocol in PROTOCOLS_V6]
    for made in taps:
        made.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)
    return taps

/**
 * Ethernet frames for {@link Probe.inject}, byte for byte, with their checksums: what a guest may send or forge. Addresses are text, the result a
 * Buffer. What goes into something else (a quoted packet, a tunnelled one, fragments) is made as a frame first; see {@link payloadOf}.
 */
export * from "./arp";
export { checksum } from "./bytes";
export * from "./dhcp";
export * from "./ethernet";
export * from "./icmp";
export * from "./icmpv6";
export * from "./ip";
export * from "./listeners";
export * from "./switches";
export * from "./transport";
export * from "./tunnels";

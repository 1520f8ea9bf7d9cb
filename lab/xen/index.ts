export type { BootFlood, XenGuest } from "./guest";
export type { XenHost } from "./host";
export * from "./lab";
export type { XenProbe } from "./probe";

export type { LibvirtGuest } from "./guest";
export * from "./lab";

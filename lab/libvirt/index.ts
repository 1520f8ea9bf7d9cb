export type { LibvirtGuest } from "./guest";
export { missingForLibvirt } from "./image";
export * from "./lab";

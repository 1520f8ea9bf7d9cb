export { type LibvirtGuest, virsh } from "./guest";
export { missingForLibvirt } from "./image";
export * from "./lab";

export * from "./demo";
export { type FloodStream, FRESH_PORT, type RunningFlood, type StreamCount } from "./flood";
export * as frames from "./frames";
export { LabGuest } from "./guest";
export { LabHost, type SshAccess } from "./host";
export * from "./lab";
export * from "./probe";
export type { SavedTools } from "./saved";
export * from "./topology";

export * from "./demo";
export * as frames from "./frames";
export { LabGuest } from "./guest";
export { LabHost, type SshAccess } from "./host";
export * from "./lab";
export * from "./probe";
export type { SavedTools } from "./saved";
export * from "./topology";

/**
 * The versions to install, oldest first: XenServer 5.6 SP2 to 7.3, XCP-ng from 7.4 on, XenServer 8 and 9. Each stands for the installer of that
 * version. XenServer 7.4 to 7.6 and Citrix Hypervisor 8 have the installer of the same XCP-ng version.
 */
export const TARGETS = [
  "5.6",
  "6.0",
  "6.1",
  "6.2",
  "6.5",
  "7.0",
  "7.1",
  "7.2",
  "7.3",
  "7.4",
  "7.5",
  "7.6",
  "8.0",
  "8.1",
  "8.2",
  "8.3",
  "xs8",
  "xs9",
] as const;

export type Target = (typeof TARGETS)[number];

/** Whether the installer of `target` is the one of `version` or a later one. */
export function atLeast(target: Target, version: Target): boolean {
  return TARGETS.indexOf(target) >= TARGETS.indexOf(version);
}

/** "XenServer 5.6 SP2", "XCP-ng 8.3". */
export function productOf(target: Target): string {
  if (target === "xs8" || target === "xs9") return `XenServer ${target.slice(2)}`;
  if (target === "5.6") return "XenServer 5.6 SP2";
  return atLeast(target, "7.4") ? `XCP-ng ${target}` : `XenServer ${target}`;
}

export function isTarget(text: unknown): text is Target {
  return (TARGETS as readonly unknown[]).includes(text);
}

export function isXcpNg(target: Target): boolean {
  return atLeast(target, "7.4") && atLeast("8.3", target);
}

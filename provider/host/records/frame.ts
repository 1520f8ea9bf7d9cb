import { PLANES, type Plane } from "../../firewall/model/kernel";
import { oneLine, type RecordLines, splitAt, words } from "./lines";

/** The record that makes a host a csp host. */
export interface FrameRecord {
  readonly owner: string;
  readonly guestPorts: readonly string[];
  /** The value of each sysctl before csp set it. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** The callers of the hook (look/callers.ts); none if there is no hook. */
  readonly callers: readonly string[];
  /** Whether each bridge has its own connection table. Records of earlier versions do not say; these hosts share one table until a Host changes it. */
  readonly zones: Zones;
  /** What else decided about bridged packets when csp last set the host up (surroundings.ts). What comes later is drift. */
  readonly besides: readonly string[];
  /** Records of earlier versions do not say. */
  readonly plane: Plane;
}

export type Zones = "by-bridge" | "shared";

/** A frame that no resource owns. */
export type WaitingFrame = Omit<FrameRecord, "owner">;

export function isOwned(frame: FrameRecord | WaitingFrame): frame is FrameRecord {
  return "owner" in frame;
}

export function formatFrame(frame: FrameRecord | WaitingFrame, declaration: unknown): string {
  return `${[
    "csp-frame 2",
    ...(isOwned(frame) ? [`owner ${oneLine(frame.owner)}`] : []),
    `ports ${frame.guestPorts.join(" ")}`,
    `callers ${frame.callers.join(" ")}`,
    `zones ${frame.zones}`,
    ...(frame.plane === "xtables" ? [] : [`plane ${frame.plane}`]),
    ...frame.besides.map((text) => `beside ${oneLine(text)}`),
    ...Object.entries(frame.sysctls).map(([key, value]) => `sysctl ${key} ${value}`),
    ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration)}`]),
    "end",
  ].join("\n")}\n`;
}

export function readFrame(lines: RecordLines): FrameRecord | WaitingFrame {
  const zones: Zones = lines.value("zones") === "by-bridge" ? "by-bridge" : "shared";
  return {
    ...(lines.has("owner") ? { owner: lines.value("owner") } : {}),
    guestPorts: words(lines.value("ports")),
    sysctls: Object.fromEntries(lines.values("sysctl").map((line) => splitAt(line))),
    callers: words(lines.value("callers")),
    zones,
    besides: lines.values("beside"),
    plane: PLANES.find((plane) => plane === lines.value("plane")) ?? "xtables",
  };
}

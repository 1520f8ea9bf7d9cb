import { type Frame, frameTemplates } from "../../firewall/compile/frame";
import { formatTemplates } from "../../firewall/compile/templates";
import { TABLES, type Table } from "../../firewall/model/kernel";
import { lacksOfIpv6 } from "../../firewall/planes/xtables/dialect";
import { memory } from "../../memory";
import { activeTables, type Dialect, printerFor } from "../look/facts";
import { type SummedFile, summed } from "../records/file-changes";
import type { WaitingFrame } from "../records/frame";
import type { VifRecord } from "../records/guest";

/** What a host's frame is to the compiler: as its record says, in the way its tools can. */
export function compiledFrame({ guestPorts, zones, plane }: WaitingFrame, dialect: Dialect, vifs: readonly VifRecord[]): Frame {
  return {
    guestPorts,
    ...(zones === "by-bridge" && dialect.zones !== undefined ? { zones: dialect.zones } : {}),
    ...(vifs.some(({ traits }) => traits.includes("pin")) ? { pins: true } : {}),
    ...(lacksOfIpv6(dialect.lacks ?? []).length === 0 ? {} : { ipv6: "drop" }),
    print: printerFor(dialect, plane),
  };
}

/** The templates of a host's frame, as the hook reads them. */
export function templatesFile(frame: Frame, dialect: Dialect): SummedFile {
  return templatesOf(frame, activeTables({ dialect }, frame.print?.plane));
}

/** The same for a host whose tools nobody has looked at yet. */
export function templatesOf(frame: Frame, tables: readonly Table[] = TABLES): SummedFile {
  const key = JSON.stringify([{ ...frame, print: frame.print?.name }, tables]);
  return files(key, () => summed(formatTemplates(frameTemplates(frame), tables)));
}

const files = memory.onceByText<SummedFile>({
  name: "files of templates",
  reason: "every host of a fleet has one of a few",
  most: 64,
});

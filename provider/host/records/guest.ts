import type { Trait } from "../../firewall/compile/templates";
import type { CompiledGuest } from "../../firewall/compile/unit";
import { chainLines, oneLine, type RecordLines, withDigest } from "./lines";
import { formatTraits, parseTraits } from "./traits";

/** The record of one guest. */
export interface GuestRecord {
  readonly uuid: string;
  readonly unit: string;
  readonly owner: string;
  readonly label: string;
  readonly vifs: readonly VifRecord[];
  /** The file's digest; absent from files of earlier versions. */
  readonly digest?: string;
}

/** An interface of the guest. */
export interface VifRecord {
  readonly device: number;
  readonly mac: string;
  readonly id: string;
  /** Pinned by the user. */
  readonly port?: string;
  readonly anyMac?: boolean;
  /** Which chains it has besides those that every interface has. Records of earlier versions have none. */
  readonly traits: readonly Trait[];
  /** Addresses and ranges that it may use. */
  readonly addresses: readonly string[];
  readonly network?: string;
}

export function formatGuest(unit: string, guest: CompiledGuest, owner: string, declaration: unknown): string {
  const lines = [
    `uuid ${guest.uuid}`,
    `unit ${unit}`,
    `owner ${oneLine(owner)}`,
    `label ${oneLine(guest.label)}`,
    ...guest.vifs.flatMap((vif) => [
      `vif ${vif.device} ${vif.mac} ${vif.id} ${vif.port ?? "-"} ${vif.anyMac ? "any" : "mac"} ${formatTraits(vif.traits)}`,
      ...vif.addresses.map((address) => `address ${vif.device} ${address}`),
      ...(vif.network === undefined ? [] : [`network ${vif.device} ${oneLine(vif.network)}`]),
    ]),
    // The declaration of a GuestFirewall is in its unit's record.
    ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration)}`]),
    ...chainLines(guest.chains),
  ];
  return withDigest("csp-guest 2", lines);
}

export function readGuest(lines: RecordLines): GuestRecord {
  const digest = lines.value("digest");
  return {
    uuid: lines.value("uuid"),
    unit: lines.value("unit"),
    owner: lines.value("owner"),
    label: lines.value("label"),
    vifs: lines.values("vif").map((line) => parseVif(line, lines.values("address"), lines.values("network"))),
    ...(digest === "" ? {} : { digest }),
  };
}

function parseVif(text: string, addresses: readonly string[], networks: readonly string[]): VifRecord {
  const [device = "0", mac = "", id = "", port = "-", check = "mac", traits = "-"] = text.split(" ");
  const own = (lines: readonly string[]) => lines.flatMap((line) => (line.startsWith(`${device} `) ? [line.slice(device.length + 1)] : []));
  const [network] = own(networks);
  return {
    device: Number(device),
    mac,
    id,
    ...(port === "-" ? {} : { port }),
    ...(check === "any" ? { anyMac: true } : {}),
    traits: parseTraits(traits),
    addresses: own(addresses),
    ...(network === undefined ? {} : { network }),
  };
}

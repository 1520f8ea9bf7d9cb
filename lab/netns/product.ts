/** The files by which a XenServer or XCP-ng host says what is installed on it. */
import * as fs from "node:fs";
import * as path from "node:path";

export interface PackSpec {
  readonly originator: string;
  readonly name: string;
  readonly version: string;
  readonly build?: string;
}

/** What is installed on a host, according to its own files. The tools are still this machine's. */
export interface Product {
  /** PRODUCT_BRAND: "XenServer", "XCP-ng". */
  readonly brand: string;
  /** PRODUCT_VERSION: "5.6.100", "8.3.0". */
  readonly version: string;
  /** INSTALLATION_UUID. */
  readonly installation: string;
  /** What `uname -r` prints. Default: this machine's kernel. */
  readonly kernel?: string;
  /** The word in network.conf. Other than "bridge", the host boots as one with Open vSwitch. */
  readonly backend: string;
  /** Whether it has xe-switch-network-backend. Default true; XenServer 9 has none. */
  readonly switches?: boolean;
  /** Packs besides the product's own. */
  readonly packs?: readonly PackSpec[];
}

const ASSETS = path.join(__dirname, "xenserver");
/** Everything below a seed's folder that {@link writeProduct} writes. */
const PLACES = [
  "etc/xensource",
  "etc/xensource-inventory",
  "var/lib/misc",
  "opt/xensource",
  "usr/local/bin/uname",
  "usr/local/sbin/reboot",
];

/** Writes a product's files below `directory`, in place of those of another one. */
export function writeProduct(
  directory: string,
  { brand, version, installation, kernel, backend, switches = true, packs = [] }: Product,
): void {
  for (const place of PLACES) fs.rmSync(path.join(directory, place), { recursive: true, force: true });
  const put = (file: string, text: string, mode = 0o644): void => {
    const place = path.join(directory, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text, { mode });
  };
  const inventory = {
    PRODUCT_BRAND: brand,
    PRODUCT_NAME: brand.toLowerCase(),
    PRODUCT_VERSION: version,
    INSTALLATION_UUID: installation,
    DOM0_MEM: "752",
    MANAGEMENT_INTERFACE: "xenbr0",
  };
  put("etc/xensource-inventory", lines(Object.entries(inventory).map(([key, value]) => `${key}='${value}'`)));
  put("etc/xensource/network.conf", `${backend}\n`);
  const main = { originator: Number.parseInt(version, 10) < 6 ? "xs" : "xcp", name: "main", version };
  for (const pack of [main, ...packs]) {
    put(`etc/xensource/installed-repos/${pack.originator}:${pack.name}/XS-REPOSITORY`, repository(pack, brand));
    put(`etc/xensource/installed-repos/${pack.originator}:${pack.name}/XS-PACKAGES`, "<packages>\n</packages>\n");
  }
  if (Number.parseInt(version, 10) >= 8) for (const stamp of ["network", "storage"]) put(`var/lib/misc/ran-${stamp}-init`, "");
  if (switches) put("opt/xensource/bin/xe-switch-network-backend", asset("xe-switch-network-backend"), 0o755);
  put("usr/local/sbin/reboot", asset("reboot"), 0o755);
  if (kernel !== undefined)
    put("usr/local/bin/uname", `#!/bin/sh\n[ "$*" != -r ] || { echo '${kernel}'; exit 0; }\nexec /usr/bin/uname "$@"\n`, 0o755);
}

function repository({ originator, name, version, build }: PackSpec, product: string): string {
  const of = { originator, name, version, ...(build === undefined ? {} : { build }), product };
  return `<?xml version="1.0"?>\n<repository ${Object.entries(of)
    .map(([key, value]) => `${key}="${value}"`)
    .join(" ")}>\n  <description>${name}</description>\n</repository>\n`;
}

const asset = (name: string): string => fs.readFileSync(path.join(ASSETS, name), "utf8");
const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;

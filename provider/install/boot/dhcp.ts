import { atLeast, type Target } from "../targets";
import { bootPath, GRUB_LOADER, type Loader, normalMac } from "./files";

export interface DhcpSpec {
  readonly target: Target;
  /** Six pairs of hex digits, in any spelling. */
  readonly mac: string;
  readonly loaders: readonly Loader[];
  /** The URL of the server's root. iPXE fetches from it. */
  readonly baseUrl?: string | undefined;
  /** The TFTP server's IPv4 address. Default: the DHCP server's own. */
  readonly tftpServer?: string | undefined;
}

/** The lines of one host for each kind of DHCP server. */
export interface DhcpLines {
  readonly dnsmasq: string;
  readonly isc: string;
}

/** What a computer asks DHCP with: its firmware, or an iPXE that is already running. */
type Client = "ipxe" | "uefi" | "bios";

/** The file that each kind of client loads first. A client that no loader is for gets none. */
export function firstFiles({ target, mac, loaders, baseUrl = "" }: DhcpSpec): ReadonlyMap<Client, string> {
  const ipxe = loaders.includes("ipxe");
  const files = new Map<Client, string>();
  // What would end a word of either server is the same to HTTP in this spelling.
  const url = baseUrl.replace(/\/$/, "").replace(/[\s",\\]/g, encodeURIComponent);
  if (ipxe) files.set("ipxe", `${url}/${bootPath(mac, "ipxe")}`);
  if (loaders.includes("grub")) files.set("uefi", GRUB_LOADER);
  else if (ipxe && atLeast(target, "7.0")) files.set("uefi", "ipxe.efi");
  if (loaders.includes("pxelinux")) files.set("bios", "pxelinux.0");
  else if (ipxe && target !== "xs9") files.set("bios", "undionly.kpxe");
  return files;
}

export function dhcpLines(spec: DhcpSpec): DhcpLines {
  const files = firstFiles(spec);
  return { dnsmasq: dnsmasq(spec, files), isc: isc(spec, files) };
}

/** Option 93, the client's architecture (RFC 4578): 0 is a BIOS; 7 and 9 are 64-bit UEFI, whose two numbers firmware mixes up. */
const UEFI = [7, 9];

/** A tag for the host, others for the kinds of clients. The same lines of several hosts may follow each other. */
function dnsmasq({ mac, tftpServer }: DhcpSpec, files: ReadonlyMap<Client, string>): string {
  const host = `csp-${normalMac(mac).replaceAll(":", "")}`;
  const server = tftpServer === undefined ? "" : `,,${tftpServer}`;
  const match = {
    ipxe: ["dhcp-match=set:csp-ipxe,175"],
    uefi: UEFI.map((number) => `dhcp-match=set:csp-uefi,option:client-arch,${number}`),
    bios: ["dhcp-match=set:csp-bios,option:client-arch,0"],
  };
  const kinds = [...files.keys()];
  return [
    `dhcp-mac=set:${host},${normalMac(mac)}`,
    ...kinds.flatMap((kind) => match[kind]),
    ...kinds.map((kind) => {
      const other = kind !== "ipxe" && files.has("ipxe") ? ",tag:!csp-ipxe" : "";
      return `dhcp-boot=tag:${host},tag:csp-${kind}${other},${files.get(kind)}${server}`;
    }),
    "",
  ].join("\n");
}

/** A host's block. PXE clients say their architecture in option 60 as well, whose name every dhcpd has. */
function isc({ mac, tftpServer }: DhcpSpec, files: ReadonlyMap<Client, string>): string {
  const architecture = (number: number) =>
    `substring (option vendor-class-identifier, 0, 20) = "PXEClient:Arch:${String(number).padStart(5, "0")}"`;
  const asks = {
    ipxe: 'exists user-class and option user-class = "iPXE"',
    uefi: UEFI.map(architecture).join(" or "),
    bios: architecture(0),
  };
  const choices = [...files].map(
    ([kind, file], index) => `  ${index === 0 ? "if" : "elsif"} ${asks[kind]} {\n    filename "${file}";\n  }`,
  );
  return [
    `host csp-${normalMac(mac).replaceAll(":", "")} {`,
    `  hardware ethernet ${normalMac(mac)};`,
    ...(tftpServer === undefined ? [] : [`  next-server ${tftpServer};`]),
    ...choices,
    "}",
    "",
  ].join("\n");
}

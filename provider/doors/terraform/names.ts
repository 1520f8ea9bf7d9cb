/**
 * Terraform's names for what the core calls otherwise. Both follow from the core's own: a field is its snake case, a resource "csp_" and
 * the snake case of its token's last part, a data source the same without "get". Exceptions are below and nowhere else.
 */

/** Tokens whose name would not say enough outside their module. */
const NAMED: Readonly<Record<string, string>> = {
  "csp:install:Repository": "csp_install_repository",
  "csp:index:explainPacket": "csp_packet_verdict",
  "csp:firewall:compilePolicy": "csp_compiled_policy",
};

/** Words that Terraform keeps for itself in the blocks of resources and data sources (internal/configs: resource blocks), and ours instead. */
const RESERVED: Readonly<Record<string, string>> = {
  connection: "host_connection",
  count: "how_many",
  id: "own_id",
  provider: "of_provider",
  timeouts: "own_timeouts",
};

/** "csp:firewall:GuestFirewall" is "csp_guest_firewall", "csp:index:getGuests" is "csp_guests". */
export function typeName(token: string): string {
  const last = token.slice(token.lastIndexOf(":") + 1).replace(/^get(?=[A-Z])/, "");
  return NAMED[token] ?? `csp_${snakeCase(last)}`;
}

/** "icmpType" is "icmp_type", "bootURL" is "boot_url", "sha256" stays. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** The name of a field: of one at the top of a resource, another than the word Terraform keeps for itself. */
export function attributeName(field: string, atTop: boolean): string {
  const name = snakeCase(field);
  return (atTop ? RESERVED[name] : undefined) ?? name;
}

/** Lists of blocks whose name ends as a plural does and is none. */
const SINGULAR: ReadonlySet<string> = new Set(["requires"]);

/** One of several blocks: "interfaces" are written `interface { ... }`, one after the other; "ingress" is a singular already. */
export function singular(name: string): string {
  return SINGULAR.has(name) || !/[^s]s$/.test(name) ? name : name.slice(0, -1);
}

/** Who asks, as it is written on hosts: "project/stack name (csp:firewall:GuestFirewall)". From the URN (urn:pulumi:stack::project::types::name). */
export function ownerOf(urn: string): string {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack} ${name.join("::")} (${types.split("$").at(-1)})`;
}

/** "csp:firewall:IpSet" out of a URN. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

import { App, TerraformIterator, TerraformOutput, TerraformStack, Testing } from "cdktn";
import { CspProvider, DataCspGuests, GuestFirewall, GuestGroup, Host, InstallServer, IpSet, TenantNetwork } from "../../cdk";

interface Synthesised {
  readonly provider: { readonly csp: readonly object[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly data?: unknown;
}

/** The synthesized stack, without the parts that say where it came from. */
function synth(build: (stack: TerraformStack) => void): Synthesised {
  const stack = new TerraformStack(new App({ stackTraces: false }), "test");
  build(stack);
  return JSON.parse(Testing.synth(stack), (key, value: unknown) => (key === "//" ? undefined : value)) as Synthesised;
}

/** A reference in JSON syntax. */
const hcl = (expression: string) => `\${${expression}}`;

const WEB = { uuid: "6c1a0000-0000-4000-8000-00000000000b" };
const nic = (address: string) => [{ device: 0, mac: "02:00:00:20:00:0b", addresses: [address] }];

describe("constructs", () => {
  test("become Terraform's names, at every depth, and keys of maps stay unchanged", () => {
    const { provider, resource } = synth((stack) => {
      new CspProvider(stack, "csp", { hosts: { "hv-A": { address: "192.0.2.1", inlineBastion: { address: "gw", privateKeyFile: "k" } } } });
      const host = new Host(stack, "hv", { host: "hv-A", guestPorts: ["vif"] });
      const set = new IpSet(stack, "set", { host: host.host, name: "blocklist", maxElements: 8, dependsOn: [host] });
      new GuestFirewall(stack, "web", {
        host: host.host,
        guest: WEB,
        interfaces: [{ ...nic("10.0.0.1")[0]!, antiSpoofing: "mac" }],
        ingress: [{ name: "ping", icmpType: "8", from: [set.peer] }],
        timeouts: { create: "5m" },
        lifecycle: { preventDestroy: true },
      });
    });
    expect(provider.csp).toEqual([
      { hosts: { "hv-A": { address: "192.0.2.1", inline_bastion: { address: "gw", private_key_file: "k" } } } },
    ]);
    expect(resource.csp_ip_set?.set).toEqual({
      host: hcl("csp_host.hv.host"),
      name: "blocklist",
      max_elements: 8,
      depends_on: ["csp_host.hv"],
    });
    expect(resource.csp_guest_firewall?.web).toEqual({
      host: hcl("csp_host.hv.host"),
      guest: WEB,
      interface: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.0.0.1"], anti_spoofing: "mac" }],
      ingress: [{ name: "ping", icmp_type: "8", from: [hcl("csp_ip_set.set.peer")] }],
      timeouts: { create: "5m" },
      lifecycle: { prevent_destroy: true },
    });
  });

  test("are written as HCL too: every value unchanged, blocks as blocks, keys of maps unchanged", () => {
    const stack = new TerraformStack(new App({ stackTraces: false }), "test");
    new CspProvider(stack, "csp", { hosts: { "hv-A": { address: "192.0.2.1", privateKey: 'a\nb "c"' } } });
    const host = new Host(stack, "hv", { host: "hv-A" });
    const guest = { guest: WEB, interfaces: nic("10.0.0.1"), ingress: [{ name: "http", ports: ["80"], from: [host.host] }] };
    new GuestFirewall(stack, "web", { host: host.host, ...guest, timeouts: { create: "5m" } });
    const lines = Testing.synthHcl(stack).split("\n");
    for (const line of [
      "hv-A = {",
      'private_key = "a\\nb \\"c\\""',
      'host = "hv-A"',
      `host = "${hcl("csp_host.hv.host")}"`,
      '"80",',
      "timeouts {",
      "guest {",
      "interface {",
      "ingress {",
    ])
      expect(lines).toContain(line);
  });

  test("one block for each element of a list that Terraform only knows later, in its own words", () => {
    const { resource } = synth((stack) => {
      const ports = TerraformIterator.fromList([hcl("var.ports")]);
      const ingress = ports.dynamic({ name: hcl("ingress.value"), protocol: "tcp", ports: [hcl("ingress.value")] });
      new GuestFirewall(stack, "web", { host: "hv-01", guest: WEB, interfaces: nic("10.0.0.1"), ingress });
    });
    expect(resource.csp_guest_firewall?.web).toMatchObject({ dynamic: { ingress: { content: { protocol: "tcp" } } } });
  });

  // From a variable, which the compiler does not check.
  test.each<[string, object, RegExp]>([
    [
      "misspelt in a rule",
      { ingress: [{ name: "ssh", form: ["10.0.0.1"] }] },
      /GuestFirewall .*web, ingress\[0\]\.form: .*did you mean "from"/,
    ],
    ["in Terraform's words", { ingress: [{ name: "ping", icmp_type: "8" }] }, /ingress\[0\]\.icmp_type: .*did you mean "icmpType"/],
    ["in an interface", { interfaces: [{ ...nic("10.0.0.1")[0], adresses: [] }] }, /interfaces\[0\]\.adresses: .*did you mean "addresses"/],
    ["in a block", { guest: { ...WEB, id: "1" } }, /guest\.id: .*the fields are uuid, name/],
    ["two levels down", { ingress: [{ name: "a", limit: { rate: "1/second", bursts: 1 } }] }, /ingress\[0\]\.limit\.bursts: .*"burst"/],
    ["in a group", { groups: [{ name: "g", ingres: [] }] }, /groups\[0\]\.ingres: .*"ingress"/],
    ["at the top", { ingres: [] }, /web, ingres: .*"ingress"/],
    ["of another level", { from: ["10.0.0.1"] }, /web, from: there is no such field/],
  ])("a field that there is not is refused: %s", (_what, wrong, said) => {
    const build = (config: object) => () =>
      synth((stack) => new GuestFirewall(stack, "web", { host: "hv-01", guest: WEB, interfaces: nic("10.0.0.1"), ...config }));
    expect(build({})).not.toThrow();
    expect(build(wrong)).toThrow(said);
  });

  test("and in a host's entry", () => {
    const hosts = { "hv-A": { address: "192.0.2.1", hostkey: "x" } };
    expect(() => synth((stack) => new CspProvider(stack, "csp", { hosts, alias: "a" }))).toThrow(
      /CspProvider .*hosts\["hv-A"\]\.hostkey: .*"hostKey"/,
    );
  });

  test("outputs and data sources can be referred to", () => {
    const { data } = synth((stack) => {
      const guests = new DataCspGuests(stack, "guests", { host: "hv-01" });
      new TerraformOutput(stack, "all", { value: guests.guests });
    });
    expect(data).toEqual({ csp_guests: { guests: { host: "hv-01" } } });
  });

  test("GuestGroup: one group, whose members are its guests' addresses, and a firewall for each", () => {
    const { resource } = synth((stack) => {
      new GuestGroup(stack, "db", {
        ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:db"] }],
        guests: { "db-1": { host: "hv-01", guest: WEB, interfaces: nic("10.0.0.1") } },
      });
    });
    const [[group, groupArgs] = []] = Object.entries(resource.csp_security_group ?? {});
    expect(groupArgs).toMatchObject({ name: "db", members: ["10.0.0.1"] });
    expect(Object.values(resource.csp_guest_firewall ?? {})).toEqual([
      { host: "hv-01", guest: WEB, interface: nic("10.0.0.1"), groups: [`\${csp_security_group.${group}.policy}`] },
    ]);
  });

  test("InstallServer: a repository, and for each host an answerfile and boot files that wait for what they refer to", () => {
    const { resource } = synth((stack) => {
      new InstallServer(stack, "rack", {
        root: "/srv/www",
        url: "http://192.0.2.10",
        target: "5.6",
        base: "media",
        packScript: "post-install.sh",
        answers: { primaryDisk: { device: "sda" } },
        hosts: { "hv-01": { mac: "00:16:3e:00:00:01", adminInterface: { mac: "00:16:3e:00:00:01", ipv4: { method: "dhcp" } } } },
      });
    });
    const [repository, answerfile] = ["csp_install_repository", "csp_answerfile"].map((type) => Object.keys(resource[type] ?? {})[0]);
    expect(Object.values(resource.csp_answerfile ?? {})).toEqual([
      {
        server: "localhost",
        path: "/srv/www/answers/hv-01.xml",
        target: "5.6",
        source: [{ type: "url", address: "http://192.0.2.10/repository" }],
        script: [{ stage: "installation-complete", url: "http://192.0.2.10/repository/post-install.sh" }],
        hostname: "hv-01",
        primary_disk: { device: "sda" },
        admin_interface: { mac: "00:16:3e:00:00:01", ipv4: { method: "dhcp" } },
        depends_on: [`csp_install_repository.${repository}`],
      },
    ]);
    expect(Object.values(resource.csp_network_boot ?? {})).toMatchObject([
      { root: "/srv/www/tftp", answerfile: "http://192.0.2.10/answers/hv-01.xml", depends_on: [`csp_answerfile.${answerfile}`] },
    ]);
  });

  test("TenantNetwork: its ranges, isolation, and addresses outside of the ranges are refused", () => {
    const tenant = (address: string) => (stack: TerraformStack) =>
      new TenantNetwork(stack, "tenant-a", {
        cidrs: ["10.1.0.0/16"],
        isolated: true,
        guests: { "a-1": { host: "hv-01", guest: WEB, interfaces: nic(address) } },
      });
    const { resource } = synth(tenant("10.1.0.1"));
    expect(Object.values(resource.csp_security_group ?? {})).toMatchObject([
      { name: "tenant-a", members: ["10.1.0.0/16"], ingress: [{ name: "within-tenant", from: ["10.1.0.0/16"] }] },
    ]);
    expect(Object.values(resource.csp_guest_firewall ?? {})).toMatchObject([{ egress_default: "drop" }]);
    expect(() => synth(tenant("10.2.0.1"))).toThrow(expect.objectContaining({ code: "tenant-address-outside" }));
  });
});

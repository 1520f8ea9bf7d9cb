import { createLab, type Lab } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const adoption = resourceOf("csp:index:Host");
const guestFirewall = resourceOf("csp:firewall:GuestFirewall");

/** What the declaration of one guest must not do to another guest, each a resource of its own; and a guest that the frame would not see. */
describeWith(["root"], "guests of one host, each declared by itself", () => {
  let lab: Lab;
  let adopted: State;
  let web: State;
  const csp = new Csp("shop/dev", () => lab.hosts);
  const { context, warnings } = csp;
  const declared = (name: string, more: Record<string, unknown> = {}) => {
    const { uuid, mac, spec } = lab.guest(name);
    const addresses = spec.interfaces[0]?.addresses.map((address) => address.split("/")[0]);
    return guestFirewall.inputs.parse({ host: "hv-01", guest: { uuid }, interfaces: [{ device: 0, mac, addresses, ...more }] });
  };
  const preview = async (name: string, more?: Record<string, unknown>) => {
    warnings.length = 0;
    csp.hosts.get("hv-01").forget();
    await guestFirewall.preview?.(context(), declared(name, more));
    return [...warnings];
  };
  const create = async (name: string, more?: Record<string, unknown>) => {
    const inputs = declared(name, more);
    return { inputs, ...(await guestFirewall.create(context(), inputs)) };
  };
  const keep = async (conntrackZones: string) => {
    const inputs = adoption.inputs.parse({ host: "hv-01", conntrackZones });
    const outputs =
      adopted === undefined
        ? (await adoption.create(context(), inputs)).outputs
        : await adoption.update(context(), "hv-01", adopted as never, inputs as never);
    adopted = { inputs, outputs } as State;
  };

  beforeAll(async () => {
    lab = await createLab(
      {
        name: ownName("between"),
        hosts: [{ name: "hv-01", bridges: [{ name: "xenbr0" }, { name: "xenbr1" }] }],
        guests: [
          { name: "web", host: "hv-01", addresses: ["10.45.0.11/24"] },
          { name: "twin", host: "hv-01", bridge: "xenbr1", addresses: ["10.45.0.11/24"] },
          { name: "wide", host: "hv-01", addresses: ["10.45.0.64/24"] },
          { name: "odd", host: "hv-01", port: "srv0", addresses: ["10.45.0.13/24"] },
        ],
      },
      { replace: true },
    );
    await keep("by-bridge");
    web = (await create("web")) as unknown as State;
  });
  afterAll(async () => {
    csp.close();
    await lab?.down();
  });

  test("one address on two bridges is allowed if each bridge has its own connection table", async () => {
    expect(await preview("twin")).toEqual([]);
  });

  test("if the bridges share a table, the preview names the other guest", async () => {
    await keep("shared");
    expect(await preview("twin")).toEqual([
      expect.stringMatching(
        /^host hv-01: guests \S+ and \S+ both have 10\.45\.0\.11, on xenbr1 and on xenbr0, and share one table of connections: .* Set `conntrackZones: "by-bridge"` of its csp\.Host\.$/,
      ),
    ]);
    await keep("by-bridge");
    expect(await preview("twin")).toEqual([]);
  });

  test("a range over another guest's address is refused in the preview and in the change", async () => {
    const range = { addressRanges: ["10.45.0.0/26"] };
    const refusal = { code: "range-taken", message: expect.stringMatching(/10\.45\.0\.0\/26 and 10\.45\.0\.11 of guest \S+ overlap/) };
    await expect(preview("wide", range)).rejects.toMatchObject(refusal);
    await expect(create("wide", range)).rejects.toMatchObject(refusal);
    await preview("wide", { addressRanges: ["10.45.0.64/26"] });
  });

  test("an address in another guest's range is refused, but not if that guest is on another bridge", async () => {
    const made = await create("wide", { addressRanges: ["10.45.0.12/30"] });
    await expect(preview("odd")).rejects.toMatchObject({ code: expect.stringMatching(/^(range-taken|port-unnamed)$/) });
    await expect(preview("twin", { addresses: ["10.45.0.13"] })).resolves.toEqual([]);
    await guestFirewall.delete(context(), made.id, made as never);
  });

  test("a guest with VLANs is refused where no arptables works, for nothing else looks at ARP below its tags", async () => {
    const host = lab.host("hv-01");
    const tools = ["arptables", "arptables-legacy"].map((tool) => `/usr/local/sbin/${tool}`).join(" ");
    expect(await preview("wide", { vlans: [5] })).toEqual([]);
    await host.run(`for tool in ${tools}; do printf '#!/bin/sh\nexit 1\n' >$tool; chmod 755 $tool; done`);
    try {
      await expect(preview("wide", { vlans: [5] })).rejects.toMatchObject({
        code: "trunk-unguarded",
        message: expect.stringMatching(/^guest \S+, interface 0, on host hv-01: it has VLANs, and the host has no arptables/),
      });
      await expect(preview("wide", { vlans: [5], antiSpoofing: "off" })).resolves.toEqual([]);
    } finally {
      await host.run(`rm ${tools}`);
    }
    expect(await preview("wide", { vlans: [5] })).toEqual([]);
  });

  test("a guest behind a port that has no guest port's name is refused in the preview", async () => {
    // The bridge has seen the guest's MAC.
    await lab.exec("odd", ["ping", "-c", "1", "-W", "1", "10.45.0.64"]);
    const mac = lab.guest("odd").mac;
    await expect(preview("odd")).rejects.toMatchObject({
      code: "port-unnamed",
      message: expect.stringMatching(
        new RegExp(`its MAC ${mac} is at port srv0 of bridge xenbr0.*\`guestPorts\` of the csp\\.Host \\("srv"\\)`),
      ),
    });
    // After an update without a preview, the next refresh reports it.
    await expect(create("odd")).resolves.toBeDefined();
  });

  test("if that happens later, the refresh says so", async () => {
    const odd = declared("odd");
    const { uuid } = lab.guest("odd");
    csp.hosts.get("hv-01").forget();
    const found = await guestFirewall.read(context(), `hv-01/${uuid}`, { inputs: odd, outputs: { uuid } } as never);
    expect(found?.outputs.drift).toEqual([
      `guest ${uuid}: interface 0 is at port srv0, whose name does not begin like a guest port's: it is not led to the guest's rules`,
    ]);
    const fine = await guestFirewall.read(context(), `hv-01/${lab.guest("web").uuid}`, web as never);
    expect(fine?.outputs.drift).toEqual([]);
  });
});

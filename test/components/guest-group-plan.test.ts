import fc from "fast-check";
import { planGuestGroup } from "../../components/guest-group-plan";
import { planTenantNetwork, WITHIN } from "../../components/tenant-network-plan";
import { covers, parseCidr } from "../../provider/firewall/values/spelling";
import { refusal } from "../support/refusal";

const later = Symbol("known only later");

function guest(uuid: string, addresses: readonly unknown[] | typeof later = ["10.1.0.11"]) {
  return { host: "hv-01", guest: { uuid }, interfaces: [{ device: 0, mac: "02:00:00:00:00:01", addresses }] };
}

describe("a group of guests", () => {
  test("its guests' addresses are its members, besides declared ones; also values that are known only later", () => {
    const { group, guests } = planGuestGroup("web", {
      members: ["192.0.2.1", "10.1.0.12"],
      guests: { a: guest("A"), b: guest("B", ["10.1.0.12", later]), c: guest("C", later) },
    });
    expect(group).toEqual({ name: "web", members: ["192.0.2.1", "10.1.0.12", "10.1.0.11", later] });
    expect(Object.keys(guests)).toEqual(["a", "b", "c"]);
  });

  test("an address in a declared range is not a separate member", () => {
    const { group } = planGuestGroup("web", { members: ["10.1.0.0/16"], guests: { a: guest("A", ["10.1.0.11", "10.2.0.11", "fd00::1"]) } });
    expect(group.members).toEqual(["10.1.0.0/16", "10.2.0.11", "fd00::1"]);
  });

  test("one guest twice is refused, whatever the case of its UUID", () => {
    const error = refusal(() => planGuestGroup("web", { guests: { a: guest("6C1A"), b: guest("6c1a") } }));
    expect(error.code).toBe("group-guest-twice");
    expect(error.message).toMatch(/guest group web: guests\.b\.guest\.uuid.*"a"/s);
  });
});

describe("a tenant's network", () => {
  const outside = { name: "https", protocol: "tcp", ports: ["443"] };
  const dns = { name: "dns", protocol: "udp", ports: ["53"], to: ["192.0.2.53"] };

  test("its guests reach each other, and only what the rules allow comes in", () => {
    const plan = planTenantNetwork("t", {
      cidrs: ["10.1.0.5/16", "FD00::/8"],
      ingress: [outside],
      egress: [dns],
      guests: { a: guest("A") },
    });
    expect(plan).toEqual({
      ingress: [{ name: WITHIN, from: ["10.1.0.0/16", "fd00::/8"] }, outside],
      egress: [dns],
      members: ["10.1.0.0/16", "fd00::/8"],
      guests: { a: guest("A") },
    });
  });

  test("an isolated one sends out only what the rules allow", () => {
    const plan = planTenantNetwork("t", { cidrs: ["10.1.0.0/16"], egress: [dns], isolated: true, guests: { a: guest("A") } });
    expect(plan.egress).toEqual([{ name: WITHIN, to: ["10.1.0.0/16"] }, dns]);
    expect(plan.guests.a).toEqual({ ...guest("A"), egressDefault: "drop" });
  });

  test.each([
    ["no range", [], ["10.1.0.1"], "tenant-no-range", "cidrs"],
    ["a range that is none", ["10.1.0.0/16", "tenant"], ["10.1.0.1"], "tenant-not-a-range", "cidrs[1]"],
    ["an address outside", ["10.1.0.0/16"], ["10.1.0.1", "10.2.0.1"], "tenant-address-outside", "guests.a.interfaces[0].addresses[1]"],
    ["a range larger than the tenant's", ["10.1.0.0/16"], ["10.0.0.0/8"], "tenant-address-outside", "guests.a.interfaces[0].addresses[0]"],
    ["the other family", ["10.1.0.0/16"], ["fd00::1"], "tenant-address-outside", "guests.a.interfaces[0].addresses[0]"],
  ])("%s is refused", (_, cidrs, addresses, code, field) => {
    const error = refusal(() => planTenantNetwork("t", { cidrs, guests: { a: guest("A", addresses) } }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`tenant network t: ${field}`);
  });

  test("values that are not an address, or not yet, are left to the provider", () => {
    const guests = { a: guest("A", ["not an address", later]), b: guest("B", later) };
    expect(planTenantNetwork("t", { cidrs: ["10.1.0.0/16"], guests }).guests).toBe(guests);
  });
});

test("a range contains exactly the addresses with its first bits", () => {
  const bits = (text: string, length: number) =>
    text
      .split(".")
      .map((octet) => Number(octet).toString(2).padStart(8, "0"))
      .join("")
      .slice(0, length);
  // Short ranges: otherwise hardly any range would contain another.
  const cidr = (longest: number) =>
    fc.record({ address: fc.ipV4(), prefix: fc.integer({ min: 0, max: longest }) }).map(({ address, prefix }) => `${address}/${prefix}`);
  fc.assert(
    fc.property(cidr(4), cidr(32), (wide, narrow) => {
      const [range, inner] = [wide, narrow].map(parseCidr);
      if (range === undefined || inner === undefined) throw new Error("not read");
      const expected = inner.prefix >= range.prefix && bits(inner.address, range.prefix) === bits(range.address, range.prefix);
      expect(covers(range, inner)).toBe(expected);
    }),
    { verbose: true },
  );
});

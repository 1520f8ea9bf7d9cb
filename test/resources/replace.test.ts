import { UNKNOWN } from "../../provider/core/define";
import { oldGoesFirst } from "../../provider/core/plan";
import { resourceOf } from "../../provider/resources";

const guest = { uuid: "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e" };

describe("a guest's firewall that takes another's place", () => {
  test.each<[string, object, object, boolean]>([
    ["on the same host, by another name of the guest", { host: "hv-01" }, { host: "hv-01" }, true],
    ["on one of the same hosts", { hosts: ["hv-01", "hv-02"] }, { host: "hv-02" }, true],
    ["on other hosts", { host: "hv-01" }, { hosts: ["hv-02", "hv-03"] }, false],
    ["on hosts of which one is not known yet", { host: "hv-01" }, { hosts: [UNKNOWN, "hv-02"] }, false],
    ["on hosts that are not known yet, and may be the same", { host: "hv-01" }, { hosts: UNKNOWN }, true],
  ])("%s", (_what, before, after, first) => {
    expect(oldGoesFirst(resourceOf("csp:firewall:GuestFirewall"), { guest, ...before }, { guest, ...after })).toBe(first);
  });
});

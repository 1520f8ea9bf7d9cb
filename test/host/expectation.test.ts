import fc from "fast-check";
import { validate } from "../../provider/core/validate";
import { backendStands, backendSteps, hasBridgeBackend } from "../../provider/host/adopt/backend";
import { begins, type Expectation, mismatches, productMismatches, sentence } from "../../provider/host/adopt/expectation";
import { becoming, lacksPack } from "../../provider/host/adopt/upgrade";
import { type HostFacts, parseFacts } from "../../provider/host/look/facts";
import { hasVersion, type InstalledPack, packOf, parseRpms } from "../../provider/host/look/packs";
import { hostResource } from "../../provider/resources/host";
import { notNew } from "../../provider/resources/host/arrival";
import { formatPath } from "../../provider/schema/field";

const OLD = "7c5a1f0e-1111-4222-8333-444455556666";
const NEW = "0b9d2c3e-9999-4888-8777-666655554444";
const CLOUD: InstalledPack = { name: "xs:xenserver-cloud-supp", version: "5.6.100-50867p" };
const TOOLS = { arptables: "0.0.3", ebtables: "2.0.9", ipset: "4.5" };

/** What a host's script printed, as the script prints it. */
test("only tools that csp knows become words of scripts, whatever a host names", () => {
  const dialectOf = (line: string) => parseFacts(`uid 0\n${line}\n`).dialect;
  expect(dialectOf("arptables arptables-legacy").arptables).toBe("arptables-legacy");
  expect(dialectOf("arptables x'; reboot; '")).toEqual({ wait: false, ebtables: "legacy", backend: "legacy" });
  expect(dialectOf("zones nft'; reboot; '\nebtables nft'; reboot; '")).toEqual({ wait: false, ebtables: "legacy", backend: "legacy" });
});

const printed = (lines: readonly string[]) => parseFacts(`uid 0\nhostname hv-01\n${lines.join("\n")}\n`);
const inventory = (brand: string, version: string, installation = OLD) => [
  `inventory PRODUCT_BRAND ${brand}`,
  `inventory PRODUCT_VERSION ${version}`,
  `inventory INSTALLATION_UUID ${installation}`,
];
const tools = Object.entries(TOOLS).map(([tool, version]) => `tool ${tool} ${version}`);
const CSP_KERNEL = "kernel 2.6.32.12-0.7.1.xs5.6.100.307.170586cspxen";
const STOCK_KERNEL = "kernel 2.6.32.12-0.7.1.xs5.6.100.307.170586xen";
const pack = `pack <?xml version="1.0"?> <repository originator="xs" name="xenserver-cloud-supp" product="XenServer" version="5.6.100" build="50867p">  <description>Cloud</description> </repository> `;
const CSP = printed([CSP_KERNEL, ...inventory("XenServer", "5.6.100"), pack, "backend bridge", "switching bridge", ...tools]);
const STOCK = printed([STOCK_KERNEL, ...inventory("XenServer", "5.6.100"), "backend bridge", "switching bridge"]);
const XCP = printed([
  "kernel 4.19.0+1",
  ...inventory("XCP-ng", "8.3.0", NEW),
  "first-boot over",
  "backend openvswitch",
  "switching openvswitch",
  "switch-command yes",
  ...tools,
]);

describe("what a host says about its installation", () => {
  test("XenServer 5.6 SP2 with the pack", () => {
    expect(CSP).toMatchObject({
      brand: "XenServer",
      version: "5.6.100",
      product: "XenServer 5.6.100",
      installation: OLD,
      kernelFlavour: "csp",
    });
    expect(CSP.packs).toEqual([CLOUD]);
    expect(CSP.firstBootOver).toBe(true);
  });
  test("XCP-ng 8 during its first boot; a host without an inventory", () => {
    expect(printed(inventory("XCP-ng", "8.3.0")).firstBootOver).toBe(false);
    const debian = printed([
      "os Debian GNU/Linux 12 (bookworm)",
      "brand Debian GNU/Linux",
      "version 12",
      "machine 0123456789abcdef0123456789abcdef",
    ]);
    expect(debian).toMatchObject({
      brand: "Debian GNU/Linux",
      version: "12",
      installation: "0123456789abcdef0123456789abcdef",
      firstBootOver: true,
    });
    expect(debian).toMatchObject({ networkBackend: "bridge", nextBackend: "bridge" });
  });
  test.each<[what: string, lines: string[], steps: string[]]>([
    ["bridge, and nothing is loaded", ["backend bridge", "switching bridge"], []],
    ["Open vSwitch", ["backend openvswitch", "switching openvswitch", "switching bridge"], ["switch", "reboot"]],
    ["Open vSwitch by its old word", ["backend vswitch", "switching openvswitch"], ["switch", "reboot"]],
    ["switched, and not rebooted", ["backend bridge", "switching openvswitch"], ["reboot"]],
    ["switched away from the bridge, and not rebooted", ["backend openvswitch", "switching bridge"], ["switch"]],
    ["a word nobody knows is Open vSwitch", ["backend brigde"], ["switch", "reboot"]],
    ["no word at all as well", [], ["switch", "reboot"]],
  ])("backend: %s", (_, lines, steps) => {
    const facts = printed([...inventory("XCP-ng", "8.3.0"), ...lines]);
    expect(backendSteps(facts)).toEqual(steps);
    if (steps.length > 0) expect(backendStands(facts)).toContain("Open vSwitch");
  });
  test("an invalid XS-REPOSITORY is not a pack", () => {
    for (const text of ["", "<repository", "<packages/>", '<repository originator="xs" name="x"/>']) expect(packOf(text)).toBeUndefined();
    expect(parseRpms("package nothing is not installed\nrpm csp-pack 5.6.100-50867p\n")).toEqual([
      { name: "csp-pack", version: "5.6.100-50867p" },
    ]);
  });
});

describe("expect: a field that differs is named, with what is declared, what was found and what to do", () => {
  test.each<[what: string, facts: HostFacts, expected: Expectation, rpms: InstalledPack[], found: [string, RegExp, RegExp][]]>([
    [
      "all of it",
      CSP,
      { product: "xenserver", version: "5.6", kernel: "csp", packs: [{ name: "xenserver-cloud-supp", version: "5.6.100" }] },
      [],
      [],
    ],
    ["the pack by its full name and build", CSP, { packs: [{ name: "xs:xenserver-cloud-supp", version: "5.6.100-50867p" }] }, [], []],
    ["by its RPM", CSP, { packs: [{ name: "csp-pack" }] }, [{ name: "csp-pack", version: "5.6.100-50867p" }], []],
    [
      "another product",
      XCP,
      { product: "XenServer" },
      [],
      [["expect.product", /declared XenServer, found XCP-ng/, /install XenServer on it/]],
    ],
    ["another version", CSP, { version: "6.0.2" }, [], [["expect.version", /declared 6\.0\.2, found 5\.6\.100/, /install 6\.0\.2/]]],
    ["8.3 is not 8.30", { ...XCP, version: "8.30.0" }, { version: "8.3" }, [], [["expect.version", /found 8\.30\.0/, /./]]],
    [
      "no pack at all",
      STOCK,
      { kernel: "csp" },
      [],
      [["expect.kernel", /declared csp, found 2\.6.*xen$/, /pack is missing.*reinstall the host with packages\.cloud-supp/]],
    ],
    [
      "the pack, and not its kernel",
      STOCK,
      { kernel: "csp" },
      [{ name: "csp-pack", version: "5.6.100-50867p" }],
      [["expect.kernel", /./, /post-install\.sh .* did not run/]],
    ],
    ["a kernel that version has not", XCP, { kernel: "csp" }, [], [["expect.kernel", /./, /only XenServer 5\.6 SP2 has a csp kernel/]]],
    [
      "the csp kernel where none was wanted",
      CSP,
      { kernel: "standard" },
      [],
      [["expect.kernel", /declared standard/, /boot the product's own kernel/]],
    ],
    [
      "a pack that is missing",
      STOCK,
      { packs: [{ name: "acme-nic" }] },
      [],
      [['expect.packs["acme-nic"]', /not installed/, /put acme-nic into the XS-REPOSITORY-LIST/]],
    ],
    [
      "a pack of another version",
      CSP,
      { packs: [{ name: "xenserver-cloud-supp", version: "5.6.101" }] },
      [],
      [['expect.packs["xenserver-cloud-supp"]', /declared 5\.6\.101, found 5\.6\.100-50867p/, /./]],
    ],
    [
      "two at once",
      STOCK,
      { version: "8.3", kernel: "csp" },
      [],
      [
        ["expect.version", /./, /./],
        ["expect.kernel", /./, /./],
      ],
    ],
  ])("%s", (_, facts, expected, rpms, found) => {
    const seen = mismatches(expected, facts, rpms);
    expect(seen.map(({ field }) => field)).toEqual(found.map(([field]) => field));
    for (const [index, [, said, remedy]] of found.entries()) {
      expect(sentence(seen[index]!)).toMatch(said);
      expect(seen[index]!.remedy).toMatch(remedy);
    }
  });

  test("what a host says about itself meets the same expectation", () => {
    const arcs = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(arcs, fc.nat({ max: 3 }), fc.constantFrom("XenServer", "XCP-ng"), (all, cut, brand) => {
        const version = all.join(".");
        const start = all.slice(0, Math.max(1, all.length - cut)).join(".");
        expect(productMismatches({ product: brand.toUpperCase(), version: start }, { brand, version })).toEqual([]);
        expect(begins(version, start)).toBe(true);
        // One more digit makes the last number another one.
        expect(begins(`${version}0`, version)).toBe(false);
        expect(hasVersion({ name: "x", version: `${version}-7p` }, version)).toBe(true);
      }),
    );
  });
});

describe("how a host has changed", () => {
  const before = { product: "XenServer 5.6.100", version: "5.6.100", installation: OLD };
  const upgraded = (version: string, more: string[]) => printed([...more, ...inventory("XenServer", version)]);
  test.each<[what: string, facts: HostFacts, became: string]>([
    ["nothing", CSP, "same"],
    ["reinstalled", XCP, "reinstalled"],
    ["6.0.2 without the tools of its pack", upgraded("6.0.2", ["kernel 2.6.32.12-0.7.1.xs6.0.2.542.170665xen"]), "upgraded-without-pack"],
    ["6.0.2 with them", upgraded("6.0.2", ["kernel 2.6.32.12-0.7.1.xs6.0.2.542.170665xen", ...tools]), "upgraded"],
    ["a later 5.6 without the kernel", upgraded("5.6.101", [STOCK_KERNEL, ...tools]), "upgraded-without-pack"],
    ["6.2, which has all of it", upgraded("6.2.0", ["kernel 2.6.32.43"]), "upgraded"],
  ])("%s", (_, facts, became) => expect(becoming(before, facts)).toBe(became));
  test("nothing is known about the time before", () => {
    expect(becoming(undefined, STOCK)).toBe("same");
    expect(becoming({ ...before, installation: "" }, XCP)).toBe("same");
    expect([lacksPack(STOCK), lacksPack(CSP), lacksPack(XCP)]).toEqual([true, false, false]);
  });
});

describe("install: csp does not take the old system for the new one", () => {
  const install = { minutes: 45 };
  test.each<[what: string, declared: Parameters<typeof notNew>[0], facts: HostFacts, standing: RegExp | undefined]>([
    [
      "the installation that goes is still there",
      { install: { ...install, replaces: OLD.toUpperCase() } },
      CSP,
      /is to be replaced is still there .*5\.6\.100/,
    ],
    ["another one of the same version", { install: { ...install, replaces: NEW } }, CSP, undefined],
    [
      "another one of the wrong version is the new one, and wrong",
      { expect: { version: "8.3" }, install: { ...install, replaces: NEW } },
      CSP,
      undefined,
    ],
    ["told by its version", { expect: { version: "8.3" }, install }, CSP, /another system is still there .*found 5\.6\.100/],
    ["without a word on either, whatever answers", { install }, CSP, undefined],
    ["a kernel that is wrong is not waited for", { expect: { version: "5.6", kernel: "csp" }, install }, STOCK, undefined],
    ["the first boot is not over", { install }, printed(inventory("XCP-ng", "8.3.0")), /first boot is not complete/],
  ])("%s", (_, declared, facts, standing) => {
    if (standing === undefined) expect(notNew(declared, facts)).toBeUndefined();
    else expect(notNew(declared, facts)).toMatch(standing);
  });
});

describe("an expectation that no host can meet is refused without asking a host", () => {
  test.each<[what: string, inputs: object, path: string, cause: RegExp]>([
    [
      "XenServer 9",
      { expect: { product: "XenServer", version: "9.0" } },
      "expect.version",
      /from version 9 on, XenServer connects guests by Open vSwitch only/,
    ],
    ["a csp kernel of 8.3", { expect: { version: "8.3", kernel: "csp" } }, "expect.kernel", /only XenServer 5\.6 SP2 has one/],
    [
      "a pack twice",
      { expect: { version: "5.6", packs: [{ name: "a" }, { name: "a" }] } },
      "expect.packs[1].name",
      /the pack a is declared twice/,
    ],
    ["a pack with no name", { expect: { packs: [{ name: "a b" }] } }, "expect.packs[0].name", /not the name of a pack/],
    ["an installation that is none", { install: { replaces: "the old one" } }, "install.replaces", /not an INSTALLATION_UUID/],
    ["no time at all", { install: { minutes: 0 } }, "install.minutes", /less than a minute/],
  ])("%s", (_, inputs, path, cause) => {
    const issues = validate(hostResource, { host: "hv-01", ...inputs });
    expect(issues.map((issue) => formatPath(issue.path))).toEqual([path]);
    expect(issues[0]!.cause).toMatch(cause);
  });
  test("an expectation that a host can meet is accepted", () => {
    const good = {
      expect: { product: "XenServer", version: "8.4.0", packs: [{ name: "csp-pack" }] },
      install: { replaces: OLD },
      reboot: "when-empty",
    };
    expect(validate(hostResource, { host: "hv-01", ...good })).toEqual([]);
    expect([hasBridgeBackend("XCP-ng", "9.0"), hasBridgeBackend("XenServer", "8.4.0"), hasBridgeBackend("XenServer", "10.0")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

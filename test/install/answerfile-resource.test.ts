import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { UNKNOWN } from "../../provider/core/define";
import { validate } from "../../provider/core/validate";
import { createHosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import type { Context } from "../../provider/host/session/task";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { hashPassword, isHashOf, sha512Crypt } from "../../provider/install/answerfile/sha512-crypt";
import { TARGETS, type Target } from "../../provider/install/targets";
import { answerfile } from "../../provider/resources/answerfile";
import { formatPath } from "../../provider/schema/field";

const folder = mkdtempSync(join(tmpdir(), "csp-answerfile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hosts = createHosts({ inventory: {}, hostFactory: (...of) => new RemoteHost(...of) });
const warnings: string[] = [];
const context = (owner = "shop/prod hv-01 (csp:install:Answerfile)"): Context => ({
  hosts,
  owner,
  signal: new AbortController().signal,
  status: () => {},
  warn: (text) => warnings.push(text),
});

const path = join(folder, "hv-01.xml");
/** What every version takes. */
const base = {
  path,
  sources: [{ type: "url", address: "http://192.0.2.1/install" }],
  scripts: [{ stage: "installation-complete", url: "http://192.0.2.1/post-install.sh" }],
  primaryDisk: { device: "sda" },
  adminInterface: { name: "eth0", ipv4: { method: "static", address: "192.0.2.10", netmask: "255.255.255.0", gateway: "192.0.2.1" } },
  rootPassword: "correct horse",
  nameServers: ["192.0.2.53"],
  ntpServers: ["192.0.2.123"],
  hostname: "hv-01",
  timezone: "Europe/Berlin",
};
const inputsFor = (target: Target, change: object = {}) => answerfile.inputs.parse({ target, ...base, ...change });
const issues = (inputs: object) => validate(answerfile, inputs).map(({ path: at, cause }) => `${formatPath(at)}: ${cause}`);

describe("golden answerfiles", () => {
  const golden = (target: Target, change: object = {}) => {
    const inputs = inputsFor(target, { rootPassword: undefined, rootPasswordHash: "$6$salt$hash", ...change });
    expect(issues(inputs)).toEqual([]);
    return answerfile.create(context(), { ...inputs, path: join(folder, `${target}.xml`) }).then(({ outputs }) => outputs.content);
  };
  test("5.6, in its own words", async () => {
    expect(await golden("5.6", { primaryDisk: { device: "sda", guestStorage: true } })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<installation>
  <source type="url">http://192.0.2.1/install</source>
  <primary-disk gueststorage="true">sda</primary-disk>
  <admin-interface name="eth0" proto="static">
    <ip>192.0.2.10</ip>
    <subnet-mask>255.255.255.0</subnet-mask>
    <gateway>192.0.2.1</gateway>
  </admin-interface>
  <root-password type="hash">$6$salt$hash</root-password>
  <nameserver>192.0.2.53</nameserver>
  <hostname>hv-01</hostname>
  <timezone>Europe/Berlin</timezone>
  <ntp-servers>192.0.2.123</ntp-servers>
  <network-backend>bridge</network-backend>
  <script stage="installation-complete" type="url">http://192.0.2.1/post-install.sh</script>
</installation>
`);
  });
  test("8.3", async () => {
    expect(
      await golden("8.3", {
        srType: "ext",
        gpgCheck: true,
        ntpSource: "manual",
        services: { sshd: "enabled" },
        bootloaderLocation: "mbr",
        adminInterface: {
          mac: "00:16:3e:01:02:03",
          vlan: 7,
          ipv4: { method: "none" },
          ipv6: { method: "static", address: "2001:db8::10/64", gateway: "2001:db8::1" },
        },
      }),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<installation sr-type="ext" gpgcheck="true">
  <source type="url">http://192.0.2.1/install</source>
  <primary-disk>sda</primary-disk>
  <admin-interface hwaddr="00:16:3e:01:02:03" vlan="7" proto="none" protov6="static">
    <ipv6>2001:db8::10/64</ipv6>
    <gatewayv6>2001:db8::1</gatewayv6>
  </admin-interface>
  <root-password type="hash">$6$salt$hash</root-password>
  <name-server>192.0.2.53</name-server>
  <hostname>hv-01</hostname>
  <timezone>Europe/Berlin</timezone>
  <ntp source="manual"/>
  <ntp-server>192.0.2.123</ntp-server>
  <network-backend>bridge</network-backend>
  <bootloader location="mbr">grub2</bootloader>
  <service name="sshd" state="enabled"/>
  <script stage="installation-complete" type="url">http://192.0.2.1/post-install.sh</script>
</installation>
`);
  });
  test("an upgrade and a restore", async () => {
    const bare = {
      sources: [],
      scripts: [],
      primaryDisk: undefined,
      adminInterface: undefined,
      rootPasswordHash: undefined,
      nameServers: [],
      ntpServers: [],
      hostname: undefined,
      timezone: undefined,
    };
    expect(
      await golden("8.2", {
        ...bare,
        mode: "upgrade",
        sources: [{ type: "local" }],
        existingInstallation: "sda",
        path: join(folder, "up.xml"),
      }),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<installation mode="upgrade">\n  <source type="local"/>\n  <existing-installation>sda</existing-installation>\n  <network-backend>bridge</network-backend>\n</installation>\n',
    );
    expect(await golden("7.0", { ...bare, mode: "restore", backupDisk: "sdb" })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<restore>\n  <backup-disk>sdb</backup-disk>\n</restore>\n',
    );
  });
});

test.each(TARGETS.filter((target) => target !== "xs9"))("what is made for %s has nothing for lint to say", async (target) => {
  const inputs = inputsFor(target);
  expect(issues(inputs)).toEqual([]);
  const file = join(folder, `lint-${target}.xml`);
  const { outputs } = await answerfile.create(context(), { ...inputs, path: file });
  expect(lintAnswerfile(readFileSync(file), { target, csp: true })).toEqual([]);
  expect(outputs.content).toBe(readFileSync(file, "utf8"));
});

describe("what a version's installer would stop at is refused at the right field", () => {
  test.each<[Target, object, string]>([
    ["8.3", { sources: [] }, "sources: source is missing"],
    ["8.3", { primaryDisk: undefined }, "primaryDisk: primary-disk is missing"],
    ["6.1", { timezone: undefined }, "timezone: timezone is missing"],
    [
      "8.3",
      { adminInterface: { name: "eth0", ipv4: { method: "static", address: "192.0.2.10", netmask: "255.255.255.0" } } },
      "adminInterface.ipv4.gateway: a static address needs gateway",
    ],
    [
      "5.6",
      { adminInterface: { name: "eth0", ipv4: { method: "static", address: "192.0.2.10", gateway: "192.0.2.1" } } },
      "adminInterface.ipv4.netmask: a static address needs subnet-mask",
    ],
    [
      "8.3",
      {
        adminInterface: {
          name: "eth0",
          ipv4: { method: "static", address: "192.0.2.300", netmask: "255.255.255.0", gateway: "192.0.2.1" },
        },
      },
      'adminInterface.ipv4.address: "192.0.2.300" is not an IPv4 address',
    ],
    ["8.3", { adminInterface: { ipv4: { method: "dhcp" } } }, "adminInterface.name: neither name nor hwaddr"],
    ["8.3", { adminInterface: { name: "eth0", vlan: 4095, ipv4: { method: "dhcp" } } }, 'adminInterface.vlan: "4095" is not a VLAN'],
    ["7.0", { adminInterface: { name: "eth0", vlan: 5, ipv4: { method: "dhcp" } } }, "adminInterface.vlan: XenServer 7.0 does not read"],
    ["5.6", { scripts: [{ stage: "installation-complete", url: "https://192.0.2.1/x" }] }, "scripts[0].url:"],
    ["8.3", { sources: [{ type: "nfs", address: "192.0.2.1/x" }] }, "sources[0].address:"],
    ["8.3", { sources: [{ type: "url" }] }, "sources[0]: it has no address"],
    ["8.2", { services: { sshd: "enabled" }, ntpSource: "manual" }, "ntpSource: XCP-ng 8.2 does not read"],
    ["7.5", { services: { sshd: "enabled" } }, "services.sshd: XCP-ng 7.5 does not read"],
    ["8.3", { zapUtilityPartitions: true }, "zapUtilityPartitions: XCP-ng 8.3 does not read"],
    ["8.3", { ntpSource: "dhcp" }, "ntpServers[0]: servers are given, but the source is dhcp"],
    ["8.3", { bootloader: "extlinux" }, 'bootloader: "extlinux" is not one of grub2'],
    ["8.3", { networkBackend: "openvswitch" }, "networkBackend: a CSP host needs the Linux bridge"],
    ["xs9", {}, "networkBackend: XenServer 9 has Open vSwitch only"],
    ["5.6", { mode: "restore" }, "mode: XenServer 5.6 SP2 cannot restore"],
    ["8.3", { mode: "upgrade" }, "existingInstallation: existing-installation is missing"],
    ["8.3", { rootPasswordHash: "$6$a$b" }, "rootPasswordHash: the password is given twice"],
    ["5.6", { scripts: [{ stage: "installation-start", url: "http://192.0.2.1/x" }] }, "scripts[0].stage: XenServer 5.6 SP2 has no stage"],
    ["6.5", { sources: [...base.sources, ...base.sources] }, "sources[1].address: XenServer 6.5 reads the first source only"],
    ["xs8", { hostname: "h\u00f6st" }, 'hostname: "h\u00f6st" has a character that is not ASCII'],
    ["8.3", { rootPassword: "p\u00e4ss", rootPasswordInClear: true }, "rootPassword: the password has a character that is not ASCII"],
    ["8.3", { rootPassword: " pass", rootPasswordInClear: true }, "rootPassword: it begins or ends with a blank"],
    [
      "8.3",
      { rootPassword: undefined, rootPasswordHash: "a secret" },
      "rootPasswordHash: it is not the hash of a password, so that nobody",
    ],
    ["8.3", { hostname: "h " }, "hostname: it begins or ends with a blank"],
    ["xs9", { adminInterface: { name: "enp1s0", ipv4: { method: "dhcp" } } }, 'adminInterface.name: no interface has the name "enp1s0"'],
    ["8.3", { guestDisks: ["iscsi:192.0.2.1:::1:iqn.x"] }, "guestDisks[0]: installers from 7.6 on no longer know iscsi: disks"],
    ["8.3", { hostname: "a\u0001b" }, "hostname: it has a character that XML cannot hold"],
  ])("%s %j", (target, change, said) => {
    expect(issues({ target, ...base, ...change }).join("\n")).toContain(said);
  });

  test("values that are not known yet are not refused", () => {
    const adminInterface = { name: UNKNOWN, ipv4: { method: "static", address: UNKNOWN, netmask: "255.255.255.0", gateway: UNKNOWN } };
    expect(
      issues({
        target: "8.3",
        ...base,
        rootPassword: UNKNOWN,
        hostname: UNKNOWN,
        sources: [{ type: "url", address: UNKNOWN }],
        adminInterface,
      }),
    ).toEqual([]);
    expect(issues({ target: "8.3", ...base, sources: UNKNOWN })).toEqual([]);
    expect(issues({ target: UNKNOWN, ...base, primaryDisk: undefined })).toEqual([]);
    expect(issues({ target: "8.3", ...base, adminInterface: { ...adminInterface, vlan: 5000 } })).toHaveLength(1);
  });
});

describe("its life on a server", () => {
  test("published with only the password's hash, unchanged by a second update, drift read back, imported, removed", async () => {
    const inputs = inputsFor("8.3");
    const { id, outputs } = await answerfile.create(context(), inputs);
    expect(id).toBe(`localhost${path}`);
    const first = readFileSync(path, "utf8");
    expect(first).not.toContain("correct horse");
    expect(isHashOf(/type="hash">([^<]*)/.exec(first)?.[1] ?? "", "correct horse")).toBe(true);
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), "utf8")).not.toContain("correct horse");

    const known = { inputs, outputs: answerfile.outputs.parse(outputs) };
    const again = await answerfile.update(context(), id, known, inputs);
    expect(again).toEqual(outputs);
    expect(readFileSync(path, "utf8")).toBe(first);
    expect(await answerfile.read(context(), id, known)).toEqual(known);

    writeFileSync(path, first.replace("hv-01", "hv-02"));
    expect((await answerfile.read(context(), id, known))?.outputs.drift).toEqual([
      expect.stringMatching(/line 12 is " {2}<hostname>hv-02.* instead of .*hv-01/),
    ]);
    writeFileSync(path, first.replace(/type="hash">[^<]*/, 'type="plaintext">mine'));
    const [leaked] = (await answerfile.read(context(), id, known))?.outputs.drift ?? [];
    expect(leaked).toMatch(/: line 10 is another instead of another$/);
    await answerfile.update(context(), id, known, inputs);
    expect(readFileSync(path, "utf8")).toBe(first);

    const other = await answerfile.update(context(), id, known, { ...inputs, rootPassword: "battery staple" });
    expect(isHashOf(other.publishedPasswordHash ?? "", "battery staple")).toBe(true);

    // Of a client that keeps no password: the hash is what it was, and is held against the file.
    const without = { ...inputs, rootPassword: undefined };
    const keeping = { ...context(), kept: new Set(["rootPassword"]) };
    const unkept = { inputs: without, outputs: answerfile.outputs.parse(other) };
    expect(await answerfile.update(keeping, id, unkept, without)).toEqual(other);
    expect(await answerfile.read(context(), id, unkept)).toEqual(unkept);
    writeFileSync(path, other.content.replace(/type="hash">[^<]*/, 'type="hash">$$6$$mine$$mine'));
    expect((await answerfile.read(context(), id, unkept))?.outputs).toMatchObject({
      publishedPasswordHash: other.publishedPasswordHash,
      drift: [expect.stringMatching(/another instead of another$/)],
    });
    await answerfile.update(keeping, id, unkept, without);

    const recalled = answerfile.inputs.parse(await answerfile.recall(context(), id));
    expect(recalled).toEqual({ ...inputs, rootPassword: undefined });
    const imported = await answerfile.read(context(), id, { inputs: recalled, outputs: {} });
    expect(imported?.outputs.drift).toEqual([]);

    await answerfile.delete(context(), id, known);
    expect(existsSync(path)).toBe(false);
    expect(await answerfile.read(context(), id, known)).toBeUndefined();
    expect(await answerfile.recall(context(), id)).toBeUndefined();
    expect(readdirSync(folder).filter((name) => name.includes("hv-01"))).toEqual([]);
  });

  test("a file of somebody else is already refused in the preview", async () => {
    writeFileSync(path, "precious");
    const inputs = inputsFor("8.3");
    await expect(answerfile.preview?.(context(), inputs)).rejects.toThrow("a file with this name is there already");
    await expect(answerfile.create(context(), inputs)).rejects.toThrow("a file with this name is there already");
    await expect(answerfile.recall(context(), `localhost${path}`)).rejects.toThrow("it cannot be imported: csp did not put it there");
    expect(readFileSync(path, "utf8")).toBe("precious");
    rmSync(path);
    await answerfile.create(context("other/stack a (csp:install:Answerfile)"), inputs);
    await expect(answerfile.preview?.(context(), inputs)).rejects.toThrow("it belongs to other/stack a");
  });

  test("warnings are shown and stop nothing; the password is not in the file unless somebody asks for it", async () => {
    warnings.length = 0;
    const inputs = inputsFor("8.3", { path: join(folder, "clear.xml"), rootPasswordInClear: true, timezone: "europe/berlin" });
    expect(issues(inputs)).toEqual([]);
    await answerfile.preview?.(context(), inputs);
    expect(warnings.map((text) => text.split(":")[0]).sort()).toEqual(["W7 timezone", "W8 rootPassword"]);
    await answerfile.create(context(), inputs);
    expect(readFileSync(inputs.path, "utf8")).toContain('<root-password type="plaintext">correct horse</root-password>');
  });
});

describe("SHA-512 crypt", () => {
  test("agrees with openssl", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."./09AZaz"), minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 100 }), letters, (password, salt) => {
        const theirs = execFileSync("openssl", ["passwd", "-6", "-salt", salt, "-stdin"], {
          input: `${password}\n`,
          encoding: "utf8",
        }).trim();
        expect(sha512Crypt(password, salt)).toBe(theirs);
      }),
      { numRuns: 25 },
    );
  });
  test("a new salt each time, and the password found again", () => {
    const [one, two] = [hashPassword("x"), hashPassword("x")];
    expect(one).not.toBe(two);
    expect([isHashOf(one, "x"), isHashOf(two, "x"), isHashOf(one, "y"), isHashOf("$1$abc$def", "x"), isHashOf("", "")]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

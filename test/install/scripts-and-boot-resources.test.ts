import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type State, UNKNOWN } from "../../provider/core/define";
import { validate } from "../../provider/core/validate";
import { BRIDGE_SYSCTLS } from "../../provider/host/remote/sysctls";
import { createHosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import type { Context } from "../../provider/host/session/task";
import { DISPATCHER } from "../../provider/install/boot/files";
import { networkBoot } from "../../provider/resources/network-boot";
import { postInstall } from "../../provider/resources/post-install";
import { formatPath } from "../../provider/schema/field";

const folder = mkdtempSync(join(tmpdir(), "csp-published-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hosts = createHosts({ inventory: {}, hostFactory: (...of) => new RemoteHost(...of) });
const warnings: string[] = [];
const context = (owner = "shop/prod a (csp:install:NetworkBoot)"): Context => ({
  hosts,
  owner,
  signal: new AbortController().signal,
  status: () => {},
  warn: (text) => warnings.push(text),
});
const read = (path: string) => readFileSync(join(folder, path), "utf8");

const boot = (change: object = {}) =>
  networkBoot.inputs.parse({
    root: folder,
    mac: "00-16-3E-01-02-03",
    target: "8.3",
    loaders: ["pxelinux", "grub"],
    answerfile: "http://192.0.2.1/hv-01.xml",
    ...change,
  });
const script = (change: object = {}) =>
  postInstall.inputs.parse({
    path: join(folder, "post-install.sh"),
    target: "8.3",
    sysctls: { "net.bridge.bridge-nf-call-iptables": "1" },
    ...change,
  });
const issues = (definition: typeof networkBoot | typeof postInstall, inputs: object) =>
  validate(definition, inputs).map(({ path, cause }) => `${formatPath(path)}: ${cause}`);

test("network boot: a host's files, what hosts share, drift, another choice of loaders, removal", async () => {
  const inputs = boot();
  expect(issues(networkBoot, inputs)).toEqual([]);
  const { id, outputs } = await networkBoot.create(context(), inputs);
  expect(id).toBe(`localhost${folder}/00:16:3e:01:02:03`);
  expect(Object.keys(outputs.files).sort()).toEqual([
    join(folder, "EFI/xenserver/00:16:3e:01:02:03.cfg"),
    join(folder, "pxelinux.cfg/01-00-16-3e-01-02-03"),
  ]);
  expect(read("EFI/xenserver/grub.cfg")).toBe(DISPATCHER);
  const known: State<typeof networkBoot.inputs, typeof networkBoot.outputs> = { inputs, outputs: networkBoot.outputs.parse(outputs) };
  expect(await networkBoot.read(context(), id, known)).toEqual(known);
  expect(networkBoot.inputs.parse(await networkBoot.recall(context(), id))).toEqual(inputs);

  const second = boot({ mac: "00:16:3e:01:02:04", loaders: ["grub"] });
  const other = await networkBoot.create(context("shop/prod b (csp:install:NetworkBoot)"), second);

  writeFileSync(join(folder, "pxelinux.cfg/01-00-16-3e-01-02-03"), "LOCALBOOT 0\n");
  expect((await networkBoot.read(context(), id, known))?.outputs.drift).toEqual([
    expect.stringContaining('line 1 is "LOCALBOOT 0" instead of "# Made by csp'),
  ]);
  await networkBoot.update(context(), id, known, inputs);
  expect(read("pxelinux.cfg/01-00-16-3e-01-02-03")).toContain("KERNEL mboot.c32");

  await networkBoot.update(context(), id, known, boot({ loaders: ["pxelinux"] }));
  expect(existsSync(join(folder, "EFI/xenserver/00:16:3e:01:02:03.cfg"))).toBe(false);
  expect(existsSync(join(folder, "EFI/xenserver/grub.cfg"))).toBe(true);

  await networkBoot.delete(context(), other.id, { inputs: second, outputs: networkBoot.outputs.parse(other.outputs) });
  expect(existsSync(join(folder, "EFI/xenserver/grub.cfg"))).toBe(false);
  await networkBoot.delete(context(), id, known);
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  expect(readdirSync(join(folder, "pxelinux.cfg"))).toEqual([]);
});

test("network boot: the file that leads hosts to their own is kept as it must be, and an earlier csp's is replaced", async () => {
  const root = join(folder, "upgraded");
  const inputs = boot({ root, loaders: ["grub"] });
  const { id, outputs } = await networkBoot.create(context(), inputs);
  const known: State<typeof networkBoot.inputs, typeof networkBoot.outputs> = { inputs, outputs: networkBoot.outputs.parse(outputs) };
  const shared = join(root, "EFI/xenserver/grub.cfg");
  const drift = async () => (await networkBoot.read(context(), id, known))?.outputs.drift;
  expect(await drift()).toEqual([]);
  rmSync(shared);
  expect(await drift()).toEqual([`${shared} is gone`]);

  // What csp published before: `regexp`, which the products' GRUB does not have, and the host's file by another name.
  const earlier = `# Made by csp: leads every host to its own file.
insmod regexp
regexp --set=1:a --set=2:b --set=3:c --set=4:d --set=5:e --set=6:f '^(..):(..):(..):(..):(..):(..)$' "$net_default_mac"
configfile /EFI/xenserver/01-$a-$b-$c-$d-$e-$f.cfg
`;
  const [path, earlierPath] = [join(root, "EFI/xenserver/00:16:3e:01:02:03.cfg"), join(root, "EFI/xenserver/01-00-16-3e-01-02-03.cfg")];
  writeFileSync(shared, earlier);
  renameSync(path, earlierPath);
  const record = join(root, ".boot-00-16-3e-01-02-03.csp");
  writeFileSync(record, readFileSync(record, "utf8").replace(path, earlierPath));
  expect(await drift()).toEqual([
    `${path} is gone`,
    expect.stringContaining(`${shared}: line 2 is "insmod regexp" instead of "configfile`),
  ]);
  await networkBoot.update(context(), id, known, inputs);
  expect(readdirSync(dirname(path)).sort()).toEqual(["00:16:3e:01:02:03.cfg", "grub.cfg"]);
  expect(readFileSync(shared, "utf8")).toBe(DISPATCHER);
  expect(await drift()).toEqual([]);

  // Another host's file of an earlier csp needs it still.
  const other = join(root, "EFI/xenserver/01-00-16-3e-01-02-04.cfg");
  writeFileSync(other, "menuentry a {\n}\n");
  await networkBoot.delete(context(), id, known);
  expect(existsSync(shared)).toBe(true);
  rmSync(other);
  await networkBoot.delete(context(), id, known);
  expect(existsSync(shared)).toBe(false);
});

test("network boot: a GRUB menu of somebody else is left alone", async () => {
  mkdirSync(join(folder, "EFI/xenserver"), { recursive: true });
  writeFileSync(join(folder, "EFI/xenserver/grub.cfg"), "mine\n");
  const inputs = boot({ loaders: ["grub"] });
  const { id, outputs } = await networkBoot.create(context(), inputs);
  const known = { inputs, outputs: networkBoot.outputs.parse(outputs) };
  expect((await networkBoot.read(context(), id, known))?.outputs.drift).toEqual([]);
  await networkBoot.delete(context(), id, known);
  expect(read("EFI/xenserver/grub.cfg")).toBe("mine\n");
});

test.each<[object, string]>([
  [{ mac: "00:16:3e:01:02" }, "mac: it is not a MAC"],
  [{ loaders: [] }, "loaders: the list is empty"],
  [{ loaders: ["ipxe"] }, "baseUrl: iPXE fetches by URL"],
  [{ target: "6.5" }, "loaders: XenServer 6.5 does not install by UEFI"],
  [{ target: "xs9" }, "loaders: XenServer 9 does not install in legacy boot"],
  [{ target: "xs9", loaders: ["grub"] }, "target: XenServer 9 has Open vSwitch only"],
  [{ answerfile: "/hv.xml" }, 'answerfile: "/hv.xml": it is not a URL'],
  [{ target: "6.2", loaders: ["pxelinux"], answerfile: "https://192.0.2.1/a.xml" }, "answerfile:"],
  [{ networkDevice: "bond0" }, 'networkDevice: "bond0" is not an interface'],
  [{ networkConfig: "static:ip=192.0.2.10" }, "networkConfig: static needs netmask"],
  [{ networkConfig: "dhcp:vlan=0" }, "networkConfig:"],
  [{ networkConfig: "static:ip=192.0.2.10;netmask=255.255.255.0;gw=192.0.2.1" }, 'networkConfig: the installer does not know "gw"'],
  [{ target: "6.5", loaders: ["pxelinux"], networkConfig: "dhcp:vlan=7" }, "networkConfig: XenServer 6.5 does not read vlan"],
  [{ target: "5.6", loaders: ["pxelinux"], networkConfig: "dhcp" }, "networkConfig: XenServer 5.6 SP2 does not read network_config"],
  [{ target: "5.6", loaders: ["pxelinux"], networkDevice: "bond0" }, 'networkDevice: "bond0" is not an interface'],
  [{ target: "xs9", csp: false, loaders: ["ipxe"], baseUrl: "http://192.0.2.1" }, "loaders: iPXE leads to GRUB on UEFI"],
  [{ answerfile: "http://<server>/a.xml" }, "answerfile:"],
  [{ answerfile: "http://<server>/a.xml" }, "is still to be filled in"],
  [{ xenArguments: "com1=<speed>" }, 'xenArguments: "com1=<speed>" is still to be filled in'],
  [{ kernelArguments: ["sshpassword=<secret>"] }, 'kernelArguments: "sshpassword=<secret>" is still to be filled in'],
  [{ tftpServer: "192.0.2.256" }, "tftpServer: it is not an IPv4 address"],
  [{ kernelArguments: ["atexit=halt"] }, 'kernelArguments: "halt" is not one of'],
  [{ root: "/" }, "root: it is not an absolute path"],
])("network boot %j: %s", (change, said) => {
  expect(
    issues(networkBoot, {
      root: folder,
      mac: "00:16:3e:01:02:03",
      target: "8.3",
      loaders: ["pxelinux", "grub"],
      answerfile: "http://192.0.2.1/a.xml",
      ...change,
    }).join("\n"),
  ).toContain(said);
});

test("an import of files that somebody wrote by hand is refused by name; an import of missing files finds nothing", async () => {
  const place = join(folder, "by-hand");
  const byMac = `localhost${place}/00:16:3E:01:02:09`;
  expect(await networkBoot.recall(context(), byMac)).toBeUndefined();
  for (const [path, id, definition] of [
    ["post-install.sh", `localhost${place}/post-install.sh`, postInstall],
    ["pxelinux.cfg/01-00-16-3e-01-02-09", byMac, networkBoot],
  ] as const) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), "by hand\n");
    await expect(definition.recall(context(), id)).rejects.toThrow(
      new RegExp(`${path} on this machine: it cannot be imported: csp did not put it there.*Declare what it says`),
    );
  }
});

test("values that are not known yet are not refused", () => {
  expect(issues(networkBoot, { root: folder, mac: UNKNOWN, target: "8.3", loaders: ["pxelinux"], answerfile: UNKNOWN })).toEqual([]);
  expect(issues(postInstall, { path: join(folder, "x.sh"), target: "8.3", content: UNKNOWN })).toEqual([]);
});

test("post-install: a script from steps, or a user's own; drift; another owner's script is refused", async () => {
  const inputs = script();
  const path = join(folder, "post-install.sh");
  const { id, outputs } = await postInstall.create(context(), inputs);
  expect(read("post-install.sh")).toContain("/etc/sysctl.d/99-csp-install.conf");
  const known: State<typeof postInstall.inputs, typeof postInstall.outputs> = { inputs, outputs: postInstall.outputs.parse(outputs) };
  expect(await postInstall.read(context(), id, known)).toEqual(known);
  writeFileSync(path, read("post-install.sh").replace("bridge-nf-call-iptables = 1", "bridge-nf-call-iptables = 0"));
  expect((await postInstall.read(context(), id, known))?.outputs.drift).toHaveLength(1);
  await expect(postInstall.preview?.(context("other/stack x (csp:install:PostInstall)"), inputs)).rejects.toThrow(
    "it belongs to shop/prod a",
  );

  warnings.length = 0;
  const own = script({ sysctls: {}, stage: "installation-complete", content: "#!/bin/bash\necho done\n" });
  expect(issues(postInstall, own)).toEqual([]);
  await postInstall.preview?.(context(), own, known);
  expect(warnings).toEqual([expect.stringContaining("W14")]);
  await postInstall.update(context(), id, known, own);
  expect(read("post-install.sh")).toBe("#!/bin/bash\necho done\n");
  await postInstall.delete(context(), id, known);
  expect(existsSync(path)).toBe(false);
});

test.each<[target: string, callers: string, sysctls: string[]]>([
  ["5.6", "udev sysv", []],
  ["6.0", "xapi sysv", []],
  ["6.5", "xapi sysv", []],
  ["7.0", "xapi systemd", []],
  ["7.6", "xapi systemd", []],
  ["8.0", "xapi systemd", BRIDGE_SYSCTLS.map((key) => `sysctl ${key} 0`)],
  ["xs8", "xapi systemd", []],
])("the hook for %s is called by %s", async (target, callers, sysctls) => {
  const inputs = script({ target, hook: true });
  expect(issues(postInstall, inputs)).toEqual([]);
  const { id, outputs } = await postInstall.create(context(), inputs);
  const made = read("post-install.sh").split("\n");
  expect(made).toContain(`callers ${callers}`);
  expect(made.filter((line) => line.startsWith("sysctl "))).toEqual(sysctls);
  await postInstall.delete(context(), id, { inputs, outputs: postInstall.outputs.parse(outputs) });
  expect(issues(postInstall, script({ hook: false, content: "#!/bin/sh\n", sysctls: {} }))).toEqual([]);
});

test.each<[object, string]>([
  [{ content: "echo hello\n" }, "content: its first line does not begin with #!"],
  [{ target: "5.6", content: "#!/usr/bin/python\nimport sys\n" }, "content: XenServer 5.6 SP2 does not run scripts with /usr/bin/python"],
  [{ content: "#!/bin/sh\n", modules: ["bonding"] }, "modules: there is a whole script in `content`"],
  [{ target: "xs9" }, "target: XenServer 9 has Open vSwitch only"],
  [{ target: "xs9", csp: false, hook: true }, "hook: XenServer 9 has Open vSwitch only"],
  [{ content: "#!/bin/sh\n", hook: true }, "hook: there is a whole script in `content`"],
  [{ script: "xe-switch-network-backend openvswitch" }, "script: it switches the host to Open vSwitch"],
  [{ sysctls: { "a b": "1" } }, "it is not the name of a sysctl"],
  [{ sysctls: { "a.b": "1\n2" } }, "has a line break"],
  [{ authorizedKeys: ["ssh-ed25519 A\nssh-rsa B"] }, "authorizedKeys[0]: the key has a line break"],
  [{ modules: ["a;reboot"] }, "modules[0]: it is not the name of a module"],
  [{ files: [{ path: "etc/x", content: "" }] }, "files[0].path: it is not the absolute path"],
  [{ files: [{ path: "/etc/x", content: "", mode: "rw" }] }, "files[0].mode: it is not an octal mode"],
])("post-install %j: %s", (change, said) => {
  expect(issues(postInstall, { path: join(folder, "x.sh"), target: "8.3", ...change }).join("\n")).toContain(said);
});

import fc from "fast-check";
import { BOOT_ARGUMENTS, isRead } from "../../provider/install/boot/arguments";
import { dhcpLines } from "../../provider/install/boot/dhcp";
import { readBootFile } from "../../provider/install/boot/entries";
import { type BootSpec, bootFiles, DISPATCHER } from "../../provider/install/boot/files";
import { lintBoot } from "../../provider/install/boot/lint";
import { TARGETS, type Target } from "../../provider/install/targets";

const found = (text: string, target: Target, csp = false) =>
  lintBoot(Buffer.from(text), { target, csp }).map(({ rule, path, line }) => `${rule} ${path}:${line}`);

const pxelinux = (
  kernel: string,
  { head = "DEFAULT install\nLABEL install\n  KERNEL mboot.c32\n  APPEND ", tail = " --- xcp-ng/install.img" } = {},
) => `${head}xcp-ng/xen.gz dom0_mem=2048M --- xcp-ng/vmlinuz console=hvc0 ${kernel}${tail}\n`;
const grub = (kernel: string) =>
  `set timeout=0\nmenuentry "XCP-ng Install (serial)" {\n  multiboot2 /EFI/xcp-ng/xen.gz dom0_mem=2048M\n  module2 /EFI/xcp-ng/vmlinuz \\\n    console=hvc0 ${kernel}\n  module2 /EFI/xcp-ng/install.img\n}\n`;
const ipxe = (kernel: string) =>
  `#!ipxe\nkernel http://192.0.2.1/xen.gz dom0_mem=2048M\nmodule http://192.0.2.1/vmlinuz ${kernel}\nmodule http://192.0.2.1/install.img\nboot\n`;

const GOOD = "answerfile=http://192.0.2.1/hv-01.xml install network_device=00:16:3e:01:02:03";
/** In the words of 5.6. */
const OLD = GOOD.replace("network_device", "answerfile_device");
/** GRUB's first kind of Multiboot, which a BIOS starts. */
const grubBios = (kernel: string) => grub(kernel).replaceAll("multiboot2", "multiboot").replaceAll("module2", "module");

describe("what starts an installer, in all three kinds of files", () => {
  test.each<[string, Target]>([
    [pxelinux(OLD), "5.6"],
    [pxelinux(GOOD), "6.0"],
    [pxelinux(GOOD).replace("APPEND ", "APPEND -solo "), "8.3"],
    [grubBios(OLD), "5.6"],
    [grubBios(GOOD), "6.5"],
    [grubBios(GOOD), "8.3"],
    [grub(`${GOOD} 'network_config=static:ip=192.0.2.2;netmask=255.255.255.0'`), "8.3"],
    [grub(`${GOOD} "network_config=static:ip=192.0.2.2;netmask=255.255.255.0"`), "8.3"],
    [grub(`${GOOD} network_config=static:ip=192.0.2.2\\;netmask=255.255.255.0`), "8.3"],
    [
      'menuentry "it\'s" { multiboot2 /xen.gz ; module2 /vmlinuz answerfile=http://$net_default_server/a install network_device=eth0 ; module2 /install.img ; }',
      "8.3",
    ],
    [`# don't; never\n${grub(GOOD)}`, "8.3"],
    [pxelinux(GOOD), "8.3"],
    [pxelinux(GOOD).toLowerCase(), "8.3"],
    [pxelinux(GOOD).replaceAll("\n", "\r\n"), "8.3"],
    [`\ufeff# comment\n\n${pxelinux(GOOD)}`, "8.3"],
    [grub(GOOD), "7.0"],
    [grub(GOOD), "xs9"],
    [ipxe(OLD), "5.6"],
    [ipxe(GOOD), "xs9"],
    ["#!ipxe\nchain http://192.0.2.1/EFI/xenserver/grubx64.efi\n", "8.3"],
    ["configfile /EFI/xenserver/other.cfg\n", "8.3"],
    ["DEFAULT menu.c32\nINCLUDE other.cfg\n", "8.3"],
  ])("%j on %s: nothing to say", (text, target) => {
    expect(found(text, target)).toEqual([]);
  });
  test("entries, with their lines", () => {
    expect(readBootFile(grub(GOOD)).entries).toMatchObject([
      {
        name: "XCP-ng-Install-(serial)",
        line: 2,
        firmware: "uefi",
        modules: [{ line: 3 }, { image: "/EFI/xcp-ng/vmlinuz", line: 4 }, { line: 6 }],
      },
    ]);
    expect(
      readBootFile(`${pxelinux(GOOD)}LABEL local\n  LOCALBOOT 0\nLABEL again\n  COM32 mboot.c32\n  APPEND a --- b --- c\n`).entries.map(
        ({ name, line }) => [name, line],
      ),
    ).toEqual([
      ["install", 2],
      ["again", 7],
    ]);
    expect(readBootFile(ipxe(GOOD)).entries[0]?.modules.map(({ image }) => image)).toEqual([
      "http://192.0.2.1/xen.gz",
      "http://192.0.2.1/vmlinuz",
      "http://192.0.2.1/install.img",
    ]);
  });
});

test.each<[string, string, Target, string[]]>([
  ["nothing", "", "8.3", ["E2 pxelinux:1"]],
  ["text", "hello\nworld\n", "8.3", ["E2 pxelinux:1"]],
  ["another system", "LABEL linux\n  KERNEL vmlinuz\n  APPEND initrd=initrd.img quiet\n", "8.3", ["E2 pxelinux:1"]],
  ["iPXE that starts nothing", "#!ipxe\nshell\n", "8.3", ["E2 ipxe:1"]],
  ["no installer's root", pxelinux(GOOD, { tail: "" }), "8.3", ["E2 install:2"]],
  ["a kernel without mboot", `LABEL a\n  KERNEL vmlinuz\n  APPEND initrd=install.img ${GOOD}\n`, "8.3", ["E2 a:1"]],
  ["BIOS", pxelinux(GOOD), "xs9", ["E8 install:2"]],
  ["UEFI", grub(GOOD), "6.5", ["E8 XCP-ng-Install-(serial):2"]],
  ["both", pxelinux(`${GOOD} answerfile_generator=http://a/b`), "8.3", ["E1 install@answerfile_generator:4"]],
  ["a bare path", pxelinux("answerfile=/hv.xml install network_device=eth0"), "8.3", ["E9 install@answerfile:4"]],
  ["https", pxelinux("answerfile=https://a/b install network_device=eth0"), "6.2", ["E9 install@answerfile:4"]],
  ["https", pxelinux("answerfile=https://a/b install network_device=eth0"), "6.5", []],
  ["an empty address", grub("rt_answerfile= install network_device=eth0"), "8.3", ["E9 XCP-ng-Install-(serial)@rt_answerfile:4"]],
  ["no install", pxelinux("answerfile=http://a/b network_device=eth0"), "8.2", ["W12 install:4"]],
  ["no install", pxelinux("answerfile=http://a/b answerfile_device=eth0"), "5.6", ["W12 install:4"]],
  ["no install", pxelinux("answerfile=http://a/b network_device=eth0"), "8.3", []],
  ["no install", pxelinux("answerfile=http://a/b network_device=eth0"), "xs8", []],
  ["no interface", pxelinux("answerfile=http://a/b install"), "8.3", ["W13 install@network_device:4"]],
  ["all", pxelinux("answerfile=http://a/b install answerfile_device=all"), "8.3", ["W13 install@network_device:4"]],
  ["no such interface", pxelinux("answerfile=http://a/b install network_device=bond0"), "8.3", ["E3 install@network_device:4"]],
  ["in the image", pxelinux("answerfile=file:///answerfile.xml install"), "8.3", ["W11 install@network_device:4"]],
  ["in the image", pxelinux("answerfile=file:///answerfile.xml install network_device=eth0"), "8.3", []],
  ["misspelt", pxelinux("answer_file=http://a/b install network_device=eth0"), "8.3", ["W1 install@answer_file:4"]],
  ["other words", pxelinux(`${GOOD} quiet vga=785 sshpassword=x`), "8.3", []],
  ["a later word", pxelinux(`${GOOD} atexit=shell`), "6.0", ["E8 install@atexit:4"]],
  ["a later word", pxelinux(`${GOOD} atexit=shell`), "6.1", []],
  ["no such word", pxelinux(`${GOOD} atexit=halt`), "6.1", ["E3 install@atexit:4"]],
  ["of 7.0 only", pxelinux(`${GOOD} disable-uefi`), "7.1", ["E8 install@disable-uefi:4"]],
  ["unsigned", pxelinux(`${GOOD} no-repo-gpgcheck`), "8.3", ["W15 install@no-repo-gpgcheck:4"]],
  ["multipath", pxelinux(`${GOOD} device_mapper_multipath=on`), "8.3", ["E3 install@device_mapper_multipath:4"]],
  ...["yes", "TRUE", "1", "force", "Enabled", "no", "0", "false", "disabled", "if-multiple"].map(
    (word): [string, string, Target, string[]] => ["multipath", pxelinux(`${GOOD} device_mapper_multipath=${word}`), "8.3", []],
  ),
  ["arguments in place of Xen", pxelinux(GOOD).replace("xcp-ng/xen.gz ", ""), "8.3", ["E2 install:4"]],
  ["arguments in place of the kernel", pxelinux(GOOD).replace("xcp-ng/vmlinuz ", ""), "8.3", ["E2 install:4"]],
  ["a word in place of the root", pxelinux(GOOD, { tail: " --- install" }), "8.3", ["E2 install:4"]],
  [
    "Xen behind the kernel",
    pxelinux(GOOD).replace(/(xcp-ng.xen.gz.*) --- (xcp-ng.vmlinuz.*) ---/, "$2 --- $1 ---"),
    "8.3",
    ["E2 install:4", "E2 install:4", "E2 install:4"],
  ],
  ["neither Xen nor a kernel", pxelinux(GOOD).replace("xcp-ng/xen.gz ", "").replace("--- xcp-ng/vmlinuz ", ""), "8.3", ["E2 install:2"]],
  ["the answerfile behind Xen", pxelinux("").replace("dom0_mem=2048M", GOOD), "8.3", ["E2 install:4"]],
  ["to be filled in", pxelinux(GOOD.replace("192.0.2.1", "<SERVER>")), "8.3", ["E3 install@answerfile:4"]],
  ["to be filled in", pxelinux(GOOD.replace("00:16:3e:01:02:03", "<mac>")), "8.3", ["E3 install@network_device:4"]],
  ["to be filled in", pxelinux(`${GOOD} <more>`), "8.3", ["E3 install:4"]],
  ["to be filled in", pxelinux(GOOD).replaceAll("xcp-ng/", "<folder>/"), "8.3", ["E3 install:4", "E3 install:4", "E3 install:4"]],
  ["to be filled in", grub(GOOD.replace("192.0.2.1", "<SERVER>")), "8.3", ["E3 XCP-ng-Install-(serial)@answerfile:4"]],
  ["to be filled in", ipxe(GOOD.replace("192.0.2.1", "<SERVER>")), "8.3", ["E3 ipxe@answerfile:3"]],
  ["module2 for multiboot", grub(GOOD).replace("multiboot2", "multiboot"), "8.3", ["E2 XCP-ng-Install-(serial):2"]],
  ["module for multiboot2", grub(GOOD).replaceAll("module2", "module"), "8.3", ["E2 XCP-ng-Install-(serial):2"]],
  ["what comes if it fails", ipxe(`${GOOD} || goto install=no`).replace("install.img", "install.img && echo <done>"), "8.3", []],
  ["multiboot2", grub(OLD), "5.6", ["E8 XCP-ng-Install-(serial):2"]],
  ["multiboot", grubBios(GOOD), "xs9", ["E8 XCP-ng-Install-(serial):2"]],
  ["a semicolon", grub(`network_config=dhcp;vlan=7 ${GOOD}`), "8.3", ["E21 XCP-ng-Install-(serial):5"]],
  [
    "a semicolon",
    grub(`${GOOD} network_config=static:ip=192.0.2.2;netmask=255.255.255.0;gateway=192.0.2.1`),
    "8.3",
    ["E4 XCP-ng-Install-(serial)@network_config:4", "E21 XCP-ng-Install-(serial):5", "E21 XCP-ng-Install-(serial):5"],
  ],
  ["an ampersand", grub(GOOD.replace("hv-01.xml", "a?x=1&y=2")), "8.3", ["E21 XCP-ng-Install-(serial):4"]],
  ["a bar", grub(`${GOOD} a|b`), "8.3", ["E21 XCP-ng-Install-(serial):4"]],
  ["a dollar", grub(`${GOOD} sshpassword=a$`), "8.3", ["E21 XCP-ng-Install-(serial):4"]],
  ["an open quote", grub(`${GOOD} 'a`), "8.3", ["E21 XCP-ng-Install-(serial):4"]],
  ["before 6.0", pxelinux(GOOD), "5.6", ["E8 install@network_device:4"]],
  ["before 6.0", pxelinux(`${OLD} network_config=dhcp`), "5.6", ["E8 install@network_config:4"]],
  ["before 6.0", pxelinux(`${OLD} network_config=nonsense`), "5.6", ["E8 install@network_config:4"]],
  ["twice", pxelinux(`${GOOD} network_device=eth0`), "8.3", ["W23 install@network_device:4"]],
  [
    "twice, and the last one counts",
    pxelinux(`${GOOD} network_device=bond0`),
    "8.3",
    ["E3 install@network_device:4", "W23 install@network_device:4"],
  ],
  ["twice", pxelinux(`console=tty0 ${GOOD} console=hvc0`), "8.3", ["W23 install@console:4"]],
  [
    "twice, and the first one does not count",
    pxelinux(`device_mapper_multipath=on network_config=x ${GOOD} device_mapper_multipath=no network_config=dhcp`),
    "8.3",
    ["W23 install@network_config:4", "W23 install@device_mapper_multipath:4"],
  ],
  ["two consoles", pxelinux(`console=tty0 ${GOOD}`), "8.3", []],
  ["twice for Xen", pxelinux(GOOD).replace("dom0_mem=2048M", "console=com1 dom0_mem=2048M console=vga"), "8.3", ["W23 install@console:4"]],
  ["may be repeated", pxelinux(`${GOOD} map_netdev=eth0:s:a map_netdev=eth1:s:b`), "8.3", []],
])("%s: %j on %s", (_name, text, target, expected) => {
  expect(found(text, target)).toEqual(expected);
});

/** The same for the value of network_config alone. */
test.each<[string, Target, string[]]>([
  ["auto", "8.3", ["E3"]],
  ["", "8.3", ["E3"]],
  ["DHCP", "8.3", []],
  ["dhcp", "6.0", []],
  ["Static:IP=192.0.2.10;Netmask=255.255.255.0", "8.3", []],
  ["static:ip=192.0.2.10", "8.3", ["E4"]],
  ["static", "8.3", ["E4", "E4"]],
  ["static:ip=192.0.2.10;netmask=24", "8.3", ["E4"]],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;gateway=192.0.2.1;dns=192.0.2.53,192.0.2.54;domain=example.com", "6.0", []],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;gateway=router", "8.3", ["E4"]],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;dns=192.0.2.53,ns2", "8.3", ["E4"]],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;", "8.3", ["E3"]],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;nothing", "8.3", ["E3"]],
  ["static:ip=192.0.2.10;netmsk=255.255.255.0", "8.3", ["E3", "E4"]],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;gw=192.0.2.1", "8.3", ["E3"]],
  ["dhcp:vlan=5000", "8.3", ["E5"]],
  ["dhcp:vlan=0", "7.1", ["E5"]],
  ["dhcp:vlan=7", "7.1", []],
  ["dhcp:vlan=7", "7.0", ["E8"]],
  ["static:ip=192.0.2.10;netmask=255.255.255.0;vlan=7", "6.5", ["E8"]],
  ["dhcp:gateway=192.0.2.1", "8.3", ["W1"]],
])("network_config=%s on %s", (config, target, rules) => {
  expect(found(pxelinux(`${GOOD} network_config=${config}`), target)).toEqual(rules.map((rule) => `${rule} install@network_config:4`));
});

test("every argument, in every version: refused where the table says that it is not read, and nowhere else", () => {
  const wrong = TARGETS.filter((target) => target !== "xs9").flatMap((target) =>
    BOOT_ARGUMENTS.flatMap(({ name, value, usual, since, until }) => {
      const word = value === undefined ? name : `${name}=${usual ?? (name === "network_config" ? "dhcp" : "eth0")}`;
      const refused = found(pxelinux(word), target).includes(`E8 install@${name}:4`);
      return refused === isRead({ since, until }, target) ? [`${word} on ${target}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});

test("a CSP host on XenServer 9 is refused", () => {
  expect(found(grub(GOOD), "xs9", true)).toEqual(["E16 grub:1"]);
  expect(found(grub(GOOD), "8.3", true)).toEqual([]);
});

describe("made files", () => {
  const spec: BootSpec = {
    target: "8.3",
    mac: "00-16-3E-01-02-03",
    answerfile: "http://192.0.2.1/hv-01.xml",
    textStatus: false,
    kernelArguments: [],
    baseUrl: "http://192.0.2.1/boot/",
  };
  test.each(TARGETS)("of %s: lint finds no problems", (target) => {
    const uefi = !["5.6", "6.0", "6.1", "6.2", "6.5"].includes(target);
    for (const loader of ["pxelinux", "grub", "ipxe"] as const) {
      if ((loader === "pxelinux" && target === "xs9") || (loader === "grub" && !uefi)) continue;
      for (const text of bootFiles({ ...spec, target }, [loader]).values()) expect(found(text, target, target !== "xs9")).toEqual([]);
    }
  });
  test("of 8.3", () => {
    expect(Object.fromEntries(bootFiles(spec, ["pxelinux", "grub", "ipxe"]))).toEqual({
      "pxelinux.cfg/01-00-16-3e-01-02-03": `# Made by csp: XCP-ng 8.3 on 00:16:3e:01:02:03.
DEFAULT install
PROMPT 0
LABEL install
  KERNEL mboot.c32
  APPEND xcp-ng/xen.gz dom0_mem=2048M,max:2048M watchdog dom0_max_vcpus=4 com1=115200,8n1 console=com1,vga --- xcp-ng/vmlinuz console=hvc0 console=tty0 answerfile=http://192.0.2.1/hv-01.xml install network_device=00:16:3e:01:02:03 --- xcp-ng/install.img
`,
      "EFI/xenserver/00:16:3e:01:02:03.cfg": `# Made by csp: XCP-ng 8.3 on 00:16:3e:01:02:03.
set timeout=0
menuentry "install" {
  multiboot2 /xcp-ng/xen.gz dom0_mem=2048M,max:2048M watchdog dom0_max_vcpus=4 com1=115200,8n1 console=com1,vga
  module2 /xcp-ng/vmlinuz console=hvc0 console=tty0 answerfile=http://192.0.2.1/hv-01.xml install network_device=00:16:3e:01:02:03
  module2 /xcp-ng/install.img
}
`,
      "ipxe/01-00-16-3e-01-02-03.ipxe": `#!ipxe
# Made by csp: XCP-ng 8.3 on 00:16:3e:01:02:03.
iseq \${platform} efi && goto uefi ||
kernel http://192.0.2.1/boot/xcp-ng/xen.gz dom0_mem=2048M,max:2048M watchdog dom0_max_vcpus=4 com1=115200,8n1 console=com1,vga
module http://192.0.2.1/boot/xcp-ng/vmlinuz console=hvc0 console=tty0 answerfile=http://192.0.2.1/hv-01.xml install network_device=00:16:3e:01:02:03
module http://192.0.2.1/boot/xcp-ng/install.img
boot
:uefi
chain http://192.0.2.1/boot/EFI/xenserver/grubx64.efi
`,
    });
  });
  test("of 5.6, with the arguments of its installer", () => {
    expect(bootFiles({ ...spec, target: "5.6" }, ["pxelinux"]).get("pxelinux.cfg/01-00-16-3e-01-02-03")).toContain(
      "APPEND xenserver/xen.gz dom0_max_vcpus=2 dom0_mem=752M com1=115200,8n1 console=com1,vga --- xenserver/vmlinuz xencons=hvc console=hvc0 console=tty0 answerfile=http://192.0.2.1/hv-01.xml install answerfile_device=00:16:3e:01:02:03 --- xenserver/install.img\n",
    );
  });
  test("a semicolon does not end GRUB's command", () => {
    const text = bootFiles({ ...spec, networkConfig: "static:ip=192.0.2.10;netmask=255.255.255.0" }, ["grub"]).get(
      "EFI/xenserver/00:16:3e:01:02:03.cfg",
    );
    expect(text).toContain(" 'network_config=static:ip=192.0.2.10;netmask=255.255.255.0'\n");
  });
  test("a console that the user gives is not given twice, and stands where the user wants it", () => {
    const kernelArguments = ["console=ttyS0 console=hvc0"];
    const text = bootFiles({ ...spec, kernelArguments }, ["pxelinux"]).get("pxelinux.cfg/01-00-16-3e-01-02-03") ?? "";
    expect(text.match(/console=(tty\S*|hvc0)/g)).toEqual(["console=tty0", "console=ttyS0", "console=hvc0"]);
    expect(found(text, "8.3")).toEqual([]);
  });
  test("say the same to all three loaders, whatever the arguments contain", () => {
    // Words that mean something to PXELINUX or iPXE by themselves are no arguments.
    const word = fc.stringMatching(/^[!-~]{1,12}$/).filter((text) => !["---", "&&", "||"].includes(text) && !text.endsWith("\\"));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), fc.array(word, { maxLength: 3 }), (kernelArguments, xen) => {
        const files = [
          ...bootFiles({ ...spec, kernelArguments, xenArguments: ["a", ...xen].join(" ") }, ["pxelinux", "grub", "ipxe"]).values(),
        ];
        const [first, ...others] = files.map((text) =>
          readBootFile(text).entries.flatMap(({ modules }) => modules.map((module) => module.arguments)),
        );
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });
  test("the file that all hosts share names only what the products' GRUB has", () => {
    // configfile, echo, and efinet's variable: xcp-ng-rpms/grub, grub.spec.
    expect(DISPATCHER.split("\n").map((line) => line.split(" ")[0])).toEqual(["#", "configfile", "echo", ""]);
    expect(DISPATCHER.match(/\$\w+/g)).toEqual(["$net_default_mac", "$net_default_mac"]);
  });
  test("what a DHCP server is told", () => {
    const of = (loaders: ("pxelinux" | "grub" | "ipxe")[], target: Target = "8.3") =>
      dhcpLines({ target, mac: "00-16-3E-01-02-03", loaders, baseUrl: "http://192.0.2.1/boot/" });
    expect(of(["pxelinux"], "5.6")).toEqual({
      dnsmasq:
        "dhcp-mac=set:csp-00163e010203,00:16:3e:01:02:03\ndhcp-match=set:csp-bios,option:client-arch,0\ndhcp-boot=tag:csp-00163e010203,tag:csp-bios,pxelinux.0\n",
      isc: 'host csp-00163e010203 {\n  hardware ethernet 00:16:3e:01:02:03;\n  if substring (option vendor-class-identifier, 0, 20) = "PXEClient:Arch:00000" {\n    filename "pxelinux.0";\n  }\n}\n',
    });
    const names = (text: string) => [...text.matchAll(/filename "(.*)"/g)].map(([, name]) => name);
    expect(names(of(["ipxe"], "6.5").isc)).toEqual(["http://192.0.2.1/boot/ipxe/01-00-16-3e-01-02-03.ipxe", "undionly.kpxe"]);
    expect(names(of(["ipxe"]).isc)).toEqual(["http://192.0.2.1/boot/ipxe/01-00-16-3e-01-02-03.ipxe", "ipxe.efi", "undionly.kpxe"]);
    expect(names(of(["grub"], "xs9").isc)).toEqual(["EFI/xenserver/grubx64.efi"]);
  });
});

test("any text gets a verdict", () => {
  const word = fc.constantFrom(
    "LABEL",
    "KERNEL",
    "mboot.c32",
    "APPEND",
    "---",
    "menuentry",
    '"a"',
    "{",
    "}",
    "multiboot2",
    "module2",
    "#!ipxe",
    "kernel",
    "module",
    ":x",
    "chain",
    "answerfile=",
    "answerfile=x",
    "network_config=static:",
    ";",
    "'",
    "$",
    "<a>",
    "=",
    "\\",
    "\n",
    "\r\n",
    "\0",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 40 }),
      fc.constantFrom(...TARGETS),
      fc.boolean(),
      (words, target, csp) => {
        const text = words.join(" ");
        for (const { line, message, remedy } of lintBoot(Buffer.from(text), { target, csp })) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
          expect([message, remedy]).not.toContain("");
        }
      },
    ),
    { numRuns: 2000 },
  );
});

import fc from "fast-check";
import { readBootFile } from "../../provider/install/boot/entries";
import { type BootSpec, bootFiles } from "../../provider/install/boot/files";
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

describe("what starts an installer, in all three kinds of files", () => {
  test.each<[string, Target]>([
    [pxelinux(GOOD), "5.6"],
    [pxelinux(GOOD), "8.3"],
    [pxelinux(GOOD).toLowerCase(), "8.3"],
    [pxelinux(GOOD).replaceAll("\n", "\r\n"), "8.3"],
    [`\ufeff# comment\n\n${pxelinux(GOOD)}`, "8.3"],
    [grub(GOOD), "7.0"],
    [grub(GOOD), "xs9"],
    [ipxe(GOOD), "5.6"],
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
  ["no install", pxelinux("answerfile=http://a/b network_device=eth0"), "5.6", ["W12 install:4"]],
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
  ["multipath", pxelinux(`${GOOD} device_mapper_multipath=yes`), "8.3", ["E3 install@device_mapper_multipath:4"]],
  ["configuration", pxelinux(`${GOOD} network_config=auto`), "8.3", ["E3 install@network_config:4"]],
  ["configuration", pxelinux(`${GOOD} network_config=static:ip=192.0.2.10`), "8.3", ["E4 install@network_config:4"]],
  ["configuration", pxelinux(`${GOOD} network_config=static:ip=192.0.2.10;netmask=255.255.255.0;gateway=192.0.2.1`), "8.3", []],
  ["configuration", pxelinux(`${GOOD} network_config=dhcp:vlan=5000`), "8.3", ["E5 install@network_config:4"]],
])("%s: %j on %s", (_name, text, target, expected) => {
  expect(found(text, target)).toEqual(expected);
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
      "EFI/xenserver/01-00-16-3e-01-02-03.cfg": `# Made by csp: XCP-ng 8.3 on 00:16:3e:01:02:03.
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
      "EFI/xenserver/01-00-16-3e-01-02-03.cfg",
    );
    expect(text).toContain(" 'network_config=static:ip=192.0.2.10;netmask=255.255.255.0'\n");
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

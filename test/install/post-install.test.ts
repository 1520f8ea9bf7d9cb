import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { leaveFirstBoot } from "../../provider/host/adopt/first-boot";
import { callerFiles } from "../../provider/host/look/callers";
import { program } from "../../provider/host/remote/program";
import { BRIDGE_SYSCTLS } from "../../provider/host/remote/sysctls";
import { lintPostInstall, type Stage } from "../../provider/install/post-install/lint";
import { LOG, postInstallScript, type ScriptSpec } from "../../provider/install/post-install/script";
import { TARGETS, type Target } from "../../provider/install/targets";
import { describeWith } from "../support/needs";

const found = (text: string | Buffer, target: Target, stage?: Stage, csp = false) =>
  lintPostInstall(Buffer.from(text as string), { target, csp, ...(stage === undefined ? {} : { stage }) }).map(
    ({ rule, line }) => `${rule}:${line}`,
  );

/** $1, as it is written before other letters. */
const BRACED = "$" + "{1}";

/** Looks at $1, so that nothing else is said of it. */
const tested = (first: string) => `${first}\n[ "$1" = 0 ] || exit 0\n`;

describe("E9: interpreters by version", () => {
  test.each<[string, string, boolean]>([
    ["#!/bin/sh", "5.6 6.1 8.3 xs9", true],
    ["#!/bin/bash -x", "5.6 8.3", true],
    ["#! /bin/sh", "5.6 8.3", true],
    ["#!/usr/bin/python", "5.6", false],
    ["#!/usr/bin/python", "6.0 8.2 8.3 xs9", true],
    ["#!/usr/bin/env python", "5.6 8.3", true],
    ["#!/usr/bin/env python3", "5.6 8.2 8.3", false],
    ["#!/usr/bin/env python3", "xs8 xs9", true],
    ["#!/usr/bin/env python -u", "5.6 8.3", true],
    ["#!/usr/bin/env  python", "5.6 8.3", true],
    ["#!/usr/bin/env python2", "8.3 xs8", false],
    ["#!/bin/shfoo", "5.6 8.3 xs8", false],
    ["#!/bin/sh -e", "5.6 6.5 8.3 xs8", true],
    ["#!/usr/bin/env", "8.3", false],
    ["#!/usr/bin/python3", "5.6 8.2 8.3", false],
    ["#!/usr/bin/python3", "xs8 xs9", true],
    ["#!/usr/bin/perl", "5.6 8.3 xs8", false],
    ["#!/usr/bin/perl", "xs9", true],
    ["#!/usr/bin/sh", "8.3", false],
    // Only the first 40 bytes are looked at.
    [`#!${" ".repeat(40)}/bin/sh`, "8.3", false],
    [`#!${" ".repeat(31)}/bin/sh`, "8.3", true],
    [`#!${" ".repeat(32)}/bin/shfoo`, "8.3", false],
    [`#!${" ".repeat(31)}/bin/shfoo`, "8.3", true],
    ["#!", "8.3 xs9", false],
    ["# /bin/sh", "5.6 8.3 xs9", false],
    ["\ufeff#!/bin/sh", "5.6 8.3 xs9", false],
    ["#!/bin/sh\r", "5.6 8.3 xs9", false],
  ])("%j on %s: %s", (first, targets, good) => {
    for (const target of targets.split(" "))
      expect([target, ...found(tested(first), target as Target)]).toEqual([target, ...(good ? [] : ["E9:1"])]);
  });
  test.each([
    ["empty", Buffer.alloc(0)],
    ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 255])],
  ])("%s", (_name, bytes) => {
    expect(found(bytes, "8.3")).toContain("E9:1");
  });
});

describe("W14: what $1 is at the end of an installation", () => {
  test.each<[string, string, string[]]>([
    ["not looked at", "#!/bin/sh\necho done >/dev/console\n", ["W14:1"]],
    ["only in a comment", "#!/bin/sh\n# $1 is the root\necho done\n", ["W14:1"]],
    ["tested", tested("#!/bin/sh"), []],
    ["tested by case", '#!/bin/sh\ncase "$1" in 0) ;; *) exit ;; esac\n', []],
    ["taken as a folder", '#!/bin/sh\ncp x "$1/etc/x"\n', ["W14:2"]],
    ["taken as a folder, in braces", `#!/bin/sh\ncp x ${BRACED}/etc/x\n`, ["W14:2"]],
    ["a root for chroot", '#!/bin/sh\nset -e\nchroot "$1" rpm -qa\n', ["W14:3"]],
    ["under another name", '#!/bin/sh\nroot="$1"\n\necho x >$root/etc/x\n', ["W14:4"]],
    ["under another name, with a default", `#!/bin/bash\nmnt=${BRACED.replace("}", ":-/mnt}")}\nchroot $mnt true\n`, ["W14:3"]],
    ["of another script that it writes", tested("#!/bin/sh").replace(/$/, "cat >/x <<'END'\nroot=$1; cp x $root/etc/x\nEND\n"), []],
    ["behind another script that it writes", "#!/bin/sh\ncat >/x <<'END'\necho\nEND\nchroot $1 true\n", ["W14:5"]],
    ["by all its stages", '#!/bin/sh\ncase "$XS_STAGE" in filesystem-populated) ;; esac\n', []],
    ["in Python", "#!/usr/bin/python\nimport sys\nopen(sys.argv[1] + '/etc/x', 'w')\n", ["W14:3"]],
  ])("%s", (_name, text, expected) => {
    expect(found(text, "8.3")).toEqual(expected);
  });
  test("at filesystem-populated, it is the new root's folder", () => {
    expect(found('#!/bin/sh\ncp x "$1/etc/x"\n', "8.3", "filesystem-populated")).toEqual([]);
  });
});

describe("W18, E16: bridge filtering and the bridge", () => {
  const script = (line: string, load = "") => `${tested("#!/bin/sh")}${line}\n${load}`;
  const key = "net.bridge.bridge-nf-call-iptables = 1";
  test.each<[Target, string, string[]]>([
    ["5.6", script(`echo "${key}" >>/mnt/etc/sysctl.conf`), []],
    ["7.0", script(`echo "${key}" >/mnt/etc/sysctl.d/10-csp.conf`), []],
    ["7.1", script(`echo "${key}" >>/mnt/etc/sysctl.conf`), ["W18:3"]],
    ["8.3", script(`echo "${key}" >/mnt/etc/sysctl.d/99-csp.conf`, "echo br_netfilter >/mnt/etc/modules-load.d/a.conf"), []],
    ["8.3", script(`echo "${key}" >/mnt/etc/sysctl.d/10-csp.conf`, "echo br_netfilter >/mnt/etc/modules-load.d/a.conf"), ["W18:3"]],
    ["8.3", script(`echo "${key}" >/mnt/etc/sysctl.d/10-csp.conf`), ["W18:3", "W18:3"]],
    ["8.3", script("echo vm.swappiness=1 >/mnt/etc/sysctl.d/10-vm.conf"), []],
  ])("%s: %j", (target, text, expected) => {
    expect(found(text, target)).toEqual(expected);
  });
  test.each<[Target, string, string[]]>([
    ["8.3", "xe-switch-network-backend openvswitch", ["E16:3"]],
    ["8.3", "echo openvswitch > /mnt/etc/xensource/network.conf", ["E16:3"]],
    ["8.3", "echo bridge > /mnt/etc/xensource/network.conf", []],
    ["xs9", "echo bridge > /mnt/etc/xensource/network.conf", ["E16:1"]],
  ])("%s, a CSP host: %s", (target, line, expected) => {
    expect(found(script(line), target, undefined, true)).toEqual(expected);
    if (target !== "xs9") expect(found(script(line), target)).toEqual([]);
  });
});

const everything = {
  networkBackend: "bridge",
  sysctls: { "net.bridge.bridge-nf-call-iptables": "1", "net.ipv4.ip_forward": "0" },
  modules: ["ipmi_si"],
  authorizedKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ an 'admin'"],
  hook: leaveFirstBoot({ callers: ["xapi", "udev", "systemd", "sysv"], guestPorts: ["vif"], sysctls: {} }),
  files: [{ path: "/etc/issue.net", content: 'it\'s \\n 100% "quoted" $HOME `id`\n\nEOF\nlast line', mode: "640" }],
  packScripts: ['#!/bin/sh\necho "pack $1"\n'],
  script: 'echo "$root" >"$root/etc/own"',
} as const;

const specs: readonly ScriptSpec[] = TARGETS.filter((target) => target !== "xs9").flatMap((target) =>
  (["filesystem-populated", "installation-complete"] as const).map((stage) => ({ ...everything, target, stage })),
);

test.each(specs.map((spec) => [spec.target, spec.stage, spec] as const))(
  "the script for %s at %s: nothing for lint or shellcheck to say",
  (target, stage, spec) => {
    const script = postInstallScript(spec);
    expect(lintPostInstall(Buffer.from(script), { target, stage, csp: true })).toEqual([]);
    const { stdout } = spawnSync("shellcheck", ["--shell=sh", "-"], { input: script, encoding: "utf8" });
    expect(stdout).toBe("");
  },
);

describeWith(["root"], "the script, run as an installer does", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-post-install-"));
  const root = join(folder, "root");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function fresh(): void {
    rmSync(root, { recursive: true, force: true });
    for (const path of [
      "etc/sysctl.d",
      "etc/modprobe.d",
      "etc/xensource",
      "etc/systemd/system/multi-user.target.wants",
      "etc/rc.d/rc3.d",
      "etc/xapi.d",
      "root/.ssh",
      "var/log",
    ])
      mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, "etc/modprobe.d/blacklist-bridge.conf"), "install bridge /bin/true\n");
    writeFileSync(join(root, "etc/xensource/network.conf"), "openvswitch\n");
    writeFileSync(join(root, "etc/xapi.d/vif-hotplug"), "#!/bin/sh\n# somebody's\n");
    writeFileSync(join(root, "etc/systemd/system/multi-user.target.wants/openvswitch.service"), "");
    writeFileSync(join(root, "etc/rc.d/rc3.d/S09openvswitch"), "");
    writeFileSync(join(root, "etc/sysctl.conf"), "# kept\nnet.ipv4.ip_forward = 1\nnet/bridge/bridge-nf-call-iptables=0\nkernel.sysrq = 0");
    writeFileSync(join(root, "root/.ssh/authorized_keys"), "ssh-rsa AAAA somebody");
  }
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  /** Under every shell an installer's /bin/sh has been: bash in its sh mode, the strictest there is, and the smallest. */
  const shells = [["bash", "--posix"], ["dash"], ["busybox", "sh"]];

  function run(spec: ScriptSpec, argument: string, environment: Record<string, string> = {}, [shell = "sh", ...options] = shells[0] ?? []) {
    const file = join(folder, "script.sh");
    writeFileSync(file, postInstallScript(spec));
    // A mount namespace, as the installer is alone on its machine.
    return spawnSync("unshare", ["-m", shell, ...options, file, argument], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, XS_STAGE: spec.stage, ...environment },
    });
  }

  test.each(shells)("at filesystem-populated, on the folder in $1; running it twice changes nothing (%s)", (...shell) => {
    for (const target of ["5.6", "6.2", "7.0", "8.3"] as const) {
      fresh();
      const spec: ScriptSpec = { ...everything, target, stage: "filesystem-populated" };
      const outcome = run(spec, root, {}, shell);
      expect([target, outcome.status, outcome.stderr, read(LOG)]).toEqual([target, 0, "", `pack ${root}\nfinished\n`]);
      expect(read("etc/xensource/network.conf")).toBe("bridge\n");
      expect(read("etc/issue.net")).toBe(everything.files[0].content);
      expect(statSync(join(root, "etc/issue.net")).mode & 0o777).toBe(0o640);
      expect(read("var/lib/csp/frame")).toBe("csp-frame 2\nports vif\ncallers xapi udev systemd sysv\nzones by-bridge\nend\n");
      expect(statSync(join(root, "var/lib/csp")).mode & 0o777).toBe(0o700);
      expect(read("var/lib/csp/hook")).toBe(program("hook.sh"));
      for (const { path, content, mode, links = [] } of callerFiles(["xapi", "udev", "systemd", "sysv"], {
        guestPorts: ["vif"],
        plane: "xtables",
      })) {
        expect([path, read(path)]).toEqual([path, content]);
        expect((statSync(join(root, path)).mode & 0o777).toString(8)).toBe(mode.slice(1));
        const made = links.filter((link) => existsSync(join(root, dirname(link))));
        expect(made.map((link) => readlinkSync(join(root, link)))).toEqual(made.map(() => path));
        // Of SysV's, where the folder of a level was; systemd's folders are made.
        expect(made).toEqual(links.filter((link) => /^\/etc\/rc\.d\/rc3\.d|^\/etc\/systemd\//.test(link)));
      }
      expect(read("var/lib/csp/kept/etc-xapi.d-vif-hotplug")).toBe("#!/bin/sh\n# somebody's\n");
      expect(read("etc/own")).toBe(`${root}\n`);
      expect(read("root/.ssh/authorized_keys")).toBe(`ssh-rsa AAAA somebody\n${everything.authorizedKeys[0]}\n`);
      expect(statSync(join(root, "root/.ssh/authorized_keys")).mode & 0o777).toBe(0o600);
      if (target === "5.6" || target === "6.2") {
        // csp's own come last, where there is no /etc/sysctl.d: the last word counts.
        expect(read("etc/sysctl.conf")).toBe(
          `# kept\nkernel.sysrq = 0\nnet.bridge.bridge-nf-call-iptables = 1\nnet.ipv4.ip_forward = 0\n# csp: begin\n${BRIDGE_SYSCTLS.map((key) => `net.bridge.${key} = 1\n`).join("")}# csp: end\n`,
        );
        expect(read("etc/sysconfig/modules/csp-install.modules")).toContain("modprobe bridge");
        expect(existsSync(join(root, "etc/rc.d/rc3.d/S09openvswitch"))).toBe(target === "5.6");
      } else {
        expect(read("etc/sysctl.d/99-csp-install.conf")).toBe("net.bridge.bridge-nf-call-iptables = 1\nnet.ipv4.ip_forward = 0\n");
        expect(read("etc/modules-load.d/csp-install.conf")).toBe(`${target === "8.3" ? "br_netfilter" : "bridge"}\nipmi_si\n`);
        expect(existsSync(join(root, "etc/modprobe.d/blacklist-bridge.conf"))).toBe(false);
        expect(existsSync(join(root, "etc/systemd/system/multi-user.target.wants/openvswitch.service"))).toBe(false);
      }
      const state = () =>
        execFileSync("sh", ["-c", 'cd "$1" && find . -type f | sort | xargs -d "\\n" sha256sum', "sh", root], { encoding: "utf8" });
      const once = state();
      expect(run(spec, root, {}, shell).status).toBe(0);
      expect(state()).toBe(once);
    }
  });

  test("a step that fails is recorded, and the rest is not done", () => {
    fresh();
    const outcome = run({ ...everything, script: "false\necho never", target: "8.3", stage: "filesystem-populated" }, root);
    expect([outcome.status, read(LOG)]).toEqual([1, `pack ${root}\nfailed: exit status 1\n`]);
  });

  test("without the folder, it says so", () => {
    expect(run({ ...everything, target: "8.3", stage: "filesystem-populated" }, join(folder, "nothing"))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("holds no system"),
    });
  });

  describe("at installation-complete, when the root is unmounted", () => {
    const disk = (name: string, date: string) => {
      const image = join(folder, `${name}.img`);
      fresh();
      writeFileSync(join(root, "etc/xensource-inventory"), `PRODUCT_NAME='xenserver'\nINSTALLATION_DATE='${date}'\n`);
      execFileSync("truncate", ["-s", "8M", image]);
      // The tree goes in without a mount.
      execFileSync("mkfs.ext3", ["-q", "-F", "-L", `root-${name}`, "-d", root, image]);
      return image;
    };
    const inside = (image: string, path: string) => spawnSync("debugfs", ["-R", `cat ${path}`, image], { encoding: "utf8" }).stdout;

    test("it finds the newest system among the disks, mounts it, and unmounts it", () => {
      const old = disk("old", "2010-12-01 08:00:00.000000");
      const current = disk("new", "2011-05-01 08:00:00.000000");
      const spec: ScriptSpec = { ...everything, target: "5.6", stage: "installation-complete" };
      const outcome = run(spec, "0", { CSP_ROOT_DEVICES: `${current} ${old} ${folder}/gone` });
      expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
      expect(inside(current, LOG)).toBe("pack 0\nfinished\n");
      expect(inside(current, "/etc/xensource/network.conf")).toBe("bridge\n");
      expect(inside(old, "/etc/xensource/network.conf")).toBe("openvswitch\n");
    });

    test("after a failed installation, it does nothing", () => {
      const image = disk("failed", "2011-05-01 08:00:00.000000");
      expect(run({ ...everything, target: "5.6", stage: "installation-complete" }, "1", { CSP_ROOT_DEVICES: image }).status).toBe(0);
      expect(inside(image, "/etc/xensource/network.conf")).toBe("openvswitch\n");
    });

    test("no new system is an error", () => {
      expect(
        run({ ...everything, target: "5.6", stage: "installation-complete" }, "0", { CSP_ROOT_DEVICES: join(folder, "gone") }),
      ).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("no disk holds a new system"),
      });
    });
  });

  test("any content of files, keys and settings arrives as it was written", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 }).map((each) => each.replaceAll("\0", ""));
    const line = text.map((each) => each.replace(/[\r\n]/g, "").trim()).filter((each) => each !== "");
    fc.assert(
      fc.property(text, line, fc.constantFrom<Target>("5.6", "8.3"), (content, key, target) => {
        fresh();
        const spec: ScriptSpec = {
          target,
          stage: "filesystem-populated",
          sysctls: { "kernel.core_pattern": key },
          modules: [],
          authorizedKeys: [key],
          files: [{ path: "/opt/a file's/x", content, mode: "600" }],
          packScripts: [],
        };
        expect(run(spec, root, {}, ["dash"])).toMatchObject({ status: 0, stderr: "" });
        expect(read("opt/a file's/x")).toBe(content);
        expect(read("root/.ssh/authorized_keys").split("\n").at(-2)).toBe(key);
        expect(read(target === "5.6" ? "etc/sysctl.conf" : "etc/sysctl.d/99-csp-install.conf")).toContain(`kernel.core_pattern = ${key}\n`);
      }),
      { numRuns: 40 },
    );
  });
});

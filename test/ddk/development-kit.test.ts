import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../../lab/netns";
import { bootedBy } from "../../provider/ddk/menu";
import { Declared, failureOf, type LabStack, labStack } from "../acceptance/stack";
import { buildRpm, CSP_UNAME, cspKernel } from "../install/support/rpms";
import { describeWith } from "../support/needs";

const MINUTES = 60_000;
const VERSION = CSP_UNAME.replace(/csp$/, "");
const STOCK = `${VERSION}xen`;

/**
 * A standard development kit, as far as the recipe looks: menu.lst, stock sources, rpm. The lab host's kernel is this machine's, so `uname -r` is
 * answered by what a guest's boot loader would have taken from menu.lst when the lab host was last rebooted. The rest is real: rpm, RPMs, SSH.
 */
async function makeKit(host: LabHost): Promise<void> {
  await host.run(`set -e
mkdir -p /boot/grub /usr/src/kernels /usr/local/bin
cat >/boot/grub/menu.lst <<'MENU'
default 0
timeout 5
title Driver Development Kit
	root (hd0,0)
	kernel /boot/vmlinuz-${STOCK} root=/dev/xvda1 ro
	initrd /boot/initrd-${STOCK}.img
MENU
for kind in xen kdump; do
  mkdir -p /usr/src/kernels/${VERSION}$kind-i686/include/config
  echo "stock makefile" >/usr/src/kernels/${VERSION}$kind-i686/Makefile
  echo "stock config" >/usr/src/kernels/${VERSION}$kind-i686/.config
  echo ${VERSION}$kind >/usr/src/kernels/${VERSION}$kind-i686/include/config/kernel.release
done
cat >/usr/local/bin/rpm <<'RPM'
#!/bin/sh
# Debian's rpm refuses to install without being told that it may, and has no database of what else is there.
case $1 in -i) shift; exec /usr/bin/rpm -i --force-debian --nodeps --ignorearch "$@" ;; -e) shift; exec /usr/bin/rpm -e --force-debian --nodeps "$@" ;; *) exec /usr/bin/rpm "$@" ;; esac
RPM
printf '#!/bin/sh\\n[ "$1" = -r ] && exec cat /etc/booted\\nexec /usr/bin/uname "$@"\\n' >/usr/local/bin/uname
printf '#!/bin/sh\\n: >/etc/reboot-wanted\\n' >/usr/local/bin/reboot
chmod 755 /usr/local/bin/rpm /usr/local/bin/uname /usr/local/bin/reboot
echo ${STOCK} >/etc/booted
rm -rf /var/lib/rpm; mkdir -p /var/lib/rpm; /usr/bin/rpm --initdb`);
}

describeWith(["root", "pulumi", "plugin"], "csp.ddk.DevelopmentKit: the README's recipe on a kit reached by SSH", () => {
  let folder: string;
  let site: LabStack;
  let kit: LabHost;
  let inputs: Record<string, unknown>;
  let reboots = 0;
  let watching = true;
  let watch: Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "csp-ddk-"));
    const rpms = Object.fromEntries((["xen", "kdump"] as const).map((kind) => [kind, join(folder, buildRpm(folder, cspKernel(kind)))]));
    site = await labStack({ name: "ddk", hosts: [{ name: "ddk-1" }], guests: [] });
    kit = site.lab.host("ddk-1");
    await makeKit(kit);
    inputs = { host: "ddk-1", kernels: rpms };
    site.declare(() => {
      new Declared("csp:ddk:DevelopmentKit", "ddk", { ...inputs, version: undefined, kernel: undefined, trees: undefined });
    });
    watch = (async () => {
      while (watching) {
        await sleep(200);
        if (!existsSync(kit.file("/etc/reboot-wanted"))) continue;
        reboots++;
        await kit.run(`rm /etc/reboot-wanted; echo "${bootedBy(await kit.run("cat /boot/grub/menu.lst")) ?? "nothing"}" >/etc/booted`);
        await site.lab.reboot("ddk-1");
      }
    })();
  }, 2 * MINUTES);
  afterAll(async () => {
    watching = false;
    await watch;
    await site?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    "a preview says that it will reboot, and refuses files that are not kernels and kits of another build",
    async () => {
      const { stdout } = await site.stack.preview();
      expect(stdout).toContain(`development kit ddk-1 will be rebooted from ${STOCK} into ${CSP_UNAME}xen`);
      const right = inputs;
      inputs = { ...right, kernels: { ...(right.kernels as object), kdump: (right.kernels as Record<string, string>).xen } };
      expect(await failureOf(site.stack.preview())).toContain("must be the RPM of kernel-csp-kdump");
      const other = (kind: "xen" | "kdump") => join(folder, buildRpm(folder, cspKernel(kind, "327.170613")));
      inputs = { ...right, kernels: { ...(right.kernels as object), xen: other("xen") } };
      expect(await failureOf(site.stack.preview())).toMatch(/kernel-csp-xen is .*327\.170613, and kernel-csp-kdump is .*307\.170586/);
      inputs = { ...right, kernels: { xen: other("xen"), kdump: other("kdump") } };
      expect(await failureOf(site.stack.preview())).toMatch(/no 2\.6\.32\.12-0\.7\.1\.xs5\.6\.100\.327\.170613xen-i686.*it has/);
      inputs = right;
      expect(reboots).toBe(0);
      expect(await kit.run("cat /etc/booted")).toBe(`${STOCK}\n`);
    },
    2 * MINUTES,
  );

  test(
    "if it may not reboot, it stops before that, says so, and is on record",
    async () => {
      inputs = { ...inputs, reboot: false };
      expect(await failureOf(site.stack.up())).toMatch(/it must be rebooted to run .*cspxen, and `reboot` is false/);
      expect(await kit.run("rpm -q --qf '%{NAME}\\n' kernel-csp-xen kernel-csp-kdump")).toBe("kernel-csp-xen\nkernel-csp-kdump\n");
      expect(reboots).toBe(0);
    },
    2 * MINUTES,
  );

  test(
    "if it may reboot, it continues from there to the end",
    async () => {
      inputs = { ...inputs, reboot: true };
      await site.stack.up();
      expect(reboots).toBe(1);
      expect(await kit.run("uname -r")).toBe(`${CSP_UNAME}xen\n`);
      expect(await kit.run("cat /boot/grub/menu.lst")).not.toMatch(/kdump|xen\.gz|module/);
      for (const kind of ["xen", "kdump"]) {
        const tree = `/usr/src/kernels/${CSP_UNAME}${kind}-i686`;
        expect(await kit.run(`cat ${tree}/include/config/kernel.release`)).toBe(`${CSP_UNAME}${kind}\n`);
        expect(await kit.run(`cat ${tree}/Makefile`)).toBe("stock makefile\n");
        await kit.run(`cmp /boot/config-${CSP_UNAME}${kind} ${tree}/.config`);
        expect(await kit.run(`readlink /lib/modules/${CSP_UNAME}${kind}/source /lib/modules/${CSP_UNAME}${kind}/build`)).toBe(
          `${tree}\n${tree}\n`,
        );
        // The stock tree stays what it was.
        expect(await kit.run(`cat /usr/src/kernels/${VERSION}${kind}-i686/.config`)).toBe("stock config\n");
      }
      expect(await kit.run("ls /var/lib/csp-ddk")).toBe("declaration\n");
      await site.stack.up({ expectNoChanges: true });
      expect(reboots).toBe(1);
    },
    3 * MINUTES,
  );

  test(
    "what was undone by hand is found and done again, without a needless reboot",
    async () => {
      await kit.run(`rm /lib/modules/${CSP_UNAME}xen/build; echo changed >/usr/src/kernels/${CSP_UNAME}kdump-i686/.config`);
      const { stdout } = await site.stack.refresh();
      expect(stdout).toContain(`the sources of ${CSP_UNAME}xen in /usr/src/kernels are not as they should be`);
      expect(stdout).toContain(`the sources of ${CSP_UNAME}kdump`);
      await site.stack.up();
      expect(await kit.run(`readlink /lib/modules/${CSP_UNAME}xen/build`)).toBe(`/usr/src/kernels/${CSP_UNAME}xen-i686\n`);
      await site.stack.up({ expectNoChanges: true });
      expect(reboots).toBe(1);
    },
    2 * MINUTES,
  );

  test(
    "back to the stock kernel: the menu's entries change places, the kit is rebooted, and drivers can still be built for the csp kernels",
    async () => {
      inputs = { ...inputs, boot: "stock" };
      const { stdout } = await site.stack.preview();
      expect(stdout).toContain(`development kit ddk-1 will be rebooted from ${CSP_UNAME}xen into ${STOCK}`);
      await site.stack.up();
      expect(reboots).toBe(2);
      expect(await kit.run("uname -r")).toBe(`${STOCK}\n`);
      expect(await kit.run("cat /boot/grub/menu.lst")).toContain(`vmlinuz-${CSP_UNAME}xen`);
      expect(await kit.run(`readlink /lib/modules/${CSP_UNAME}xen/build`)).toBe(`/usr/src/kernels/${CSP_UNAME}xen-i686\n`);
      await site.stack.up({ expectNoChanges: true });
      expect(reboots).toBe(2);
    },
    3 * MINUTES,
  );

  test(
    "destroy: the standard kit, to be booted again",
    async () => {
      await site.stack.destroy();
      expect(await kit.run("rpm -qa")).toBe("");
      expect(bootedBy(await kit.run("cat /boot/grub/menu.lst"))).toBe(STOCK);
      expect(await kit.run("ls /usr/src/kernels")).toBe(`${VERSION}kdump-i686\n${STOCK}-i686\n`);
      expect((await kit.exec("ls /var/lib/csp-ddk")).code).not.toBe(0);
    },
    MINUTES,
  );
});

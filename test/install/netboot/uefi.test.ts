import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failureOf } from "../../acceptance/stack";
import { describeWith } from "../../support/needs";
import { copyTree, modernMedia } from "../support/media";
import { InstallSite, onDisk } from "./site";

const MINUTES = 60_000;
const MAC = "52:54:00:00:83:01";

describeWith(
  ["root", "pulumi", "plugin", "netboot"],
  "XCP-ng 8.3 from UEFI: GRUB, the menu that leads to the host's file, Xen, an installer",
  () => {
    let site: InstallSite;
    let published: Parameters<InstallSite["declare"]>[0];

    beforeAll(async () => {
      site = await InstallSite.open({ name: "uefi", target: "8.3", loader: "grub", mac: MAC, memory: 2560 });
      await site.putMedia("xcp-ng");
      published = {
        repository: { base: modernMedia(join(site.folder, "base")) },
        postInstall: { sysctls: { "net.bridge.bridge-nf-call-iptables": "1" }, authorizedKeys: ["ssh-ed25519 AAAA admin"] },
        answerfile: { scripts: [{ stage: "filesystem-populated", url: site.url("/finish.sh") }] },
      };
      site.declare(published);
      await site.engine.stack.up();
    }, 4 * MINUTES);
    afterAll(() => site?.close());

    test(
      "what one `pulumi up` published installs a csp host: packages by their SHA-256, the stage script on the mounted root",
      async () => {
        const booted = await site.boot();
        expect(booted.outcome).toEqual({
          result: "installed",
          target: "8.3",
          repositories: [site.url("/media")],
          packages: 2,
          scripts: [{ stage: "filesystem-populated", url: site.url("/finish.sh"), arguments: ["/tmp/root"], status: 0 }],
        });
        expect(booted.console).toContain("(XEN) Xen version 4.17");
        expect(onDisk(booted, "/var/log/csp-post-install.log")).toBe("finished\n");
        expect(onDisk(booted, "/etc/xensource/network.conf")).toBe("bridge\n");
        expect(onDisk(booted, "/etc/sysctl.d/99-csp-install.conf")).toBe("net.bridge.bridge-nf-call-iptables = 1\n");
        expect(onDisk(booted, "/etc/modules-load.d/csp-install.conf")).toBe("br_netfilter\n");
        expect(onDisk(booted, "/root/.ssh/authorized_keys")).toBe("ssh-ed25519 AAAA admin\n");
        expect(onDisk(booted, "/usr/share/xen-hypervisor/x")).toBe("xen-hypervisor");
      },
      6 * MINUTES,
    );

    test(
      "a package with another SHA-256: the same checksums in the preview and on the serial line",
      async () => {
        const file = "Packages/xen-hypervisor-4.17.5-3.x86_64.rpm";
        const damaged = (text: string) => `${text.slice(0, -1)}!`;
        const base = copyTree(join(site.folder, "base"), join(site.folder, "damaged"));
        for (const each of [join(base, file), join(site.www, "media", file)])
          writeFileSync(each, damaged(readFileSync(each, "latin1")), "latin1");
        site.declare({ ...published, repository: { base } });
        const preview = await failureOf(site.engine.stack.preview());
        const { outcome: verdict } = await site.boot();
        expect(verdict).toMatchObject({ result: "failed", rule: "E12", path: file });
        expect(verdict.message).toMatch(/^its SHA-256 is [0-9a-f]{64} and must be [0-9a-f]{64}$/);
        expect(preview).toContain(`E12 ${file}: ${verdict.message}`);
        // The next run of the old declaration puts the package right.
        site.declare(published);
        await site.engine.stack.up();
        expect((await site.boot()).outcome.result).toBe("installed");
      },
      8 * MINUTES,
    );
  },
);

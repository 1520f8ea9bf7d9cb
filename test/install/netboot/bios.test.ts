import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failureOf } from "../../acceptance/stack";
import { describeWith } from "../../support/needs";
import { copyTree, cspPack, legacyMedia, makeIso, makeTgz } from "../support/media";
import { CSP_UNAME } from "../support/rpms";
import { InstallSite, listOnDisk, onDisk } from "./site";

const MINUTES = 60_000;
const MAC = "52:54:00:00:56:01";

describeWith(["root", "pulumi", "plugin", "netboot"], "XenServer 5.6 SP2 from a BIOS: PXELINUX, mboot.c32, Xen, an installer", () => {
  let site: InstallSite;
  let published: Parameters<InstallSite["declare"]>[0];

  beforeAll(async () => {
    site = await InstallSite.open({ name: "bios", target: "5.6", loader: "pxelinux", mac: MAC, memory: 1024 });
    await site.putMedia("xenserver");
    const { folder } = site;
    const base = makeIso(legacyMedia(join(folder, "base")), join(folder, "base.iso"));
    const pack = makeTgz(cspPack(join(folder, "pack")), join(folder, "pack.tgz"));
    published = {
      repository: { base, packs: [pack] },
      postInstall: {
        stage: "installation-complete",
        networkBackend: "bridge",
        sysctls: { "net.bridge.bridge-nf-call-iptables": "1" },
        authorizedKeys: ["ssh-ed25519 AAAA admin"],
      },
      answerfile: {
        scripts: ["media/post-install.sh", "finish.sh"].map((path) => ({ stage: "installation-complete", url: site.url(`/${path}`) })),
      },
    };
    site.declare(published);
    await site.engine.stack.up();
  }, 4 * MINUTES);
  afterAll(() => site?.close());

  /** Runs while a published file is another, as somebody's hand left it. */
  async function withText<T>(path: string, change: (text: string) => string, run: () => Promise<T>): Promise<T> {
    const file = join(site.www, path);
    const kept = readFileSync(file, "latin1");
    writeFileSync(file, change(kept), "latin1");
    try {
      return await run();
    } finally {
      writeFileSync(file, kept, "latin1");
    }
  }

  test(
    "what one `pulumi up` published installs a csp host: packages in the list's order, the pack's script with 0, the stage script on the disk",
    async () => {
      const booted = await site.boot();
      expect(booted.outcome).toEqual({
        result: "installed",
        target: "5.6",
        repositories: ["xs:main", "xs:linux", "xs:transfer-vm", "xs:cloud-supp"],
        packages: 10,
        scripts: ["media/post-install.sh", "finish.sh"].map((path) => ({
          stage: "installation-complete",
          url: site.url(`/${path}`),
          arguments: ["0"],
          status: 0,
        })),
      });
      expect(booted.console).toContain("(XEN) Xen version 4.17");
      expect(onDisk(booted, "/var/log/csp-post-install.log")).toBe("finished\n");
      expect(onDisk(booted, "/etc/xensource/network.conf")).toBe("bridge\n");
      expect(onDisk(booted, "/etc/sysctl.conf")).toBe("net.bridge.bridge-nf-call-iptables = 1\n");
      expect(onDisk(booted, "/root/.ssh/authorized_keys")).toBe("ssh-ed25519 AAAA admin\n");
      expect(onDisk(booted, "/etc/hostname")).toBe("hv-01\n");
      expect(onDisk(booted, "/etc/shadow")).toMatch(/^root:\$6\$/);
      expect(onDisk(booted, `/boot/config-${CSP_UNAME}xen`)).toContain("CONFIG_BRIDGE_NETFILTER=y");
      expect(onDisk(booted, "/etc/lab/dom0fs")).toContain("packages.main/dom0fs.tar.bz2");
      expect(listOnDisk(booted, "/etc/xensource/installed-repos")).toEqual(["xs:cloud-supp", "xs:linux", "xs:main", "xs:transfer-vm"]);
      // The installer fetched what nginx gave, each once and in this order.
      const fetched = [...site.web.log().matchAll(/GET \/(\S+) HTTP\/1\.1" 200 .*Go-http-client/g)].map(([, path]) => path);
      expect(fetched[0]).toBe("hv-01.xml");
      expect(fetched.slice(-2)).toEqual(["media/post-install.sh", "finish.sh"]);
    },
    6 * MINUTES,
  );

  test(
    "an answerfile with a static address and no gateway: refused in the preview, and so by the installer",
    async () => {
      const address = { address: "192.0.2.10", netmask: "255.255.255.0" };
      site.declare({
        ...published,
        answerfile: { ...published.answerfile, adminInterface: { mac: MAC, ipv4: { method: "static", ...address } } },
      });
      const preview = await failureOf(site.engine.stack.preview());
      const byHand = `<admin-interface hwaddr="${MAC}" proto="static"><ip>192.0.2.10</ip><subnet-mask>255.255.255.0</subnet-mask></admin-interface>`;
      const verdict = await withText(
        "hv-01.xml",
        (text) => text.replace(/<admin-interface[^>]*\/>/, byHand),
        async () => (await site.boot()).outcome,
      );
      expect(verdict).toMatchObject({
        result: "failed",
        rule: "E4",
        path: "installation/admin-interface/gateway",
        message: "a static address needs gateway, and the installer stops without it",
      });
      expect(preview).toContain("adminInterface.ipv4.gateway");
      expect(preview).toContain(verdict.message);
    },
    6 * MINUTES,
  );

  test(
    "a package with another MD5: the same checksums in the preview and on the serial line",
    async () => {
      const damaged = (text: string) => `${text.slice(0, -1)}!`;
      const base = copyTree(join(site.folder, "base"), join(site.folder, "damaged"));
      const file = "packages.main/xapi.tar.bz2";
      writeFileSync(join(base, file), damaged(readFileSync(join(base, file), "latin1")), "latin1");
      site.declare({ ...published, repository: { ...published.repository, base } });
      const preview = await failureOf(site.engine.stack.preview());
      const verdict = await withText(`media/${file}`, damaged, async () => (await site.boot()).outcome);
      // Scripts for the end run, and are told.
      expect(verdict).toMatchObject({ result: "failed", rule: "E12", path: file, scripts: [{ arguments: ["1"] }, { arguments: ["1"] }] });
      expect(verdict.message).toMatch(/^its MD5 is [0-9a-f]{32} and must be [0-9a-f]{32}$/);
      expect(preview).toContain(`E12 ${file}: ${verdict.message}`);
    },
    6 * MINUTES,
  );

  test(
    "a list without the pack's line, and one with a missing folder",
    async () => {
      const base = copyTree(join(site.folder, "base"), join(site.folder, "merged"));
      copyTree(join(site.folder, "pack"), base);
      const list = join(base, "XS-REPOSITORY-LIST");
      const said = async (text: string) => {
        writeFileSync(list, text);
        site.declare({ ...published, repository: { base } });
        return await failureOf(site.engine.stack.preview());
      };
      for (const [text, rule, path] of [
        ["packages.transfer-vm\n", "E20", "XS-REPOSITORY-LIST"],
        ["packages.transfer-vm\npackages.cloud-supp\npackages.drivers\n", "E11", "packages.drivers"],
      ] as const) {
        const preview = await said(text);
        const verdict = await withText(
          "media/XS-REPOSITORY-LIST",
          () => text,
          async () => (await site.boot()).outcome,
        );
        expect(verdict).toMatchObject({ result: "failed", rule, path });
        expect(preview).toContain(`${rule} ${path}: ${verdict.message}`);
      }
    },
    8 * MINUTES,
  );

  test(
    "a script in a language that this installer does not run; a script that ends with 3 is only logged",
    async () => {
      const content = '#!/usr/bin/perl\nexit if $ARGV[0];\nprint "hello\\n";\n';
      site.declare({ ...published, postInstall: { stage: "installation-complete", content } });
      const preview = await failureOf(site.engine.stack.preview());
      const verdict = await withText(
        "finish.sh",
        () => content,
        async () => (await site.boot()).outcome,
      );
      expect(verdict).toMatchObject({ result: "failed", rule: "E9", path: "#!" });
      expect(preview).toContain(verdict.message);

      const { outcome } = await withText(
        "finish.sh",
        () => '#!/bin/sh\n[ "$1" = 0 ] && exit 3\n',
        () => site.boot(),
      );
      expect(outcome).toMatchObject({ result: "installed", scripts: [{ status: 0 }, { status: 3 }] });
    },
    8 * MINUTES,
  );
});

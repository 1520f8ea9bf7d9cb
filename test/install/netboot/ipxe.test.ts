import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describeWith } from "../../support/needs";
import { folderPack, hybridMedia } from "../support/media";
import { InstallSite, onDisk } from "./site";

const MINUTES = 60_000;
const MAC = "52:54:00:00:70:01";

describeWith(
  ["root", "pulumi", "plugin", "netboot"],
  "XenServer 7.0 from iPXE: everything over HTTP, beginning with the host's own script",
  () => {
    let site: InstallSite;

    beforeAll(async () => {
      site = await InstallSite.open({ name: "ipxe", target: "7.0", loader: "ipxe", mac: MAC, memory: 1024 });
      await site.putMedia("xenserver");
      // iPXE as it is usually built, QEMU's too, unpacks no gzip (docs/install.md).
      const xen = join(site.tftp, "xenserver/xen.gz");
      writeFileSync(xen, gunzipSync(readFileSync(xen)));
      site.declare({
        repository: {
          base: hybridMedia(join(site.folder, "base")),
          packs: [folderPack(join(site.folder, "pack"), "tool", '<requires originator="xs" name="main" test="ge" version="7.0.0"/>')],
        },
        postInstall: { modules: ["bridge"], script: 'echo "lab" >"$root/etc/motd"' },
        answerfile: { scripts: [{ stage: "filesystem-populated", url: site.url("/finish.sh") }] },
        boot: { baseUrl: site.url("/boot"), networkConfig: "static:ip=10.0.2.15;netmask=255.255.255.0;gateway=10.0.2.2", textStatus: true },
      });
      await site.engine.stack.up();
    }, 4 * MINUTES);
    afterAll(() => site?.close());

    test(
      "what one `pulumi up` published installs a csp host, with the network as the boot file says",
      async () => {
        const booted = await site.boot();
        expect(booted.outcome).toEqual({
          result: "installed",
          target: "7.0",
          repositories: [site.url("/media"), "acme:tool"],
          packages: 3,
          scripts: [{ stage: "filesystem-populated", url: site.url("/finish.sh"), arguments: ["/tmp/root"], status: 0 }],
        });
        expect(booted.console).toContain("(XEN) Bootloader: iPXE");
        expect(booted.console).not.toContain("asking for an address");
        expect(onDisk(booted, "/etc/motd")).toBe("lab\n");
        expect(onDisk(booted, "/etc/modules-load.d/csp-install.conf")).toBe("bridge\n");
      },
      6 * MINUTES,
    );
  },
);

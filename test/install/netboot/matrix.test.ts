import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { bootFromNetwork, type Firmware, putImages, putLoader, SERVER_ADDRESS } from "../../../lab/installer";
import { createHosts } from "../../../provider/host/session/hosts";
import { RemoteHost } from "../../../provider/host/session/remote-host";
import type { Context } from "../../../provider/host/session/task";
import { bootPath, type Loader } from "../../../provider/install/boot/files";
import { atLeast, type Target } from "../../../provider/install/targets";
import { answerfile } from "../../../provider/resources/answerfile";
import { networkBoot } from "../../../provider/resources/network-boot";
import { postInstall } from "../../../provider/resources/post-install";
import { describeWith } from "../../support/needs";
import { hybridMedia, legacyMedia, modernMedia } from "../support/media";
import { type FileServer, ganesha, nginx } from "../support/servers";
import { onDisk } from "./site";

const MINUTES = 60_000;
const MAC = "52:54:00:00:aa:01";

interface Way {
  readonly target: Target;
  readonly firmware: Firmware;
  /** iPXE of UEFI leads to GRUB. */
  readonly loaders: readonly Loader[];
  /** How the answerfile and the packages come. */
  readonly by: "HTTP" | "NFS";
}

/** With what bios.test.ts (5.6 from PXELINUX by HTTP), uefi.test.ts (8.3 from GRUB) and ipxe.test.ts (7.0) boot: every version from every loader's kind. */
const WAYS: readonly Way[] = [
  { target: "5.6", firmware: "bios", loaders: ["ipxe"], by: "NFS" },
  { target: "6.5", firmware: "bios", loaders: ["pxelinux"], by: "NFS" },
  { target: "7.0", firmware: "uefi", loaders: ["grub"], by: "NFS" },
  { target: "8.3", firmware: "bios", loaders: ["pxelinux"], by: "HTTP" },
  { target: "8.3", firmware: "uefi", loaders: ["grub", "ipxe"], by: "NFS" },
];

const MEDIA: Readonly<Record<string, (folder: string) => string>> = {
  "5.6": (folder) => legacyMedia(folder),
  "6.5": (folder) => legacyMedia(folder, "xcp:main", "6.5.0", "90233c"),
  "7.0": (folder) => hybridMedia(folder),
  "8.3": (folder) => modernMedia(folder),
};

describeWith(["root", "netboot"], "from power-on to an installed host", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-netboot-matrix-"));
  const www = join(folder, "www");
  const hosts = createHosts({ inventory: {}, hostFactory: (...of) => new RemoteHost(...of) });
  let web: FileServer;
  let nfs: FileServer;
  beforeAll(async () => {
    mkdirSync(www);
    web = await nginx(www);
    nfs = await ganesha(www);
  }, MINUTES);
  afterAll(async () => {
    await web?.stop();
    await nfs?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const context = (owner: string): Context => ({
    hosts,
    owner,
    signal: new AbortController().signal,
    status: () => {},
    warn: () => {},
  });
  /** Addresses as the computer has them. */
  const http = (path: string) => web.url(`/${path}`).replace("127.0.0.1", SERVER_ADDRESS);
  const nfsPath = (path: string) => `${SERVER_ADDRESS}:${join(www, path)}`;

  test.each(WAYS)(
    "$target from $firmware by $loaders, packages over $by, scripts of each stage over both",
    async ({ target, firmware, loaders, by }) => {
      const name = `${target}-${loaders.join("-")}`;
      const place = (path: string) => `${name}/${path}`;
      const root = join(www, place("boot"));
      const images = atLeast(target, "7.4") ? "xcp-ng" : "xenserver";
      mkdirSync(join(www, name));
      MEDIA[target]?.(join(www, place("media")));

      const stages = ["installation-start", "filesystem-populated", "installation-complete"].slice(atLeast(target, "6.0") ? 0 : 1);
      writeFileSync(join(www, place("installation-start.sh")), "#!/bin/sh\nexit 0\n");
      for (const stage of stages.slice(-2))
        await postInstall.create(
          context(`test ${stage}`),
          postInstall.inputs.parse({
            path: join(www, place(`${stage}.sh`)),
            target,
            csp: false,
            stage,
            script: `echo ${stage} >>"$root/etc/stages"`,
          }),
        );
      const scripts = stages.flatMap((stage) => [
        { stage, url: http(place(`${stage}.sh`)) },
        { stage, url: `nfs://${nfsPath(place(`${stage}.sh`))}` },
      ]);
      await answerfile.create(
        context("test answers"),
        answerfile.inputs.parse({
          path: join(www, place("hv-01.xml")),
          target,
          csp: false,
          sources: [by === "NFS" ? { type: "nfs", address: nfsPath(place("media")) } : { type: "url", address: http(place("media")) }],
          scripts,
          primaryDisk: { device: "sda" },
          adminInterface: { mac: MAC, ipv4: { method: "dhcp" } },
          hostname: "hv-01",
          timezone: "Europe/Berlin",
          rootPassword: "correct horse",
        }),
      );
      await networkBoot.create(
        context("test boot"),
        networkBoot.inputs.parse({
          root,
          mac: MAC,
          target,
          csp: false,
          loaders,
          answerfile: by === "NFS" ? `nfs://${nfsPath(place("hv-01.xml"))}` : http(place("hv-01.xml")),
          baseUrl: http(place("boot")),
        }),
      );
      const port = (of: string) => Number(new RegExp(`${of}=(\\d+)`).exec(nfs.url("/"))?.[1]);
      await putImages(join(root, images), { target, csp: false, ports: { nfs: port("nfsport"), mount: port("mountport") } });
      if (loaders.includes("ipxe") && firmware === "bios") {
        // iPXE as it is usually built, QEMU's too, unpacks no gzip (docs/install.md).
        const xen = join(root, images, "xen.gz");
        writeFileSync(xen, gunzipSync(readFileSync(xen)));
      } else await putLoader(root, firmware);

      const computer = join(folder, name);
      mkdirSync(computer);
      const booted = await bootFromNetwork({
        firmware,
        ...(loaders.includes("ipxe") ? { firstFile: http(`${place("boot")}/${bootPath(MAC, "ipxe")}`) } : {}),
        mac: MAC,
        memory: atLeast(target, "7.1") ? 2560 : 1024,
        folder: computer,
        tftpRoot: root,
      });
      const arguments_ = { "installation-start": null, "filesystem-populated": ["/tmp/root"], "installation-complete": ["0"] } as Record<
        string,
        readonly string[] | null
      >;
      expect(booted.outcome).toMatchObject({
        result: "installed",
        target,
        scripts: scripts.map(({ stage, url }) => ({ stage, url, arguments: arguments_[stage], status: 0 })),
      });
      expect(onDisk(booted, "/etc/hostname")).toBe("hv-01\n");
      expect(onDisk(booted, "/etc/stages").split("\n")).toEqual([
        ...["filesystem-populated", "filesystem-populated", "installation-complete", "installation-complete"],
        "",
      ]);
      rmSync(computer, { recursive: true });
      rmSync(root, { recursive: true });
    },
    6 * MINUTES,
  );
});

import { createLab, type Lab, type LabHost } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { program } from "../../provider/host/remote/program";
import { resourceOf } from "../../provider/resources";
import { withArguments } from "../../provider/shell/program";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";
import { type Loss, type Moment, VolatileDisk } from "./volatile-disk";

const adoption = resourceOf("csp:index:Host");
const policy = resourceOf("csp:firewall:HostPolicy");

jest.setTimeout(300_000);

/** Uses a real file system on a real block device, mounted again without what was only in memory. */
describeWith(["root", "nft"], "a power cut", () => {
  describe.each<["ext4" | "xfs", Loss[]]>([
    ["ext4", ["lost", "journalled", "written"]],
    // What it does otherwise: it keeps names and not content, for files that take another's place too.
    ["xfs", ["journalled"]],
  ])("of a host with %s", (fileSystem, losses) => {
    let lab: Lab;
    let host: LabHost;
    let disk: VolatileDisk;
    let known: State;
    const csp = new Csp("test/dev cut (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    /** Other guests in each of them: one record changes, one comes, one goes; and the first has so many rules that they do not fit into a block. */
    const OLD = { web: [443], db: [5432] };
    const NEW = { web: Array.from({ length: 300 }, (_, index) => 1000 + index), mail: [25] };
    const declaration = (guests: Record<string, number[]>) =>
      policy.inputs.parse({
        host: "hv-01",
        guests: Object.fromEntries(
          Object.entries(guests).map(([name, ports]) => {
            const { uuid, mac } = lab.guest(name);
            const ingress = ports.map((port) => ({ name: `p${port}`, protocol: "tcp", ports: [String(port)] }));
            return [name, { uuid, interfaces: [{ device: 0, mac }], ingress }];
          }),
        ),
      });
    const change = async (guests: Record<string, number[]>) => {
      csp.reconnect();
      const inputs = declaration(guests);
      const outputs =
        known === undefined
          ? (await policy.create(context(), inputs)).outputs
          : await policy.update(context(), "hv-01/guests", known as never, inputs as never);
      known = { inputs, outputs } as State;
    };
    /** All that csp has on record, by content, and what it is in the kernel. What is left of a change that began is part of it. */
    const state = async () => {
      const records = await host.run(`cd /var/lib/csp && { ls -d journal commit 2>/dev/null || :; }
        find . -type f ! -path './work/*' ! -path './tx.*' ! -name ports ! -name zones ! -name lock ! -name generation ! -name '*.log' ! -name .other | LC_ALL=C sort | xargs md5sum`);
      const tools = await host.snapshotTools();
      return { records, ...tools };
    };
    type Whole = Awaited<ReturnType<typeof state>>;
    /** Which of the two states each disk has after the boot. */
    const bootEach = async (images: readonly string[], { before, after }: { before: Whole; after: Whole }) => {
      const contents = await disk.contents(images);
      const found = new Map<string, "before" | "after">();
      for (const [image, content] of contents) {
        if (found.has(content)) continue;
        await disk.boot(image);
        const is = await state();
        const which = is.records === before.records ? "before" : "after";
        expect(is).toEqual(which === "before" ? before : after);
        found.set(content, which);
      }
      return images.map((image) => found.get(contents.get(image) ?? ""));
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`cut-${fileSystem}`),
          hosts: [{ name: "hv-01", backend: "nft" }],
          guests: ["web", "db", "mail"].map((name, index) => ({ name, host: "hv-01", addresses: [`10.25.0.${11 + index}/24`] })),
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      disk = await VolatileDisk.mount(host, fileSystem);
      csp.reconnect();
      await adoption.create(context(), adoption.inputs.parse({ host: "hv-01" }));
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    /** Makes a change, and cuts the power before every command of it. */
    const cutEverywhere = async (loss: Loss) => {
      known = undefined as never;
      await change(OLD);
      await host.run("sh /var/lib/csp/hook test");
      const before = await state();
      let confirmed = "";
      const moments = await disk.during(loss, async () => {
        await change(NEW);
        confirmed = await disk.now();
        // The host puts the files in their places after it has confirmed.
        await csp.hosts.get("hv-01").ask("exit 0", "waiting");
      });
      csp.close();
      await host.run("sync -f /var/lib/csp; sh /var/lib/csp/hook test");
      const after = await state();
      const found = await bootEach([...moments.map(({ image }) => image), confirmed], { before, after });
      await disk.back();
      // The control: the power is cut before anything is done, and the change runs its commands.
      expect(found[0]).toBe("before");
      expect(moments.length).toBeGreaterThan(10);
      expect(found.lastIndexOf("before")).toBeLessThan(found.length - 1);
      expect([...found].sort((a, b) => (a === b ? 0 : a === "before" ? -1 : 1))).toEqual(found);
      expect(found.at(-1)).toBe("after");
      return { moments, found };
    };
    const syncs = (moments: readonly Moment[]) =>
      moments.filter(({ command }) => command.startsWith("sync")).map(({ command }) => command.replace(/(?<=tx[.]).*/, ""));

    test.each(losses)("what was not synced is %s: the new state or the old, and the new once it is confirmed", async (loss) => {
      const { moments } = await cutEverywhere(loss);
      expect(syncs(moments)).toEqual(["sync -f /var/lib/csp/tx.", "sync -f /var/lib/csp"]);
    });

    test("records that a boot is to find are all there once the last of them is", async () => {
      const words = ["vifs", "templates", "hook", "frame"].flatMap((path) => [`trial-${path}`, "600", `${path} `.repeat(3000)]);
      for (const loss of losses) {
        await host.run("rm -f /var/lib/csp/trial-*");
        let confirmed = "";
        const moments = await disk.during(loss, async () => {
          await host.run(withArguments(program("write-records.sh"), ...words));
          confirmed = await disk.now();
        });
        for (const image of new Set([...moments.map((moment) => moment.image), confirmed])) {
          await disk.boot(image);
          const sizes = await host.run(
            "cd /var/lib/csp; for f in vifs templates hook frame; do [ ! -e trial-$f ] || echo $f $(wc -c <trial-$f); done",
          );
          const all = "vifs 15000\ntemplates 30000\nhook 15000\nframe 18000\n";
          expect([loss, all.startsWith(sizes)]).toEqual([loss, true]);
          if (image === confirmed) expect(sizes).toBe(all);
        }
        await disk.back();
      }
    });

    test("a sync of coreutils before 8.24: the same, by syncing everything", async () => {
      await disk.oldSync();
      for (const loss of losses.filter((one) => one !== "written")) {
        const { moments } = await cutEverywhere(loss);
        expect(syncs(moments)).toEqual(["sync -f /var/lib/csp/tx.", "sync", "sync -f /var/lib/csp", "sync"]);
      }
    });
  });
});

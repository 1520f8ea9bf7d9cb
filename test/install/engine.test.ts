import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Declared, failureOf } from "../acceptance/stack";
import { type Trial, trial } from "../doors/workspace";
import { describeWith } from "../support/needs";

describeWith(["pulumi", "plugin"], "answerfile, script and boot files under the engine", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-install-"));
  let engine: Trial;
  beforeAll(async () => {
    engine = await trial("install");
  });
  afterAll(() => {
    engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const path = (name: string) => join(folder, name);

  function declare(change: object = {}): void {
    engine.program = async () => {
      const script = new Declared("csp:install:PostInstall", "finish", {
        path: path("post-install.sh"),
        target: "8.3",
        modules: ["br_netfilter"],
      });
      new Declared("csp:install:NetworkBoot", "boot", {
        root: folder,
        mac: "00:16:3E:01:02:03",
        target: "8.3",
        loaders: ["grub"],
        answerfile: "http://192.0.2.1/hv-01.xml",
      });
      new Declared(
        "csp:install:Answerfile",
        "hv-01",
        {
          path: path("hv-01.xml"),
          target: "8.3",
          sources: [{ type: "url", address: "http://192.0.2.1/media" }],
          primaryDisk: { device: "sda" },
          adminInterface: { name: "eth0", ipv4: { method: "dhcp" } },
          rootPassword: "correct horse",
          timezone: "Europe/Berlin",
          ...change,
        },
        { dependsOn: script },
      );
      return {};
    };
  }

  test("published, unchanged by a second run, drift shown and put back, secrets kept, destroyed", async () => {
    declare();
    expect((await engine.stack.up()).summary.resourceChanges?.create).toBe(4);
    const first = readFileSync(path("hv-01.xml"), "utf8");
    expect((await engine.stack.up()).summary.resourceChanges).toEqual({ same: 4 });
    expect(readFileSync(path("hv-01.xml"), "utf8")).toBe(first);
    for (const secret of ["correct horse", "$6$"]) expect(engine.stateFile()).not.toContain(secret);

    declare({ hostname: "hv-01" });
    const { stdout } = await engine.stack.preview({ diff: true });
    expect(stdout).toContain('+ hostname: "hv-01"');
    await engine.stack.up();
    expect(readFileSync(path("hv-01.xml"), "utf8")).toContain("<hostname>hv-01</hostname>");

    writeFileSync(path("hv-01.xml"), first.replace("eth0", "eth1"));
    expect((await engine.stack.preview()).changeSummary).toMatchObject({ update: 1 });
    await engine.stack.up();
    expect(readFileSync(path("hv-01.xml"), "utf8")).toContain('name="eth0"');

    declare({ adminInterface: { name: "eth0", ipv4: { method: "static", address: "192.0.2.10", netmask: "255.255.255.0" } } });
    const refusal = await failureOf(engine.stack.preview());
    expect(refusal).toContain("adminInterface.ipv4.gateway");
    expect(refusal).toContain("a static address needs gateway");

    await engine.stack.destroy();
    expect(() => readFileSync(path("hv-01.xml"))).toThrow("ENOENT");
    expect(() => readFileSync(path("EFI/xenserver/grub.cfg"))).toThrow("ENOENT");
  }, 240_000);
});

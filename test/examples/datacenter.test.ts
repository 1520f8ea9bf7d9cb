import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLab, demoTopology, type Lab } from "../../lab/netns";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { lintPostInstall } from "../../provider/install/post-install/lint";
import { cspPack, legacyMedia, makeIso, makeTgz, modernMedia } from "../install/support/media";
import { CSP_UNAME } from "../install/support/rpms";
import { type FileServer, nginx } from "../install/support/servers";
import { describeWith } from "../support/needs";
import { Program } from "./program";

const MINUTES = 60_000;
const OPERATOR_KEY = `ssh-ed25519 ${"A".repeat(68)} operator`;
/** What the media of the example install. */
const XENSERVER = { brand: "XenServer", version: "5.6.100", installation: "5b1c0a53-6f1c-4a57-9c7e-0c7bb6c2f00a", backend: "bridge" };

/** This machine, with a real nginx, is the install server. One host of the rack is up; it is a lab host. */
describeWith(["root", "pulumi", "plugin"], "examples/csp-5.6-datacenter", () => {
  let lab: Lab;
  let program: Program;
  let web: FileServer;
  let root: string;
  const fetched = async (path: string) => {
    const response = await fetch(web.url(path));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };

  beforeAll(async () => {
    const { hosts, ...rest } = demoTopology({ name: `ex-rack-${process.pid}`, guests: 2 });
    lab = await createLab({ ...rest, hosts: hosts.map((host) => ({ ...host, product: { ...XENSERVER, kernel: `${CSP_UNAME}xen` } })) });
    program = new Program("csp-5.6-datacenter");
    root = join(program.folder, "www");
    legacyMedia(join(program.folder, "media/XenServer-5.6.100-SP2"));
    makeTgz(cspPack(join(program.folder, "pack")), join(program.folder, "media/xenserver-cloud-supp.tgz"));
    makeIso(modernMedia(join(program.folder, "xcp-ng")), join(program.folder, "media/xcp-ng-8.3.0.iso"));
    web = await nginx(root);
    program.reach(lab);
    program.set({ "csp-datacenter:root": root, "csp-datacenter:url": web.url(""), "csp-datacenter:release": "5.6" });
    program.pulumi("config", "set", "--secret", "rootPassword", "correct horse");
  }, 2 * MINUTES);
  afterAll(async () => {
    program?.remove();
    await web?.stop();
    await lab?.down();
  });

  test(
    "5.6: the repository, and for each server an answerfile and a boot file that refer to it",
    async () => {
      expect(program.pulumi("preview")).toContain("9 to create");
      program.pulumi("up", "--yes", "--skip-preview");
      expect((await fetched("/xs56/XS-REPOSITORY-LIST")).toString()).toContain("packages.cloud-supp");
      for (const name of ["hv-01", "hv-02", "hv-03"]) {
        const answerfile = await fetched(`/answers/${name}.xml`);
        expect(lintAnswerfile(answerfile, { target: "5.6", csp: true }).filter(({ severity }) => severity === "error")).toEqual([]);
        expect(answerfile.toString()).toContain(`<source type="url">${web.url("/xs56")}</source>`);
        const script = new RegExp(`>${web.url("")}(/xs56/post-install.sh)<`).exec(answerfile.toString())?.[1] ?? "no script";
        expect((await fetched(script)).toString()).toMatch(/^#!\/bin\/sh/);
        // Until `pulumi up` adopts the server, only csp's hook protects the guests from each other.
        expect(answerfile.toString()).toContain(`stage="filesystem-populated" type="url">${web.url("/scripts/xs56.sh")}<`);
        const made = await fetched("/scripts/xs56.sh");
        expect(lintPostInstall(made, { target: "5.6", csp: true, stage: "filesystem-populated" })).toEqual([]);
        expect(made.toString()).toContain("/var/lib/csp/hook");
        const boot = readFileSync(join(root, `tftp/pxelinux.cfg/01-00-16-3e-00-00-0${name.slice(-1)}`), "utf8");
        expect(boot).toContain(`answerfile=${web.url(`/answers/${name}.xml`)}`);
      }
      program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    },
    4 * MINUTES,
  );

  test(
    "a server that is up has its firewalls",
    async () => {
      program.set({ "csp-datacenter:installed": ["hv-01"], "csp-datacenter:web1": "6c1a0000-0000-4000-8000-00000000000b" });
      program.pulumi("up", "--yes", "--skip-preview");
      expect(await lab.probe.flow({ from: "office", to: "web-1", port: 443 })).toBe("passed");
      expect(await lab.probe.flow({ from: "office", to: "web-1", port: 22 })).toBe("blocked");
      // With the other product declared, csp would wait: it does not take the present installation for that product.
      program.set({ "csp-datacenter:release": "8.3", "csp-datacenter:operatorKey": OPERATOR_KEY });
      expect(program.pulumi("preview", "--color", "never")).toMatch(
        /another system is still there \(expect\.product: declared XCP-ng, found XenServer\); csp will wait for its new installation/,
      );
      program.set({ "csp-datacenter:release": "5.6" });
      program.pulumi("destroy", "--yes", "--skip-preview");
    },
    3 * MINUTES,
  );

  test(
    "8.3: the same program",
    async () => {
      program.set({
        "csp-datacenter:release": "8.3",
        "csp-datacenter:installed": [],
        "csp-datacenter:operatorKey": OPERATOR_KEY,
      });
      program.pulumi("up", "--yes", "--skip-preview");
      expect((await fetched("/xcp83/.treeinfo")).toString()).toContain("8.3.0");
      const answerfile = await fetched("/answers/hv-01.xml");
      expect(lintAnswerfile(answerfile, { target: "8.3", csp: true }).filter(({ severity }) => severity === "error")).toEqual([]);
      const made = (await fetched("/scripts/xcp83.sh")).toString();
      expect(made).toMatch(/^#!\/bin\/(ba)?sh/);
      expect(made).toContain("/var/lib/csp/hook");
      expect(made).toContain(OPERATOR_KEY);
      program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
      program.pulumi("destroy", "--yes", "--skip-preview");
    },
    4 * MINUTES,
  );
});

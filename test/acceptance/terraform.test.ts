import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findTerraform } from "../../engines/terraform";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { DB, HOST, program, WEB } from "./doors/story";
import { TerraformFolder } from "./doors/terraform-door";
import { hanging, release, sabotage } from "./sabotage";
import { ownName } from "./stack";

// Each test runs the client several times, on machines that may be busy.
jest.setTimeout(240_000);

/** An expression, as JSON syntax has it. */
const hcl = (expression: string) => `\${${expression}}`;

/** Things that only users of Terraform do. */
describeWith(["root", "terraform", "provider"], "what only Terraform does", () => {
  let lab: Lab;
  let host: LabHost;
  let folder: TerraformFolder;
  const sockets = () => readdirSync(folder.environment.TMPDIR!).filter((name) => name.startsWith("csp-terraform-"));
  /** Providers that still run: no other process has this folder for sockets in its environment. */
  const providers = () =>
    readdirSync("/proc").filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`TMPDIR=${folder.environment.TMPDIR}\0`);
      } catch {
        // It ended while we looked.
        return false;
      }
    });

  beforeAll(async () => {
    const guest = (name: string, { uuid, mac, address }: typeof WEB) => ({ name, host: HOST, uuid, mac, addresses: [`${address}/24`] });
    lab = await createLab(
      { name: ownName("tf"), hosts: [{ name: HOST }], guests: [guest("web", WEB), guest("db", DB)] },
      { replace: true },
    );
    host = lab.host(HOST);
    folder = new TerraformFolder("tf", findTerraform()[0]!, [host]);
    folder.environment.TMPDIR = join(folder.folder, "tmp");
    mkdirSync(folder.environment.TMPDIR);
  });
  afterAll(async () => {
    folder?.dispose();
    await lab?.down();
  });

  test("credentials of the provider are in no state, and in no log", async () => {
    folder.write(program());
    folder.environment.TF_LOG = "trace";
    const { code, stdout, stderr } = await folder.run("apply", "-auto-approve");
    folder.environment.TF_LOG = "";
    expect(code).toBe(0);
    const secret = host.ssh.privateKey.split("\n")[2]!;
    const provider = stderr.split("\n").filter((line) => line.includes("[DEBUG] provider") || line.includes("csp:"));
    expect(
      [stdout, provider.join("\n"), readFileSync(join(folder.folder, "terraform.tfstate"), "utf8")].some((text) => text.includes(secret)),
    ).toBe(false);
    // If a timestamp had another form, Terraform would show the line of JSON as it is.
    expect(stderr).not.toContain('"@level"');
  });

  test("Ctrl-C in the middle of a transaction: it is undone, the state says so, and nothing is left running", async () => {
    const tools = await host.snapshotTools();
    await sabotage(host, { tool: "ip6tables-restore", when: "after", deed: "hang" });
    folder.write(program({ http: ["8080"] }));
    const run = folder.start("apply", "-auto-approve");
    await hanging(host);
    process.kill(-run.pid, "SIGINT");
    // The provider receives it a moment later; only then the call that hangs is ended.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await release(host, "ip6tables-restore");
    const { code, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/Unable to update csp_guest_firewall hv-01/);
    expect([sockets(), providers()]).toEqual([[], []]);
    expect(await host.run("cd /var/lib/csp && flock lock ls -d journal commit 2>/dev/null || :")).toBe("");
    expect(await host.snapshotTools()).toEqual(tools);
    const plan = await folder.run("plan", "-detailed-exitcode");
    expect([plan.code, /Plan: 0 to add, 1 to change, 0 to destroy/.test(plan.stdout)]).toEqual([2, true]);
  });

  test("a timeout ends an operation that takes longer, with the resource's own error", async () => {
    await sabotage(host, { tool: "ip6tables-restore", when: "after", deed: "hang" });
    const hasty = program({ http: ["8080"] }).map((each) =>
      each.name === "web" ? { ...each, args: { ...each.args, timeouts: { update: "2s" } } } : each,
    );
    folder.write(hasty);
    const run = folder.start("apply", "-auto-approve");
    await hanging(host);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await release(host, "ip6tables-restore");
    const { code, stderr } = await run.ended;
    expect([code, /Unable to update csp_guest_firewall/.test(stderr)]).toEqual([1, true]);
    folder.write(program().map((each) => (each.name === "web" ? { ...each, args: { ...each.args, timeouts: { update: "soon" } } } : each)));
    expect((await folder.run("validate")).stderr.replace(/\s+/g, " ")).toContain('"soon" is not a duration. Write a number and a unit');
  });

  test("configuration is generated for what is imported, and then there is nothing to change", async () => {
    folder.write(program());
    await folder.must("apply", "-auto-approve");
    folder.forget();
    folder.write([], { import: [{ to: "csp_guest_firewall.web", id: `${HOST}/${WEB.uuid}` }] });
    const { code, stderr } = await folder.run("plan", "-generate-config-out=generated.tf");
    const generated = join(folder.folder, "generated.tf");
    expect([code, stderr, existsSync(generated)]).toEqual([0, "", true]);
    expect(readFileSync(generated, "utf8")).toMatch(/resource "csp_guest_firewall" "web".*name\s+= "http"/s);
    expect(await folder.must("plan")).toContain("Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.");
  });

  test.each([
    ["of a malformed ID", HOST, /"hv-01" is not an ID of such a resource\. Write it as <host>\[,<host>\.\.\.\]\/<vm-uuid>/],
    ["of what is not there", `${HOST}/00000000-0000-4000-8000-000000000000`, /non-existent remote object/],
  ])("an import %s says so", async (_case, id, message) => {
    folder.write([], { import: [{ to: "csp_guest_firewall.nobody", id }] });
    const { code, stderr } = await folder.run("plan", "-generate-config-out=nobody.tf");
    expect([code, stderr.replace(/\s+/g, " ")]).toEqual([1, expect.stringMatching(message)]);
  });

  test("data sources say what a host is, which guests run there, and what it does with a packet", async () => {
    folder.forget();
    const packet = (port: number) => ({
      ...{ host: HOST, from: { guest: DB.uuid }, to: { guest: WEB.uuid } },
      ...{ source: DB.address, target: WEB.address, target_port: port },
    });
    folder.write([], {
      data: {
        csp_host: { hv: { host: HOST } },
        csp_guests: { hv: { host: HOST } },
        csp_packet_verdict: { http: packet(80), https: packet(443) },
        csp_compiled_policy: {
          web: {
            guests: {
              web: {
                uuid: WEB.uuid,
                interfaces: [{ device: 0, mac: WEB.mac, addresses: [WEB.address] }],
                ingress: [{ name: "http", protocol: "tcp", ports: ["80"] }],
              },
            },
          },
        },
      },
      output: {
        http: { value: hcl("data.csp_packet_verdict.http.verdict") },
        https: { value: hcl("data.csp_packet_verdict.https.decided_by.rule") },
        compiled: { value: hcl("data.csp_compiled_policy.web.iptables") },
        tools: { value: hcl("data.csp_host.hv.facts.tools") },
        macs: { value: hcl("[for g in data.csp_guests.hv.guests : g.interfaces[0].mac]") },
      },
    });
    rmSync(join(folder.folder, "generated.tf"), { force: true });
    await folder.must("apply", "-auto-approve");
    const outputs = JSON.parse(await folder.must("output", "-json")) as {
      http: { value: string };
      https: { value: string };
      compiled: { value: string };
      macs: { value: string[] };
      tools: { value: unknown };
    };
    expect(outputs.macs.value.sort()).toEqual([WEB.mac, DB.mac].sort());
    expect(outputs.http.value).toBe("passes");
    expect(outputs.https.value).toBe("-p tcp -m tcp --dport 443 -j DROP");
    expect(outputs.compiled.value).toContain("-p tcp -m tcp --dport 80 -m comment --comment http -j ACCEPT\n");
    expect(outputs.tools.value).toMatchObject({ iptables: expect.any(String) });
  });

  test("a host that is only created in the same run is planned without it", async () => {
    folder.write([], {
      provider: { csp: { hosts: { later: { address: hcl("terraform_data.address.output") } } } },
      resource: {
        terraform_data: { address: { input: "192.0.2.1" } },
        csp_guest_firewall: {
          web: { host: "later", guest: { uuid: WEB.uuid }, interface: [{ device: 0, mac: WEB.mac, addresses: [WEB.address] }] },
        },
      },
    });
    expect(await folder.must("plan")).toContain("Plan: 2 to add");
  });
});

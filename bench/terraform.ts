import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { resolveTerraform } from "../engines/terraform";
import { createLab } from "../lab/netns";
import { providerConfig } from "../provider/core/provider-config";
import { selfSigned } from "../provider/doors/terraform/certificate";
import { schemaResponse } from "../provider/doors/terraform/messages";
import { providerSchema, typesOf } from "../provider/doors/terraform/schema";
import { CspError } from "../provider/errors";
import { functions, resources } from "../provider/resources";
import { type Bench, median } from "./figure";
import { fleetGuests, fleetLab, fleetRules } from "./fleet";
import { inventory } from "./host";
import { interleave, timed } from "./interleave";

const PROVIDER = join(__dirname, "../dist/bin/terraform-provider-csp");
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const GUESTS = 300;

export const terraformStart: Bench = {
  name: "terraform-start",
  what: "the Terraform provider, from its start to its handshake, against `node -e 0`",
  aim: "<= 3",
  run: async (progress) => {
    const { pem } = selfSigned();
    const environment = { ...process.env, TF_PLUGIN_MAGIC_COOKIE: COOKIE, PLUGIN_PROTOCOL_VERSIONS: "6", PLUGIN_CLIENT_CERT: pem };
    progress("20 rounds of both");
    const samples = await interleave(
      {
        start: () =>
          new Promise<number>((resolve) => {
            const began = process.hrtime.bigint();
            const child = spawn(PROVIDER, { env: environment, stdio: ["ignore", "pipe", "inherit"] });
            child.stdout.once("data", () => {
              const took = Number(process.hrtime.bigint() - began) / 1e6;
              child.once("close", () => resolve(took));
              child.kill("SIGTERM");
            });
          }),
        node: () => timed(async () => void spawnSync(process.execPath, ["-e", "0"])),
      },
      20,
    );
    const [start, node] = [median(samples.start), median(samples.node)];
    return { ratio: start / node, parts: { "start to handshake": start, "node -e 0": node }, samples };
  },
};

export const terraformPlan: Bench = {
  name: "terraform-plan",
  what: `a plan of ${GUESTS} csp_guest_firewall in which nothing changed, against the same with a provider that does nothing`,
  aim: "<= 2",
  run: async (progress, planes) => {
    const clients = await resolveTerraform();
    if ("missing" in clients)
      throw new CspError("engine-missing", "bench", clients.missing, "install Terraform or OpenTofu, or Go to build it");
    const [client] = clients;
    const folder = mkdtempSync(join(tmpdir(), "csp-bench-terraform-"));
    // The guests do not run, but their rules are there.
    const lab = await createLab(fleetLab("bench-terraform", planes[0]?.backend ?? "nft", []), { replace: true });
    try {
      const noop = await buildNoop(folder);
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify(configuration(inventory(lab.host("hv-01")))));
      const run = (provider: string, ...args: string[]) => {
        const settings = join(folder, `${provider === noop ? "noop" : "ours"}.tfrc`);
        writeFileSync(settings, `provider_installation {\n  dev_overrides {\n    "csp-iac/csp" = "${provider}"\n  }\n}\n`);
        const environment = { ...process.env, TF_CLI_CONFIG_FILE: settings, CHECKPOINT_DISABLE: "1", TF_LOG: "" };
        const argv = [...args, "-no-color"];
        const stdio = ["ignore", "ignore", "pipe"] as const;
        const { status, stderr } = spawnSync(client?.path ?? "", argv, {
          cwd: folder,
          env: environment,
          encoding: "utf8",
          stdio: [...stdio],
        });
        if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr}`);
      };
      const ours = join(PROVIDER, "..");
      progress(`${GUESTS} resources are created`);
      run(ours, "apply", "-auto-approve");
      progress("5 plans of each");
      const plan = (provider: string) => () => timed(async () => run(provider, "plan", "-detailed-exitcode"));
      const samples = await interleave({ ours: plan(ours), noop: plan(noop) }, 5);
      const [own, bare] = [median(samples.ours), median(samples.noop)];
      return { ratio: own / bare, parts: { "plan, ours": own, "plan, nothing": bare }, samples };
    } finally {
      await lab.down();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function configuration(hosts: Record<string, unknown>): object {
  const { hostKey, privateKey, ...rest } = hosts["hv-01"] as Record<string, unknown>;
  const rules = (list: readonly Readonly<Record<string, unknown>>[]) =>
    list
      .filter(({ from, to }) => !JSON.stringify([from, to]).includes("group:"))
      .map(({ icmpType, ...rule }) => (icmpType === undefined ? rule : { ...rule, icmp_type: icmpType }));
  const firewalls = fleetGuests(GUESTS).map(({ name, uuid, mac, addresses }, index) => {
    const { ingress, egress } = fleetRules(index);
    const args = { host: `\${csp_host.hv.host}`, guest: { uuid }, interface: [{ device: 0, mac, addresses }] };
    return [name, { ...args, ingress: rules(ingress), egress: rules(egress) }] as const;
  });
  return {
    terraform: { required_providers: { csp: { source: "csp-iac/csp" } } },
    provider: { csp: { hosts: { "hv-01": { ...rest, host_key: hostKey, private_key: privateKey } } } },
    resource: { csp_host: { hv: { host: "hv-01" } }, csp_guest_firewall: Object.fromEntries(firewalls) },
  };
}

/** Builds the provider that does nothing, in its own folder, with the name that Terraform looks for. */
async function buildNoop(parent: string): Promise<string> {
  const folder = join(parent, "noop");
  mkdirSync(folder);
  const outfile = join(folder, "noop.js");
  const banner = { js: "#!/usr/bin/env node" };
  const options = { bundle: true, minify: true, platform: "node", target: "node20", banner, logLevel: "error" } as const;
  await build({ ...options, entryPoints: [join(__dirname, "noop-provider.ts")], outfile });
  copyFileSync(outfile, join(folder, "terraform-provider-csp"));
  chmodSync(join(folder, "terraform-provider-csp"), 0o755);
  writeFileSync(join(folder, "schema.bin"), schemaResponse(providerSchema(typesOf({ resources, functions, config: providerConfig }))));
  return folder;
}

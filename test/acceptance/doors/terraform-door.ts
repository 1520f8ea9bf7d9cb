import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TerraformClient } from "../../../engines/terraform";
import type { LabHost } from "../../../lab/netns";
import { providerConfig } from "../../../provider/core/provider-config";
import type { Attribute } from "../../../provider/doors/terraform/attributes";
import { typesOf } from "../../../provider/doors/terraform/schema";
import { functions, resources } from "../../../provider/resources";
import { entryOf } from "../stack";
import { type Declaration, type Door, type Imported, resolved } from "./declaration";
import { oneLine } from "./pulumi-door";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a configuration in it, and a client that uses the built provider. */
export class TerraformFolder {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;

  constructor(
    name: string,
    private readonly client: TerraformClient,
    private readonly hosts: readonly LabHost[],
  ) {
    this.folder = mkdtempSync(join(tmpdir(), `csp-${name}-`));
    // The client's settings, with the provider's folder: the client asks no registry.
    const settings = join(this.folder, "settings.tfrc");
    writeFileSync(
      settings,
      `provider_installation {\n  dev_overrides {\n    "csp-iac/csp" = "${resolve("dist/bin")}"\n  }\n  direct {}\n}\n`,
    );
    this.environment = { ...process.env, TF_CLI_CONFIG_FILE: settings, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", TF_LOG: "" };
  }

  write(program: readonly Declaration[], more: Readonly<Record<string, unknown>> = {}): void {
    writeFileSync(join(this.folder, "main.tf.json"), JSON.stringify(this.configuration(program, more), null, 2));
  }

  /** As one arm of a run: `code` is the client's own. */
  run(...args: string[]): Promise<Ran> {
    return this.start(...args).ended;
  }

  start(...args: string[]): { readonly pid: number; readonly ended: Promise<Ran> } {
    // In a process group of its own, as in a terminal: Ctrl-C reaches the whole group.
    const child = spawn(this.client.path, [...args, "-no-color"], { cwd: this.folder, env: this.environment, detached: true });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    const ended = new Promise<Ran>((done, failed) => {
      child.on("error", failed);
      child.on("close", (code) => done({ code, ...output }));
    });
    return { pid: child.pid ?? 0, ended };
  }

  /** A run that must succeed. */
  async must(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${this.client.name} ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  forget(): void {
    for (const file of readdirSync(this.folder)) if (file.startsWith("terraform.tfstate")) rmSync(join(this.folder, file));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private configuration(program: readonly Declaration[], more: Readonly<Record<string, unknown>>): object {
    const hosts = Object.fromEntries(this.hosts.map((host) => [host.name, snakeKeys(entryOf(host))]));
    const address = new Map(program.map(({ token, name }) => [name, `${typeOf(token)}.${name}`]));
    const resource: Record<string, Record<string, unknown>> = {};
    for (const { token, name, args, after = [] } of program) {
      const type = typeOf(token);
      const given = resolved(args, ({ resource: of, output }) => `\${${address.get(of)}.${output}}`);
      const attributes = inTerraform(types.resources.get(type)?.attributes ?? [], given);
      resource[type] = { ...resource[type], [name]: { ...(attributes as object), depends_on: after.map((each) => address.get(each)) } };
    }
    return {
      terraform: { required_providers: { csp: { source: "csp-iac/csp" } } },
      provider: { csp: { hosts } },
      ...(program.length === 0 ? {} : { resource }),
      ...more,
    };
  }
}

export const typeOf = (token: string): string =>
  token === "csp:install:Repository" ? "csp_install_repository" : `csp_${snake(token.split(":").at(-1) ?? "")}`;

const snake = (text: string): string => text.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** Keys in snake case. The lab's names contain no capitals, so the keys of maps do not change. */
function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [snake(key), snakeKeys(entry)]));
}

const types = typesOf({ resources, functions, config: providerConfig });

/** A resource's inputs. A list of blocks is called by the singular. */
function inTerraform(attributes: readonly Attribute[], args: unknown): unknown {
  return Object.fromEntries(
    Object.entries(args as object).map(([field, value]) => {
      const attribute = attributes.find((each) => each.field === field);
      return [attribute?.name ?? snake(field), snakeKeys(value)];
    }),
  );
}

interface PlanJson {
  readonly resource_changes?: readonly { readonly name: string; readonly change: { readonly actions: readonly string[] } }[];
}

/** Through Terraform or OpenTofu itself. */
export async function terraformDoor(name: string, client: TerraformClient, hosts: readonly LabHost[]): Promise<Door> {
  const folder = new TerraformFolder(name, client, hosts);
  /** The program that the plan on disk is of, and of the hosts as they are. */
  let planned: readonly Declaration[] | undefined;
  return {
    plan: async (program) => {
      folder.write(program);
      const { code, stdout, stderr } = await folder.run("plan", "-detailed-exitcode", "-out=plan");
      if (code !== 0 && code !== 2) throw new Error(`plan ended with ${code}:\n${stdout}\n${stderr}`);
      planned = program;
      const { resource_changes = [] } = JSON.parse(await folder.must("show", "-json", "plan")) as PlanJson;
      const changed = resource_changes.filter(({ change }) => change.actions.some((action) => action !== "no-op" && action !== "read"));
      // A script in a pipeline decides by this exit status.
      if ((code === 2) !== changed.length > 0) throw new Error(`plan ended with ${code}, and would change ${changed.length}:\n${stdout}`);
      return changed.map((each) => each.name).sort();
    },
    refused: async (program) => {
      folder.write(program);
      const { code, stderr } = await folder.run("plan");
      if (code !== 1) throw new Error("the plan succeeded, and should have failed");
      return oneLine(stderr);
    },
    apply: async (program) => {
      folder.write(program);
      await folder.must("apply", ...(planned === program ? ["plan"] : ["-auto-approve"]));
      planned = undefined;
    },
    importAll: async (program: readonly Declaration[], ids: readonly Imported[]) => {
      const token = new Map(program.map((each) => [each.name, each.token]));
      folder.write(program, { import: ids.map(({ name: own, id }) => ({ to: `${typeOf(token.get(own) ?? "")}.${own}`, id })) });
      const said = await folder.must("apply", "-auto-approve");
      if (!new RegExp(`${ids.length} imported, \\d+ added, \\d+ changed, 0 destroyed`).test(said))
        throw new Error(`not imported:\n${said}`);
    },
    forget: async () => folder.forget(),
    destroy: async (program) => {
      folder.write(program);
      await folder.must("destroy", "-auto-approve");
    },
    end: async () => folder.dispose(),
  };
}

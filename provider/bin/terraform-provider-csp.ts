import { clientCertificate, handshakeLine, PROTOCOL, startedByTerraform } from "../doors/terraform/handshake";
import { serve } from "../doors/terraform/server";

const WHAT_IT_IS = `terraform-provider-csp is the plugin through which Terraform and OpenTofu drive csp. They start it; there is nothing to start by hand.

A configuration names it, and \`terraform init\` installs it:

  terraform {
    required_providers {
      csp = { source = "csp-iac/csp" }
    }
  }

To use one that is not in a registry, say in ~/.terraformrc (or ~/.tofurc) in which folder it is:

  provider_installation {
    dev_overrides { "csp-iac/csp" = "node_modules/csp-iac/dist/bin" }
    direct {}
  }

To debug it, run \`terraform-provider-csp --attach\` and give Terraform the variable it prints.
`;

const ADDRESS = "registry.terraform.io/csp-iac/csp";

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--attach")) return attach();
  if (!startedByTerraform(process.env)) return fail(WHAT_IT_IS);
  let client: string | undefined;
  try {
    client = clientCertificate(process.env);
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n`);
  }
  const end = () => {
    serving.stop();
    process.exit(0);
  };
  const serving = await serve({ clientCertificate: client, socketParent: process.env.PLUGIN_UNIX_SOCKET_DIR || undefined, onEnd: end });
  // Ctrl-C reaches every process of the terminal's group. Terraform says what this process must do then (StopProvider).
  process.on("SIGINT", () => {});
  process.on("SIGTERM", end);
  // A killed client does not end the connection. csp notices that it has another parent process.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || end(), 2000).unref();
  process.stdout.write(`${handshakeLine(serving.socket, serving.certificate?.der)}\n`);
}

/** Serves one Terraform after another, until the process is ended. */
async function attach(): Promise<void> {
  const serving = await serve({ onEnd: () => {} });
  const address = { Network: "unix", String: serving.socket };
  const reattach = { [ADDRESS]: { Protocol: "grpc", ProtocolVersion: PROTOCOL, Pid: process.pid, Test: true, Addr: address } };
  const end = () => {
    serving.stop();
    process.exit(0);
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  process.stdout.write(`TF_REATTACH_PROVIDERS='${JSON.stringify(reattach)}'\n`);
}

function fail(message: string): void {
  process.stderr.write(message);
  process.exitCode = 1;
}

void main(process.argv.slice(2));

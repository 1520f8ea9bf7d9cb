import { serve } from "../doors/pulumi/server";

const WHAT_IT_IS = `pulumi-resource-csp is the plugin through which Pulumi drives csp. Pulumi starts it; there is nothing to start by hand.

A program finds it when Pulumi.yaml says where it is:

  plugins:
    providers:
      - name: csp
        path: node_modules/csp-iac/dist/bin

To debug it, run \`pulumi-resource-csp --attach\` and give Pulumi the port it prints: PULUMI_DEBUG_PROVIDERS=csp:PORT pulumi up
`;

/** [--logtostderr] [-v=N] [--tracing ADDRESS] ENGINE_ADDRESS, as the engine starts it. */
function engineAddress(args: readonly string[]): string | undefined {
  const rest = args.filter((arg, index) => !arg.startsWith("-") && args[index - 1] !== "--tracing" && args[index - 1] !== "-tracing");
  return rest.at(-1);
}

async function main(args: readonly string[]): Promise<void> {
  const address = engineAddress(args);
  if (address === undefined && !args.includes("--attach")) {
    process.stderr.write(WHAT_IT_IS);
    process.exitCode = 2;
    return;
  }
  const serving = await serve({ engineAddress: address });
  process.stdout.write(`${serving.port}\n`);
  const stop = () => {
    serving.stop();
    process.exit(0);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // A killed engine does not end the connection. csp notices that it has another parent process.
  const parent = process.ppid;
  if (address !== undefined) setInterval(() => process.ppid === parent || stop(), 2000).unref();
}

void main(process.argv.slice(2));

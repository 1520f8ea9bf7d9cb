import { resolvePulumi } from "./pulumi";
import { resolveTerraform } from "./terraform";

const ORIGIN = { path: "found here", npm: "downloaded", go: "built from Go modules" } as const;

/** `npm run engines`: finds, downloads or builds what the demo and the engine tests run, and says where it is. */
async function main(): Promise<void> {
  const pulumi = await resolvePulumi();
  if ("missing" in pulumi) {
    console.log(`pulumi: none (${pulumi.missing})`);
    process.exitCode = 1;
  } else {
    console.log(`pulumi ${pulumi.version} (${ORIGIN[pulumi.source]}): ${pulumi.path}`);
    console.log(`pulumi-language-nodejs: ${pulumi.languageHostDir}`);
  }
  const clients = await resolveTerraform();
  if ("missing" in clients) {
    console.log(`terraform: none (${clients.missing})`);
    process.exitCode = 1;
  } else for (const { name, version, source, path } of clients) console.log(`${name} ${version} (${ORIGIN[source]}): ${path}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

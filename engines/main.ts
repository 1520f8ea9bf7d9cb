import { resolvePulumi } from "./pulumi";

/** `npm run engines`: finds, downloads or builds what the demo and the engine tests run, and says where it is. */
async function main(): Promise<void> {
  const pulumi = await resolvePulumi();
  if ("missing" in pulumi) {
    console.log(`pulumi: none (${pulumi.missing})`);
    process.exitCode = 1;
    return;
  }
  const origin = { path: "found here", npm: "downloaded", go: "built from Go modules" }[pulumi.source];
  console.log(`pulumi ${pulumi.version} (${origin}): ${pulumi.path}`);
  console.log(`pulumi-language-nodejs: ${pulumi.languageHostDir}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

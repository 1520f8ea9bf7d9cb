/** `npm run lab:uml -- COMMAND...`: runs a command under a second kernel, in the folder that it is called from. */
import { CspError } from "../../provider/errors";
import { secondKernel } from "./kernel";
import { runUnderUml } from "./machine";

async function main(argv: readonly string[]): Promise<number> {
  const plug = new AbortController();
  let stopped: NodeJS.Signals | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stopped = signal;
      plug.abort();
    });
  }
  try {
    return await runUnderUml({
      kernel: await secondKernel((sentence) => console.error(`lab:uml: ${sentence}`)),
      argv: argv.length > 0 ? argv : ["uname", "-a"],
      folder: process.cwd(),
      environment: process.env,
      signal: plug.signal,
      stdout: (bytes) => process.stdout.write(bytes),
      stderr: (bytes) => process.stderr.write(bytes),
    });
  } catch (error) {
    if (stopped !== undefined) return stopped === "SIGINT" ? 130 : 143;
    console.error(error instanceof CspError ? error.message : error);
    return 125;
  }
}

main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

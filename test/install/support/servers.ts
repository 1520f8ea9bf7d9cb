import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../ssh/sshd";

/** A server of files that ends with the test process, however that ends. */
export interface FileServer {
  /** "http://127.0.0.1:1234", or "nfs://127.0.0.1" with its ports behind. */
  url(path: string): string;
  stop(): Promise<void>;
  /** What it has said. */
  log(): string;
}

/** A real nginx that gives the files below `root`; `location`: more lines for its server block. */
export async function nginx(root: string, location = ""): Promise<FileServer> {
  const folder = mkdtempSync(join(tmpdir(), "csp-nginx-"));
  const port = await freePort();
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; user root; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log ${folder}/access.log;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  server { listen 127.0.0.1:${port}; root ${root}; ${location} }
}
`,
  );
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "nginx", "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
    stdio: "ignore",
  });
  const log = () => readFileSync(join(folder, "access.log"), "utf8");
  await listening(port, child, () => readFileSync(join(folder, "error.log"), "utf8"));
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    log,
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A real NFS server in user space that exports `root` on ports of its own. It insists on registering with rpcbind, which has one port for a
 * machine: ours is in a network namespace of its own, and found by the socket in a /run that the two share with nobody.
 */
export async function ganesha(root: string): Promise<FileServer> {
  const folder = mkdtempSync(join(tmpdir(), "csp-ganesha-"));
  const [nfs, mount] = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, "ganesha.conf"),
    `NFS_CORE_PARAM { NFS_Port=${nfs}; MNT_Port=${mount}; Protocols=3,4; Enable_UDP=false; Enable_NLM=false; Enable_RQUOTA=false; Bind_addr=127.0.0.1; }
EXPORT_DEFAULTS { Access_Type = RO; Squash = No_Root_Squash; SecType = sys; }
NFSV4 { Graceless = true; RecoveryRoot = ${folder}; }
EXPORT { Export_Id = 1; Path = ${root}; Pseudo = ${root}; Protocols = 3,4; Transports = TCP; FSAL { Name = VFS; } }
`,
  );
  const script = `mount --make-rprivate /; mount -t tmpfs tmpfs /run; mkdir -p /run/ganesha /run/rpcbind /run/lock
unshare --net rpcbind -w -f & rpcbind=$!
while [ ! -S /run/rpcbind.sock ]; do sleep 0.05; done
ganesha.nfsd -F -f ${folder}/ganesha.conf -L ${folder}/log -p ${folder}/pid -N NIV_EVENT & server=$!
trap 'kill $server $rpcbind 2>/dev/null' TERM
wait $server; kill $rpcbind 2>/dev/null; wait`;
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "unshare", "--mount", "sh", "-c", script], { stdio: "ignore" });
  const log = () => (existsSync(join(folder, "log")) ? readFileSync(join(folder, "log"), "utf8") : "");
  await listening(nfs, child, log);
  await listening(mount, child, log);
  return {
    url: (path) => `nfs://127.0.0.1${path}?nfsport=${nfs}&mountport=${mount}`,
    log,
    stop: async () => {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (child.exitCode !== null) throw new Error(`it ended: ${said()}`);
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (up) return;
    await sleep(20);
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await ended;
}

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync as readHere,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync as writeHere,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHosts, type Hosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import { openServer, readFile, removeFile, type Server, writeFile } from "../../provider/install/publish/server";
import { Site } from "../ssh/sshd";
import { describeWith } from "../support/needs";

/** Both kinds of server use a real shell and a real disk. */
function contract(open: () => Server): void {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "csp-server-"));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("writes, reads back and removes a file, in folders that it makes, readable for the web server", async () => {
    const path = join(folder, 'a folder/it\'s "quoted"/$HOME.xml');
    const text = "no newline at the end, é, \u{1f600}, $HOME `id` 'x'\\\n\n  \tlast";
    await writeFile(open(), path, text);
    expect(readHere(path, "utf8")).toBe(text);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(await readFile(open(), path)).toBe(text);
    await writeFile(open(), path, "", { mode: "600" });
    expect(await readFile(open(), path)).toBe("");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await removeFile(open(), path);
    expect(existsSync(path)).toBe(false);
    expect(await readFile(open(), path)).toBeUndefined();
    await removeFile(open(), path);
  });

  test("replaces a link, never what it points to", async () => {
    writeHere(join(folder, "precious"), "precious");
    symlinkSync("precious", join(folder, "link"));
    await writeFile(open(), join(folder, "link"), "new");
    expect(readHere(join(folder, "precious"), "utf8")).toBe("precious");
    expect(readHere(join(folder, "link"), "utf8")).toBe("new");
  });

  test("many writers of one file do not disturb each other, and what a killed one left is removed", async () => {
    const path = join(folder, "shared");
    writeHere(`${path}.csp-new.1`, "half");
    utimesSync(`${path}.csp-new.1`, 0, 0);
    await Promise.all(Array.from({ length: 8 }, (_, index) => writeFile(open(), path, `writer ${index}`)));
    expect(await readFile(open(), path)).toMatch(/^writer \d$/);
    expect(readdirSync(folder).filter((name) => name.startsWith("shared"))).toEqual(["shared"]);
  });

  test("a file that comes and goes is there or not, and is never an error", async () => {
    const path = join(folder, "coming");
    let reading = true;
    const comesAndGoes = (async () => {
      for (; reading; await new Promise((resolve) => setImmediate(resolve))) {
        writeHere(path, "here");
        rmSync(path);
      }
    })();
    try {
      for (let round = 0; round < 50; round++) expect(["here", "", undefined]).toContain(await readFile(open(), path));
    } finally {
      reading = false;
      await comesAndGoes;
    }
  });

  test("says what is in the way, and leaves nothing half-written behind", async () => {
    mkdirSync(join(folder, "directory"), { recursive: true });
    writeHere(join(folder, "file"), "");
    await expect(writeFile(open(), join(folder, "directory"), "x")).rejects.toThrow("a folder of that name is in the way");
    await expect(writeFile(open(), join(folder, "file/below"), "x")).rejects.toThrow(/writing .*file\/below failed/);
    await expect(readFile(open(), join(folder, "directory"))).rejects.toThrow(/reading .*directory failed/);
    expect(readdirSync(folder).filter((name) => name.includes("csp-new"))).toEqual([]);
  });
}

describe("files on this machine", () => {
  const hosts = createHosts({ inventory: {}, hostFactory: (...of) => new RemoteHost(...of) });
  contract(() => openServer(hosts, "localhost"));

  test("an aborted script rejects", async () => {
    const late = openServer(hosts, "localhost").run("exec sleep 60", "sleeping", { signal: AbortSignal.timeout(50) });
    await expect(late).rejects.toThrow("sleeping failed: The operation was aborted");
  });
});

describeWith(["root"], "files on a server reached over SSH", () => {
  const site = new Site();
  let hosts: Hosts;
  beforeAll(async () => {
    const privateKey = site.key("id");
    const sshd = await site.sshd();
    hosts = createHosts({
      inventory: { "repo-1": { address: "127.0.0.1", port: sshd.port, privateKey, hostKey: sshd.hostKeys.ed25519 } },
      hostFactory: (...of) => new RemoteHost(...of),
    });
  });
  afterAll(async () => {
    hosts.close();
    await site.end();
  });
  contract(() => openServer(hosts, "repo-1"));
});

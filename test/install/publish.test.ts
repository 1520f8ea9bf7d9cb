import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHosts, type Hosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import { PublishedTree, type PublishOptions } from "../../provider/install/publish/publish";
import { openServer, type Server } from "../../provider/install/publish/server";
import { describeFolder, type Media } from "../../provider/install/repository/media";
import { Site } from "../ssh/sshd";
import { describeWith } from "../support/needs";
import { filesBelow } from "./support/media";

const quiet: PublishOptions = { signal: new AbortController().signal, status: () => {} };
const OWNER = "shop/prod xs56 (csp:install:Repository)";

/** The same for both kinds of server, which use a real shell and a real disk. */
function contract(open: () => Server): void {
  let folder: string;
  let path: string;
  let tree: PublishedTree;
  let media: Media;

  const write = (files: Readonly<Record<string, string>>) => {
    rmSync(join(folder, "media"), { recursive: true, force: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, "media", name, ".."), { recursive: true });
      writeFileSync(join(folder, "media", name), text);
    }
  };
  const publish = async (files: Readonly<Record<string, string>>, options = quiet) => {
    write(files);
    media = await describeFolder(join(folder, "media"), "media", () => {});
    return tree.publish(OWNER, media.files, { declaration: { of: "the test" }, contents: null }, options);
  };
  /** What a reader finds, without the hidden store. */
  const visible = () =>
    Object.fromEntries(
      filesBelow(path)
        .filter((name) => !name.startsWith(".csp/"))
        .map((name) => [name, readFileSync(join(path, name), "utf8")]),
    );
  const objects = () => filesBelow(join(path, ".csp/objects")).length;
  const drift = async () => {
    const { record } = await tree.look(quiet.signal);
    if (record === undefined) throw new Error("there is no record");
    const actual = await tree.read(record, quiet.signal);
    return {
      gone: Object.keys(record.files).filter((name) => !actual.has(name)),
      changed: [...actual]
        .filter(([name, sum]) => record.files[name] !== sum)
        .map(([name]) => name)
        .sort(),
    };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "csp-publish-"));
    path = join(folder, "www/xs56");
    tree = new PublishedTree(open(), path);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const FIRST = { LIST: "a\n", "a/x.rpm": "x", "a/deep er/y.rpm": "y", "b/same-as-x.rpm": "x", ".treeinfo": "[general]\n" };

  test("publishes, copies only what changed, and keeps old trees for those who still read them", async () => {
    expect((await tree.look(quiet.signal)).path).toBe("none");
    expect([...(await publish(FIRST))].sort()).toEqual([".treeinfo", "LIST", "a/deep er/y.rpm", "a/x.rpm", "b/same-as-x.rpm"]);
    expect(visible()).toEqual(FIRST);
    expect(objects()).toBe(4);
    const { "b/same-as-x.rpm": _, ".treeinfo": __, ...rest } = FIRST;
    const second = { ...rest, LIST: "a\nc\n", "c/z.rpm": "z" };
    const before = execFileSync("readlink", ["-f", join(path, ".csp/current")], { encoding: "utf8" }).trim();
    expect([...(await publish(second))].sort()).toEqual(["LIST", "c/z.rpm"]);
    expect(visible()).toEqual(second);
    expect(filesBelow(before)).toHaveLength(5);
    expect(existsSync(join(path, "b"))).toBe(false);
    await publish(second);
    expect(existsSync(before)).toBe(true);
    execFileSync("touch", ["-d", "3 hours ago", before]);
    await publish(second);
    expect(existsSync(before)).toBe(false);
    expect(objects()).toBe(4);
    expect((await tree.look(quiet.signal)).record?.declaration).toEqual({ of: "the test" });
  });

  test("a reader sees the old tree or the new one, never a mixture", async () => {
    const version = (n: number) => Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`a/${i}`, `version ${n}, file ${i}\n`]));
    await publish(version(0));
    // Opens the folder once and reads all of it, as somebody who has mounted it.
    const reader = join(folder, "reader.sh");
    writeFileSync(
      reader,
      `until [ -e "${folder}/stop" ]; do ( cd "${path}/a" && cat $(seq 0 11) | cut -d, -f1 | sort | uniq -c ) 2>&1; done`,
    );
    const log = join(folder, "log");
    const reading = openReader(reader, log);
    for (let n = 1; n <= 3; n++) await publish(version(n));
    writeFileSync(join(folder, "stop"), "");
    await reading;
    const seen = [...new Set(readFileSync(log, "utf8").trim().split("\n"))].map((line) => line.trim());
    expect(seen.length).toBeGreaterThan(1);
    for (const line of seen) expect(line).toMatch(/^12 version \d$/);
  });

  test("an interrupted copy continues where it stopped; a damaged file is not accepted", async () => {
    const big = "0123456789".repeat(200_000);
    await publish({ LIST: "old\n" });
    write({ LIST: "new\n", "big.rpm": big });
    media = await describeFolder(join(folder, "media"), "media", () => {});
    const sum = media.files.get("big.rpm")?.sha256 as string;
    const part = join(path, ".csp/objects", `${sum}.part`);
    writeFileSync(part, big.slice(0, 1_500_000));
    const said: string[] = [];
    await publish({ LIST: "new\n", "big.rpm": big }, { ...quiet, status: (message) => said.push(message) });
    expect(said.find((line) => line.includes("2/2 files"))).toContain("501 kB of 501 kB");
    expect(visible()).toEqual({ LIST: "new\n", "big.rpm": big });

    const bigger = `${big}!`;
    write({ "big.rpm": bigger });
    const again = await describeFolder(join(folder, "media"), "media", () => {});
    const wrong = join(path, ".csp/objects", `${again.files.get("big.rpm")?.sha256}.part`);
    writeFileSync(wrong, "not the beginning of it");
    await expect(publish({ "big.rpm": bigger })).rejects.toThrow(/copying big.rpm failed: what arrived is not what was read/);
    expect(visible()).toEqual({ LIST: "new\n", "big.rpm": big });
    expect(existsSync(wrong)).toBe(false);
    await publish({ "big.rpm": bigger });
    expect(visible()).toEqual({ "big.rpm": bigger });
  });

  test("an interrupted upload leaves the published tree as it was", async () => {
    await publish({ LIST: "old\n" });
    const controller = new AbortController();
    const cut = publish({ LIST: "new\n", "a/x.rpm": "x" }, { signal: controller.signal, status: () => controller.abort() });
    await expect(cut).rejects.toThrow();
    expect(visible()).toEqual({ LIST: "old\n" });
  });

  test("finds a change by others that keeps size and time, and repairs it", async () => {
    await publish(FIRST);
    expect(await drift()).toEqual({ gone: [], changed: [] });
    writeFileSync(join(folder, "like"), "");
    execFileSync("cp", ["-p", join(path, "a/x.rpm"), join(folder, "like")]);
    writeFileSync(join(path, "a/x.rpm"), "X");
    execFileSync("touch", ["-r", join(folder, "like"), join(path, "a/x.rpm")]);
    unlinkSync(join(path, "LIST"));
    unlinkSync(join(path, ".csp/current/a/deep er/y.rpm"));
    writeFileSync(join(path, "a/new.rpm"), "new");
    // Both names of the one object.
    expect(await drift()).toEqual({ gone: ["LIST", "a/deep er/y.rpm"], changed: ["a/new.rpm", "a/x.rpm", "b/same-as-x.rpm"] });
    await publish(FIRST);
    expect(visible()).toEqual(FIRST);
    expect(await drift()).toEqual({ gone: [], changed: [] });
  });

  test("leaves what others put beside it, and refuses what is in the way", async () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "mine"), "mine");
    await expect(tree.admit(OWNER, quiet.signal, true)).rejects.toThrow(/something is there that csp did not put there/);
    unlinkSync(join(path, "mine"));
    await tree.admit(OWNER, quiet.signal, true);
    await publish(FIRST);
    writeFileSync(join(path, "answers.xml"), "<installation/>");
    await expect(publish({ ...FIRST, "answers.xml": "ours" })).rejects.toThrow("answers.xml is in the way");
    expect(visible()).toEqual({ ...FIRST, "answers.xml": "<installation/>" });
    await expect(tree.admit("shop/dev other (csp:install:Repository)", quiet.signal, true)).rejects.toThrow(OWNER);
    await tree.remove(quiet.signal);
    expect(filesBelow(path)).toEqual(["answers.xml"]);
    expect(existsSync(join(path, ".csp"))).toBe(false);
  });

  test("removes all that it made", async () => {
    await publish(FIRST);
    await tree.remove(quiet.signal);
    expect(existsSync(path)).toBe(false);
    await tree.remove(quiet.signal);
    symlinkSync("/etc", path);
    await expect(tree.admit(OWNER, quiet.signal, true)).rejects.toThrow(/csp did not put there/);
  });

  test("a record that cannot be read is reported", async () => {
    await publish(FIRST);
    appendFileSync(join(path, ".csp/record"), "}");
    await expect(tree.look(quiet.signal)).rejects.toThrow(/record of it cannot be read/);
  });
}

function openReader(script: string, log: string): Promise<unknown> {
  const child = spawn("sh", ["-c", `sh ${script} >${log}`], { stdio: "ignore" });
  return new Promise((resolve) => child.on("close", resolve));
}

describe("a published tree on this machine", () => {
  const hosts = undefined as unknown as Hosts;
  contract(() => openServer(hosts, "localhost"));
});

describeWith(["root"], "a published tree on a machine reached over SSH, through sudo", () => {
  let site: Site;
  let hosts: Hosts;
  beforeAll(async () => {
    site = new Site();
    const privateKey = site.key("id");
    const sshd = await site.sshd();
    hosts = createHosts({
      inventory: { web: { address: "127.0.0.1", port: sshd.port, user: "alice", privateKey, hostKey: Object.values(sshd.hostKeys)[0] } },
      hostFactory: (...of) => new RemoteHost(...of),
    });
  });
  afterAll(async () => {
    hosts?.close();
    await site?.end();
  });
  contract(() => openServer(hosts, "web"));
});

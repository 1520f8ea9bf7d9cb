import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformClient } from "../../engines/terraform";
import { isHashOf } from "../../provider/install/answerfile/sha512-crypt";
import type { Declaration } from "../acceptance/doors/declaration";
import { TerraformFolder } from "../acceptance/doors/terraform-door";
import { describeWith, keepingNothing } from "../support/needs";

// Some twenty runs of the client.
jest.setTimeout(240_000);

const [FIRST, SECOND] = ["correct horse", "battery staple"] as const;
const PASSWORD = "$" + "{var.password}";
const clients = keepingNothing().map((client): [string, TerraformClient] => [`${client.name} ${client.version}`, client]);

/** Root's password of an answerfile, through each client that can give it and keep it nowhere. */
describeWith(["writeOnly", "provider"], "a write-only password", () => {
  // A suite that is skipped has cases all the same.
  describe.each(clients.length === 0 ? [["no client", undefined as never]] : clients)("under %s", (_, client) => {
    let folder: string;
    let terraform: TerraformFolder;
    const path = () => join(folder, "hv-01.xml");
    const hash = () => /type="hash">([^<]*)/.exec(readFileSync(path(), "utf8"))?.[1] ?? "";
    const declaration = (name: string, more: Declaration["args"]): Declaration => ({
      token: "csp:install:Answerfile",
      name,
      args: {
        path: path(),
        target: "8.3",
        sources: [{ type: "url", address: "http://192.0.2.1/media" }],
        primaryDisk: { device: "sda" },
        adminInterface: { name: "eth0", ipv4: { method: "dhcp" } },
        timezone: "Europe/Berlin",
        ...more,
      },
    });
    const write = (more: Declaration["args"], beside: object = {}) =>
      terraform.write([declaration("hv", more)], { variable: { password: { type: "string", ephemeral: true } }, ...beside });
    const writeOnly = (version: string, more: Declaration["args"] = {}) =>
      write({ rootPasswordWo: PASSWORD, rootPasswordWoVersion: version, ...more });
    const give = (password: string) => {
      terraform.environment.TF_VAR_password = password;
    };
    /** The exit code of a plan: 0 nothing to do, 2 changes. */
    const planned = async (): Promise<number | null> => {
      const { code, stdout, stderr } = await terraform.run("plan", "-detailed-exitcode", "-out=plan");
      if (code !== 0 && code !== 2) throw new Error(`plan ended with ${code}:\n${stdout}\n${stderr}`);
      return code;
    };
    const apply = async () => {
      const { code, stdout, stderr } = await terraform.run("apply", "plan");
      if (code !== 0) throw new Error(`apply ended with ${code}:\n${stdout}\n${stderr}`);
      return stdout + stderr;
    };
    /** All that the client says of a plan and a state, and every text it left in its folder. */
    const everything = async () => {
      const shown = [await terraform.must("show", "-json", "plan"), await terraform.must("show", "-json")];
      const files = readdirSync(terraform.folder).filter((name) => name.startsWith("terraform.tfstate"));
      return [...shown, ...files.map((name) => readFileSync(join(terraform.folder, name), "utf8"))].join("\n");
    };

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "csp-write-only-"));
      terraform = new TerraformFolder("write-only", client, []);
      terraform.environment.XDG_CACHE_HOME = join(folder, "cache");
      terraform.environment.TF_LOG_PROVIDER = "trace";
    });
    afterAll(() => {
      terraform?.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    test("its hash is published, and it is in no plan, no state and no log", async () => {
      give(FIRST);
      writeOnly("1");
      expect(await planned()).toBe(2);
      const said = await apply();
      expect(isHashOf(hash(), FIRST)).toBe(true);
      const kept = await everything();
      expect(kept).toContain("root_password_wo_version");
      expect(kept + said).not.toContain(FIRST);
      expect(await planned()).toBe(0);
    });

    test("another value is not used until the version changes, whatever else changes", async () => {
      const before = hash();
      give(SECOND);
      expect(await planned()).toBe(0);
      writeOnly("1", { hostname: "hv-01" });
      expect(await planned()).toBe(2);
      await apply();
      expect(readFileSync(path(), "utf8")).toContain("hv-01");
      expect(hash()).toBe(before);
      expect(await planned()).toBe(0);
    });

    test("a hash that somebody changed is restored", async () => {
      const before = hash();
      writeFileSync(path(), readFileSync(path(), "utf8").replace(before, "$6$mine$mine"));
      expect(await planned()).toBe(2);
      await apply();
      expect(hash()).toBe(before);
      expect(await planned()).toBe(0);
    });

    test("with another version, the new value is used", async () => {
      writeOnly("2", { hostname: "hv-01" });
      expect(await planned()).toBe(2);
      await apply();
      expect(isHashOf(hash(), SECOND)).toBe(true);
      expect(await everything()).not.toContain(SECOND);
      expect(await planned()).toBe(0);
    });

    test("the plain attribute can replace it, and it can replace the plain attribute again", async () => {
      write({ rootPassword: FIRST, hostname: "hv-01" });
      expect(await planned()).toBe(2);
      await apply();
      expect(isHashOf(hash(), FIRST)).toBe(true);
      expect(await planned()).toBe(0);
      writeOnly("2", { hostname: "hv-01" });
      expect(await planned()).toBe(2);
      await apply();
      expect(isHashOf(hash(), SECOND)).toBe(true);
      expect(await planned()).toBe(0);
    });

    test("an imported resource accepts it", async () => {
      const before = hash();
      terraform.forget();
      write(
        { rootPasswordWo: PASSWORD, rootPasswordWoVersion: "1", hostname: "hv-01" },
        { import: [{ to: "csp_answerfile.hv", id: `localhost${path()}` }] },
      );
      expect(await planned()).toBe(2);
      await apply();
      // Of the same password: the hash stays.
      expect(hash()).toBe(before);
      expect(await planned()).toBe(0);
      expect(await everything()).not.toContain(SECOND);
    });

    test("attributes that contradict each other are refused, each at its resource", async () => {
      const wrong: Record<string, [Declaration["args"], RegExp]> = {
        both: [{ rootPassword: "a", rootPasswordWo: "b", rootPasswordWoVersion: "1" }, /Invalid root_password_wo .*are both set/],
        version: [{ rootPasswordWoVersion: "1" }, /Invalid root_password_wo_version .*there is no `root_password_wo`/i],
        value: [{ rootPasswordWo: "b" }, /Invalid root_password_wo .*it has no version/i],
        clear: [{ rootPasswordWo: "b", rootPasswordWoVersion: "1", rootPasswordInClear: true }, /`root_password_in_clear` would put/i],
        hash: [{ rootPasswordWo: "b", rootPasswordWoVersion: "1", rootPasswordHash: "$6$a$b" }, /Invalid root_password_hash .*given twice/],
      };
      terraform.write(Object.entries(wrong).map(([name, [args]]) => declaration(name, args)));
      const { code, stderr } = await terraform.run("validate");
      expect(code).toBe(1);
      const errors = stderr
        .replace(/[│╷╵\s]+/g, " ")
        .split("Error: ")
        .slice(1);
      expect(errors).toHaveLength(Object.keys(wrong).length);
      for (const [name, [, said]] of Object.entries(wrong))
        expect(errors.find((each) => each.includes(`csp_answerfile.${name}`) || each.includes(`"csp_answerfile" "${name}"`))).toMatch(said);
    });

    test("it is removed without the value", async () => {
      writeOnly("1", { hostname: "hv-01" });
      await terraform.must("destroy", "-auto-approve");
      expect(readdirSync(folder).filter((name) => name.includes("hv-01"))).toEqual([]);
    });
  });
});

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { findTerraform } from "../../engines/terraform";
import type { LabHost } from "../../lab/netns";
import type { AnyResource } from "../../provider/core/define";
import { createHosts } from "../../provider/core/hosts";
import type { Context } from "../../provider/host/session/task";
import { type ResourceToken, resourceOf } from "../../provider/resources";
import { describeWith } from "../support/needs";
import { TerraformFolder } from "./doors/terraform-door";
import { declare, entryOf, failureOf, type LabStack, labStack } from "./stack";

// Each test runs an engine several times, on machines that may be busy.
jest.setTimeout(240_000);

/** Clears the screen, changes the window's title, reverses the direction of writing, hides text, and ends with a C1 control. */
const NAME = "web\u001b[2J\u001b]0;owned\u0007\u202eevil\u200b\u009b";
const SHOWN = "web\\u{1b}[2J\\u{1b}]0;owned\\u{7}\\u{202e}evil\\u{200b}\\u{9b}";
const HIDDEN = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;

/** As a shell writes it: in octal bytes. */
const octal = (text: string) => [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");

describeWith(["root", "pulumi", "plugin", "terraform", "provider"], "a hostile host", () => {
  let stack: LabStack;
  let good: LabHost;
  let hostile: LabHost;
  let folder: TerraformFolder;
  const own = mkdtempSync(join(tmpdir(), "csp-hostile-"));
  const guestOn = (host: string) => stack.lab.guest(host === "hv-01" ? "web" : "db");
  const guestArgs = (host: string) => ({
    guest: { uuid: guestOn(host).uuid },
    interfaces: [{ device: 0, mac: guestOn(host).mac, addresses: [guestOn(host).address()] }],
  });
  const csp = (...argv: string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, ["--import", "tsx", "cli/main.ts", ...argv, "--hosts", join(own, "hosts.json")], {
        cwd: join(__dirname, "../.."),
        stdio: ["ignore", "pipe", "pipe"],
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (data) => (stdout += data));
      child.stderr.setEncoding("utf8").on("data", (data) => (stderr += data));
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });

  beforeAll(async () => {
    stack = await labStack({
      name: "hostile",
      hosts: [{ name: "hv-01" }, { name: "hv-02" }],
      guests: [
        { name: "web", host: "hv-01", addresses: ["10.28.0.11/24"] },
        { name: "db", host: "hv-02", addresses: ["10.28.0.12/24"] },
      ],
    });
    good = stack.lab.host("hv-01");
    hostile = stack.lab.host("hv-02");
    writeFileSync(join(own, "hosts.json"), JSON.stringify({ "hv-01": entryOf(good), "hv-02": entryOf(hostile) }), { mode: 0o600 });
    folder = new TerraformFolder("hostile", findTerraform()[0]!, [hostile]);
    await hostile.run(`printf '${octal(NAME)}' >/run/xenstore/tree/local/domain/${stack.lab.guest("db").domain}/name/.value
printf '#!/bin/sh\\ncase $1 in -n) printf "${octal("hv\u001b[2J").replaceAll("\\", "\\\\")}\\\\n" ;; *) exec /bin/uname "$@" ;; esac\\n' >/usr/local/sbin/uname
chmod 755 /usr/local/sbin/uname`);
  });
  afterAll(async () => {
    rmSync(own, { recursive: true, force: true });
    folder?.dispose();
    await stack?.end();
  });

  test("through Pulumi: outputs, state, what it prints, and an error", async () => {
    stack.program = async () => {
      const host = declare.host("hv-02");
      declare.guest("db", { host: host.host, ...guestArgs("hv-02") });
      return { found: await runtime.invoke("csp:index:getGuests", { host: "hv-02" }, {}) };
    };
    const up = await stack.stack.up({ color: "never" });
    expect(up.outputs.found?.value).toMatchObject({ guests: [{ name: SHOWN }] });
    expect(up.stdout).toContain(`name      : ${JSON.stringify(SHOWN)}`);
    expect(stack.stateFile()).toContain(JSON.stringify("hv\\u{1b}[2J"));
    await hostile.run(`chain=$(iptables -S | sed -n 's/^-N \\(csp-in-.*\\)/\\1/p' | head -n 1)
iptables -I "$chain" -m comment --comment "$(printf '${octal(NAME)}')" -j ACCEPT`);
    const refreshed = await stack.stack.refresh({ color: "never" });
    expect(refreshed.stdout).toContain(SHOWN);
    const failed = await failureOf(
      (async () => {
        stack.declare(() => declare.guest("who", { host: "hv-02", ...guestArgs("hv-02"), guest: { name: "nobody" } }));
        await stack.stack.preview({ color: "never" });
      })(),
    );
    expect(failed).toContain(SHOWN);
    for (const text of [up.stdout, stack.stateFile(), refreshed.stdout, failed]) expect(HIDDEN.exec(text.replaceAll("\t", " "))).toBeNull();
  });

  test("through the command-line tool: what was found, and JSON of the same value", async () => {
    const { code, stdout, stderr } = await csp("doctor", "hv-02");
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain(SHOWN);
    expect(HIDDEN.exec(stdout)).toBeNull();
    const refused = await csp("explain", "hv-02", "--from", "nobody", "--to", "port:eth0");
    expect(HIDDEN.exec(refused.stderr)).toBeNull();
    const packet = [
      "--from",
      "port:eth1",
      "--to",
      stack.lab.guest("db").uuid,
      "--target",
      "10.28.0.12",
      "--source",
      "192.0.2.1",
      "--target-port",
      "22",
    ];
    const said = await csp("explain", "hv-02", ...packet);
    expect(said.stdout).toContain(SHOWN);
    expect(HIDDEN.exec(said.stdout)).toBeNull();
    const explained = await csp("explain", "hv-02", ...packet, "--json");
    expect(explained.stderr).toBe("");
    expect(HIDDEN.exec(explained.stdout)).toBeNull();
    expect(JSON.stringify(JSON.parse(explained.stdout))).toContain("\\u001b[2J");
  });

  test("through Terraform: a data source, a state, and a diagnostic", async () => {
    folder.write([], {
      data: { csp_guests: { all: { host: "hv-02" } } },
      output: { guests: { value: `\${data.csp_guests.all.guests}` } },
    });
    const applied = await folder.must("apply", "-auto-approve");
    expect(JSON.parse(await folder.must("output", "-json", "guests"))).toMatchObject([{ name: SHOWN }]);
    expect(HIDDEN.exec(applied)).toBeNull();
    folder.write([
      { token: "csp:firewall:GuestFirewall", name: "who", args: { host: "hv-02", ...guestArgs("hv-02"), guest: { name: "nobody" } } },
    ]);
    const { code, stderr } = await folder.run("plan");
    expect([code, stderr.replace(/[\s│]+/g, "")]).toEqual([1, expect.stringContaining(SHOWN)]);
    expect(HIDDEN.exec(stderr)).toBeNull();
  });

  test("it floods or stops answering: the other host's work is done, and the flood has its own error", async () => {
    const flood = (command: string) =>
      hostile.run(`cat >/usr/local/sbin/iptables-save && chmod 755 /usr/local/sbin/iptables-save`, `#!/bin/sh\n${command}\n`);
    const hosts = createHosts({ hosts: { "hv-01": entryOf(good), "hv-02": entryOf(hostile) } as never });
    const context: Context = { hosts, owner: "shop/dev", signal: new AbortController().signal, status: () => {}, warn: () => {} };
    const create = (token: ResourceToken, inputs: unknown) => {
      const definition: AnyResource = resourceOf(token);
      return definition.create(context, definition.inputs.parse(inputs));
    };
    try {
      for (const [command, code] of [
        ["echo '*filter'; exec yes -- '-A INPUT -j ACCEPT'", "output-too-long"],
        ["exec yes >&2", "output-too-long"],
      ] as const) {
        await flood(command);
        const looking = hosts.get("hv-02").snapshot({ fresh: true });
        looking.catch(() => {});
        const created = create("csp:firewall:IpSet", {
          host: "hv-01",
          name: `set-${code.length}-${command.length}`,
          members: ["192.0.2.1"],
        });
        // The set needs a csp host. That this host is not one yet is an answer that only the host can give.
        await expect(
          created.then(
            () => "made",
            (error) => error.code,
          ),
        ).resolves.toMatch(/^(made|not-adopted)$/);
        await expect(looking).rejects.toMatchObject({
          code,
          message: expect.stringMatching(/^hv-02 .* while reading the firewall, so csp ended it/),
        });
      }
      // Killed in the middle of a line: what it has printed until then is not a table.
      await flood("printf '*filter\\n:INPUT ACCEPT [0:0]\\n-A INP'; kill -9 $$");
      await expect(hosts.get("hv-02").snapshot({ fresh: true })).rejects.toMatchObject({ code: "snapshot-failed" });
      await flood("exec sleep 300");
      const silent = hosts.get("hv-02").snapshot({ fresh: true });
      silent.catch(() => {});
      await create("csp:index:Host", { host: "hv-01" });
      await create("csp:firewall:GuestFirewall", { host: "hv-01", ...guestArgs("hv-01") });
      expect(await good.run("cat /var/lib/csp/generation")).toMatch(/^\d+/);
      hosts.close();
      await expect(silent).rejects.toMatchObject({ code: "cancelled" });
    } finally {
      hosts.close();
      await hostile.run("rm -f /usr/local/sbin/iptables-save");
    }
  });
});

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { selfSigned } from "../../../provider/doors/terraform/certificate";
import { describeWith } from "../../support/needs";

const PROVIDER = "dist/bin/terraform-provider-csp";
const COOKIE = { TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2" };

interface Started {
  readonly process: ChildProcess;
  readonly parts: readonly string[];
  readonly socket: string;
  readonly certificate: Buffer;
}

const started: Started[] = [];

/** Starts the provider as Terraform does, and reads its line. */
async function start(environment: NodeJS.ProcessEnv): Promise<Started> {
  const child = spawn(PROVIDER, { env: { ...process.env, ...COOKIE, PLUGIN_PROTOCOL_VERSIONS: "5,6", ...environment } });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const parts = line.split("|");
  const one = { process: child, parts, socket: parts[3] ?? "", certificate: Buffer.from(parts[5] ?? "", "base64") };
  started.push(one);
  return one;
}

const pem = (der: Buffer) => Buffer.from(`-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`);

function call(client: Client, method: string): Promise<Buffer | ServiceError> {
  const bytes = (value: Buffer) => value;
  return new Promise((resolve) => {
    const deadline = { deadline: Date.now() + 10_000 };
    client.makeUnaryRequest(method, bytes, bytes, Buffer.alloc(0), new Metadata(), deadline, (error, answer) => {
      client.close();
      resolve(error ?? answer ?? Buffer.alloc(0));
    });
  });
}

describeWith(["provider"], "terraform-provider-csp", () => {
  const mine = selfSigned();
  const connect = ({ socket, certificate }: Started, own: typeof mine | undefined) => {
    const pair = own === undefined ? [] : ([Buffer.from(own.privateKeyPem), Buffer.from(own.pem)] as const);
    const secure = credentials.createSsl(pem(certificate), ...pair);
    return new Client(`unix:${socket}`, secure, { "grpc.ssl_target_name_override": "localhost", "grpc.default_authority": "localhost" });
  };
  const METADATA = "/tfplugin6.Provider/GetMetadata";

  afterEach(async () => {
    for (const { process: child } of started.splice(0)) {
      if (child.exitCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
  });

  test("says where it listens: on a socket that only this user can open, with a new certificate each time", async () => {
    const [one, other] = await Promise.all([start({ PLUGIN_CLIENT_CERT: mine.pem }), start({ PLUGIN_CLIENT_CERT: mine.pem })]);
    expect(one.parts.slice(0, 5)).toEqual(["1", "6", "unix", one.socket, "grpc"]);
    expect(one.parts[5]).toMatch(/^[A-Za-z0-9+/]+$/);
    expect(statSync(dirname(one.socket)).mode & 0o777).toBe(0o700);
    const certificate = new X509Certificate(one.certificate);
    expect([certificate.checkHost("localhost"), certificate.verify(certificate.publicKey)]).toEqual(["localhost", true]);
    expect(one.certificate.equals(other.certificate)).toBe(false);
  });

  test("accepts only the client that started it", async () => {
    const provider = await start({ PLUGIN_CLIENT_CERT: mine.pem });
    expect(String(await call(connect(provider, mine), METADATA))).toContain("csp_guest_firewall");
    const unavailable = expect.objectContaining({ code: 14 });
    expect(await call(connect(provider, undefined), METADATA)).toEqual(unavailable);
    expect(await call(connect(provider, selfSigned()), METADATA)).toEqual(unavailable);
    expect(await call(new Client(`unix:${provider.socket}`, credentials.createInsecure()), METADATA)).toEqual(unavailable);
  });

  test("ends when it is told to, and leaves nothing", async () => {
    const provider = await start({ PLUGIN_CLIENT_CERT: mine.pem });
    const ended = once(provider.process, "exit");
    // Ctrl-C in the terminal reaches the provider too, but only Terraform acts on it.
    provider.process.kill("SIGINT");
    expect(await call(connect(provider, mine), "/plugin.GRPCController/Shutdown")).toEqual(Buffer.alloc(0));
    expect(await ended).toEqual([0, null]);
    expect(existsSync(dirname(provider.socket))).toBe(false);
  });

  test("serves without TLS only if Terraform was told to do without TLS", async () => {
    const provider = await start({});
    expect(provider.parts[5]).toBe("");
    expect(String(await call(new Client(`unix:${provider.socket}`, credentials.createInsecure()), METADATA))).toContain("csp_host");
  });

  test("can be attached to for debugging", async () => {
    const child = spawn(PROVIDER, ["--attach"]);
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const [, json = ""] = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(line) ?? [];
    const attached = JSON.parse(json)["registry.terraform.io/csp-iac/csp"] as { ProtocolVersion: number; Addr: { String: string } };
    expect(attached.ProtocolVersion).toBe(6);
    expect(existsSync(attached.Addr.String)).toBe(true);
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(existsSync(attached.Addr.String)).toBe(false);
  });

  test.each([
    ["started by hand", { TF_PLUGIN_MAGIC_COOKIE: "" }, /the plugin through which Terraform and OpenTofu drive csp.*required_providers/s],
    [
      "a client that speaks version 5 alone",
      { PLUGIN_PROTOCOL_VERSIONS: "5" },
      /version 6 of the provider protocol, and this client offers 5\. Use Terraform 1\.6/,
    ],
    ["a certificate that is none", { PLUGIN_CLIENT_CERT: "hello" }, /PLUGIN_CLIENT_CERT is not a certificate/],
  ])("%s: it says so, and ends with 1", (_case, environment, message) => {
    const run = spawnSync(PROVIDER, {
      env: { ...process.env, ...COOKIE, PLUGIN_PROTOCOL_VERSIONS: "5,6", ...environment },
      encoding: "utf8",
    });
    expect([run.status, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(message);
  });
});

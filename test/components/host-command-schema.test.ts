import { readFileSync } from "node:fs";
import { join } from "node:path";
import { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { HostCommand } from "../../components/command";
import { planConnection } from "../../components/host-connection-plan";
import type { SshTarget } from "../../provider/ssh/connection";
import { ROOT } from "../examples/program";

/**
 * Compares what csp gives @pulumi/command with the release in the lock file. The package has no schema.json, but its types are generated from
 * that schema, field by field; the test reads these types.
 */

interface Field {
  readonly type: string;
  readonly optional: boolean;
}

const PACKAGE = join(ROOT, "node_modules/@pulumi/command");
const read = (path: string) => readFileSync(path, "utf8");

/** The fields of an interface in one of the package's declaration files. */
function fieldsOf(file: string, name: string): Record<string, Field> {
  const source = ts.createSourceFile(file, read(join(PACKAGE, file)), ts.ScriptTarget.Latest, true);
  const fields: Record<string, Field> = {};
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === name)
      for (const member of node.members)
        if (ts.isPropertySignature(member))
          fields[member.name.getText()] = { type: member.type?.getText() ?? "", optional: member.questionToken !== undefined };
    node.forEachChild(visit);
  };
  visit(source);
  return fields;
}

const input = (type: string, optional = true): Field => ({ type: `pulumi.Input<${type}>`, optional });
const ENDPOINT = {
  agentSocketPath: input("string"),
  dialErrorLimit: input("number"),
  host: input("string", false),
  hostKey: input("string"),
  password: input("string"),
  perDialTimeout: input("number"),
  port: input("number"),
  privateKey: input("string"),
  privateKeyPassword: input("string"),
  user: input("string"),
};

/** A connection with every field. */
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const FULL: SshTarget = {
  name: "hv-01",
  address: "192.0.2.1",
  port: 22,
  user: "admin",
  password: "p",
  privateKey: "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
  privateKeyPassword: "pass",
  agentSocketPath: "/agent",
  hostKey: KEY,
  dialAttempts: 3,
  dialTimeoutMs: 15_000,
};

test("the release that is read is the one in the lock file, and the oldest that programs may have", () => {
  const { version } = JSON.parse(read(join(PACKAGE, "package.json")));
  const { packages } = JSON.parse(read(join(ROOT, "package-lock.json")));
  expect(packages["node_modules/@pulumi/command"].version).toBe(version);
  const { peerDependencies } = JSON.parse(read(join(ROOT, "package.json")));
  expect(peerDependencies["@pulumi/command"]).toBe(`^${version}`);
});

test("a connection has these fields: one that comes to them, or goes, wants a decision in host-connection-plan.ts", () => {
  expect(fieldsOf("types/input.d.ts", "ProxyConnectionArgs")).toEqual(ENDPOINT);
  expect(fieldsOf("types/input.d.ts", "ConnectionArgs")).toEqual({ ...ENDPOINT, proxy: input("inputs.remote.ProxyConnectionArgs") });
});

test("a full connection has each of them, of its type, and the package adds nothing of its own", () => {
  const made = planConnection({ ...FULL, bastion: { ...FULL, name: "jump", address: "jump" } });
  const typesOf = (values: object) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === "object" ? "object" : typeof value]));
  const declared = Object.fromEntries(Object.entries(ENDPOINT).map(([key, { type }]) => [key, type.slice("pulumi.Input<".length, -1)]));
  expect(typesOf(made)).toEqual({ ...declared, proxy: "object" });
  expect(typesOf(made.proxy ?? {})).toEqual(declared);
  // The package's own defaults.
  const { proxy, ...own } = made;
  expect(types.input.remote.connectionArgsProvideDefaults(own)).toEqual({ ...own, proxy: undefined });
  expect(types.input.remote.proxyConnectionArgsProvideDefaults(proxy ?? own)).toEqual(proxy);
  const least = planConnection({ name: "hv-01", address: "192.0.2.1", port: 22, user: "root", hostKey: KEY });
  expect(types.input.remote.connectionArgsProvideDefaults(least)).toEqual({ ...least, proxy: undefined });
});

test("a HostCommand is a remote.Command with inputs that there are", async () => {
  const registered: pulumi.runtime.MockResourceArgs[] = [];
  await pulumi.runtime.setMocks({
    newResource: async (args) => {
      registered.push(args);
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: ({ inputs }) => inputs,
  });
  const made = new HostCommand("x", { host: "hv-01", hosts: { "hv-01": { address: "a", hostKey: KEY } }, command: "true", stdin: "in" });
  await new Promise((resolve) => made.stdout.apply(resolve));
  const command = registered.find(({ type }) => type === "command:remote:Command");
  const fields = fieldsOf("remote/command.d.ts", "CommandArgs");
  expect(Object.keys(fields)).toEqual(expect.arrayContaining(Object.keys(command?.inputs)));
  expect(
    Object.entries(fields)
      .filter(([, { optional }]) => !optional)
      .map(([name]) => name),
  ).toEqual(["connection"]);
  expect(fieldsOf("remote/copyToRemote.d.ts", "CopyToRemoteArgs").connection).toEqual(fields.connection);
});

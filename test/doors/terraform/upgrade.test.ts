import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findTerraform } from "../../../engines/terraform";
import { providerConfig } from "../../../provider/core/provider-config";
import { readPrivate, writePrivate } from "../../../provider/doors/terraform/resource-calls";
import { typesOf } from "../../../provider/doors/terraform/schema";
import { upgraded } from "../../../provider/doors/terraform/upgrade";
import { decodeJsonState, decodeValue, encodeValue, type Values } from "../../../provider/doors/terraform/values";
import { functions, resources } from "../../../provider/resources";
import { TerraformFolder } from "../../acceptance/doors/terraform-door";
import { describeWith } from "../../support/needs";

/** A state of form 0, as Terraform 1.11 left it behind an apply to a lab's host. */
const RECORDED = join(__dirname, "form-0");
const STATE = readFileSync(join(RECORDED, "terraform.tfstate"), "utf8");
const types = typesOf({ resources, functions, config: providerConfig });

interface Instance {
  readonly attributes: Values;
}
const instances = (JSON.parse(STATE) as { resources: { type: string; name: string; instances: Instance[] }[] }).resources.map(
  ({ type, name, instances: [instance] }) => [`${type}.${name}`, type, instance?.attributes ?? {}] as const,
);
const upgradedState = (name: string): Values => {
  const [, type, json] = instances.find(([address]) => address === name)!;
  return upgraded(types.resources.get(type)!.attributes, 0, JSON.stringify(json))!;
};

describe("a state of form 0", () => {
  test("has everything that has another form now", () => {
    expect(upgradedState("csp_guest_firewall.web")).toMatchObject({
      interfaces: [{ device: 0, mac: "02:00:00:20:0d:0b", addresses: ["10.25.0.11"] }],
      ingress: [{ name: "blocked" }, { name: "http", limit: { rate: "10/second", burst: 20 } }, { name: "https" }],
      groups: [{ name: "ops", ingress: [{ name: "ssh", from: ["10.25.0.0/24"] }] }],
      $timeouts: { create: "5m" },
    });
    expect(upgradedState("csp_host_policy.tier")).toMatchObject({
      groups: { db: { ingress: [{ name: "sql" }] } },
      guests: { "db-1": { interfaces: [{ device: 0 }], groups: ["db"] } },
    });
    expect(upgradedState("csp_rule_set.lockdown")).toMatchObject({ jumps: [{ from: "FORWARD" }] });
    expect(upgradedState("csp_answerfile.answers")).toMatchObject({
      sources: [{ type: "url" }],
      adminInterface: { ipv4: { method: "dhcp" } },
    });
  });

  test.each(instances)("%s: the same values in today's form", (address, type) => {
    const { attributes } = types.resources.get(type)!;
    const values = upgradedState(address);
    expect(decodeValue(attributes, encodeValue(attributes, values))).toEqual(values);
  });

  test("each resource keeps the mark that its owner has on the hosts' records", () => {
    const kept = [...STATE.matchAll(/"private": "([^"]+)"/g)].map(([, text = ""]) => Buffer.from(text, "base64"));
    expect(kept).toHaveLength(instances.length);
    for (const each of kept) {
      const { claim } = JSON.parse(each.toString()) as { claim: string };
      expect(readPrivate(each)).toEqual({ mark: claim });
      expect(readPrivate(writePrivate({ mark: claim }))).toEqual({ mark: claim });
    }
  });

  test("a state of today's form is read unchanged, and values of any type keep their type", () => {
    const { attributes } = types.resources.get("csp_guest_firewall")!;
    const groups = { type: ["list", ["object", { name: "string" }]], value: [{ name: "ops" }] };
    const values = decodeJsonState(attributes, JSON.stringify({ id: "a", interface: [], groups }))!;
    expect(values).toEqual({ $id: "a", groups: [{ name: "ops" }] });
    expect(Buffer.from(encodeValue(attributes, values)).toString("latin1")).toContain('["list",["object",{"name":"string"}]]');
    expect(upgraded(attributes, 1, JSON.stringify({ id: "a", interface: [], groups }))).toEqual(values);
  });
});

jest.setTimeout(120_000);

describeWith(["terraform", "provider"], "a client with a state of form 0", () => {
  const folder = new TerraformFolder("form-0", findTerraform()[0]!, []);
  afterAll(() => folder.dispose());

  test("finds nothing to change, and reads the state itself", async () => {
    cpSync(RECORDED, folder.folder, { recursive: true });
    // csp does not ask the host, which no longer exists.
    const { code, stdout, stderr } = await folder.run("plan", "-refresh=false", "-detailed-exitcode");
    expect([code, stderr.replace(/\s+/g, " ")]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(stdout).toContain("No changes");
    await folder.must("apply", "-refresh=false", "-auto-approve");
    const shown = JSON.parse(await folder.must("show", "-json")) as {
      values: { root_module: { resources: { schema_version: number; values: Values }[] } };
    };
    expect(shown.values.root_module.resources.map(({ schema_version }) => schema_version)).toEqual(instances.map(() => 1));
    expect(shown.values.root_module.resources.find(({ values }) => "interface" in values)?.values).toMatchObject({
      interface: [{ mac: "02:00:00:20:0d:0b" }],
      groups: [{ name: "ops" }],
    });
  });
});

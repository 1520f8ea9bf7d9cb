import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTerraform } from "../../engines/terraform";
import { describeWith } from "../support/needs";
import { TerraformFolder } from "./doors/terraform-door";
import { MISSPELLINGS, REFERRED, WELL_WRITTEN } from "./misspellings";

// The tests run the client several times, on machines that may be busy.
jest.setTimeout(240_000);

const HEAD = `terraform {\n  required_providers {\n    csp = { source = "csp-iac/csp" }\n  }\n}\n\n${REFERRED}`;

interface Validated {
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly summary: string;
    readonly detail: string;
    readonly address?: string;
    readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
  }[];
}

describeWith(["terraform", "provider"], "words of a configuration", () => {
  describe.each(findTerraform().map((client) => [`${client.name} ${client.version}`, client] as const))("%s", (_name, client) => {
    const folder = new TerraformFolder("words", client, []);
    afterAll(() => folder.dispose());

    /** The client's message about each file. */
    const validated = async (texts: readonly string[]): Promise<string[]> => {
      const at = join(folder.folder, `${texts.length}`);
      mkdirSync(at);
      writeFileSync(join(at, "main.tf"), HEAD);
      for (const [index, text] of texts.entries()) writeFileSync(join(at, `m${index}.tf`), text.replaceAll("NAME", `m${index}`));
      const { stdout } = await folder.run(`-chdir=${at}`, "validate", "-json");
      const { diagnostics } = JSON.parse(stdout) as Validated;
      const said = texts.map(() => "");
      for (const { severity, summary, detail, range } of diagnostics) {
        const index = Number(/^m(\d+)\.tf$/.exec(range?.filename ?? "")?.[1]);
        if (severity === "error" && index in said) said[index] += `${summary}: ${detail}\n`;
      }
      return said;
    };

    test("a correct configuration is accepted", async () => {
      expect(await validated(WELL_WRITTEN)).toEqual(WELL_WRITTEN.map(() => ""));
    });

    test(`each of ${MISSPELLINGS.length} mistakes is refused by the word that is wrong`, async () => {
      const said = await validated(MISSPELLINGS.map(({ text }) => text));
      const passed = MISSPELLINGS.filter(({ named }, index) => !new RegExp(`(named|type|key) "${named}"`).test(said[index] ?? ""));
      expect(passed.map(({ what }) => what)).toEqual([]);
      const of = (what: string) => said[MISSPELLINGS.findIndex((each) => each.what === what)];
      expect(of("csp_host_policy: misspelt in a rule")).toBe(
        'Invalid guests["web-1"].ingress[0].form: There is no key "form" here. Did you mean "from"?\n',
      );
      expect(of("csp_host_policy: camel case in a rule")).toContain('Write it in snake case: "icmp_type".');
      expect(of("csp_host_policy: a rule's key beside rules")).toContain('"from" belongs into "ingress", one level deeper.');
      expect(of("csp_host_policy: a guest's key in a rule")).toContain('"egress_default" belongs further out, into guests["web-1"].');
    });

    /** A value that is not known yet is no mistake. */
    const LATER = `
resource "terraform_data" "address" {
  input = "10.20.0.9"
}
resource "terraform_data" "ports" {
  input = ["80", "443"]
}
resource "csp_security_group" "ops" {
  name    = "ops"
  members = ["10.20.0.1", terraform_data.address.output]
  ingress {
    name     = "ssh"
    protocol = "tcp"
    ports    = ["22"]
    # Something is known of it: how it begins and ends.
    from = ["10.0.0.1", "${"$"}{terraform_data.address.output}/32"]
  }
  dynamic "ingress" {
    for_each = terraform_data.ports.output
    content {
      name     = "port-${"$"}{ingress.value}"
      protocol = "tcp"
      ports    = [ingress.value]
    }
  }
}
output "from" {
  value = [for each in csp_security_group.ops.ingress[0].from : each if each != "10.0.0.1"][0]
}
`;
    const inFolder = (name: string, text: string) => {
      const at = join(folder.folder, name);
      mkdirSync(at);
      writeFileSync(join(at, "main.tf"), `${HEAD}\n${text}`);
      return (...args: string[]) => folder.run(`-chdir=${at}`, ...args);
    };

    test("values that are only known later are planned and applied, also in blocks that are only made later", async () => {
      const run = inFolder("later", LATER);
      const { code, stdout, stderr } = await run("apply", "-auto-approve");
      expect([code, stderr.replace(/\s+/g, " ")]).toEqual([0, expect.not.stringContaining("Error")]);
      expect(stdout).toContain("4 added");
      expect(stdout).toContain('from = "10.20.0.9/32"');
      expect((await run("plan", "-detailed-exitcode")).code).toBe(0);
    });

    test("the same holds in guests, one by one or all at once", async () => {
      const run = inFolder(
        "guests",
        `${LATER}
locals {
  interfaces = [{ device = 0, mac = "02:00:00:20:00:0b", addresses = [terraform_data.address.output] }]
  guest      = { uuid = "6c1a0000-0000-4000-8000-00000000000b", interfaces = local.interfaces }
}
resource "csp_guest_firewall" "web" {
  host   = "hv-01"
  groups = [csp_security_group.ops.policy]
  guest {
    uuid = local.guest.uuid
  }
  interface {
    device    = 0
    mac       = "02:00:00:20:00:0b"
    addresses = [terraform_data.address.output]
  }
}
resource "csp_host_policy" "one" {
  host   = "hv-01"
  name   = "one"
  guests = { "web-1" = local.guest }
}
resource "terraform_data" "guests" {
  input = { "web-1" = local.guest }
}
resource "csp_host_policy" "all" {
  host   = "hv-01"
  name   = "all"
  guests = terraform_data.guests.output
}
`,
      );
      const { code, stdout, stderr } = await run("plan");
      expect([code, stderr.replace(/\s+/g, " ")]).toEqual([0, expect.not.stringContaining("Error")]);
      expect(stdout).toContain("Plan: 8 to add");
    });

    test("a mistake that is only known later is refused then, before csp asks a host", async () => {
      const run = inFolder(
        "mistaken",
        `
resource "terraform_data" "guests" {
  input = { "web-1" = {
    uuid       = "6c1a0000-0000-4000-8000-00000000000b"
    interfaces = [{ device = 0, mac = "02:00:00:20:00:0b", addresses = ["10.20.0.11"] }]
    ingress    = [{ name = "ssh", protocol = "tcp", ports = ["22"], form = ["10.0.0.1"] }]
  } }
}
resource "csp_host_policy" "all" {
  host   = "hv-01"
  guests = terraform_data.guests.output
}
resource "csp_guest_firewall" "web" {
  host   = "hv-01"
  groups = [csp_security_group.whole]
  guest {
    uuid = "6c1a0000-0000-4000-8000-00000000000b"
  }
  interface {
    device    = 0
    mac       = "02:00:00:20:00:0b"
    addresses = ["10.20.0.11"]
  }
}
`,
      );
      const whole = await run("plan", "-target=csp_guest_firewall.web");
      expect([whole.code, whole.stderr.replace(/[│\s]+/g, " ")]).toEqual([
        1,
        expect.stringMatching(/Invalid groups\[0\]\.policy .*Write what is in it, `\.policy`, in place of the whole\./),
      ]);
      const { code, stdout, stderr } = await run("apply", "-auto-approve", "-target=csp_host_policy.all");
      expect(stdout).toContain("terraform_data.guests: Creation complete");
      expect([code, stderr.replace(/[│\s]+/g, " ")]).toEqual([
        1,
        expect.stringMatching(/Invalid guests\["web-1"\]\.ingress\[0\]\.form .*Did you mean "from"\?/),
      ]);
    });
  });
});

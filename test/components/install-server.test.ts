import * as pulumi from "@pulumi/pulumi";
import { InstallServer } from "../../components/install-server";
import { planInstallServer } from "../../components/install-server-plan";
import { refusal } from "../support/refusal";

const BASE = { server: "boot-01", root: "/srv/www/", url: "http://192.0.2.10/", target: "5.6" as const, base: "media" };

describe("what an install server holds", () => {
  test("all parts refer to each other, by path and by address", () => {
    const plan = planInstallServer("rack", {
      ...BASE,
      packs: ["cloud.tgz"],
      packScript: "post-install.sh",
      answers: { timezone: "Etc/UTC", keymap: "us" },
      hosts: { "hv-01": { mac: "00:16:3E:00:00:01" }, "hv-02": { mac: "00:16:3e:00:00:02", keymap: "de" } },
    });
    expect(plan.repository).toEqual({
      server: "boot-01",
      target: "5.6",
      path: "/srv/www/repository",
      base: "media",
      packs: ["cloud.tgz"],
      urls: ["http://192.0.2.10/repository"],
    });
    expect(plan.postInstall).toBeUndefined();
    expect(plan.answerfiles["hv-02"]).toEqual({
      server: "boot-01",
      target: "5.6",
      path: "/srv/www/answers/hv-02.xml",
      sources: [{ type: "url", address: "http://192.0.2.10/repository" }],
      scripts: [{ stage: "installation-complete", url: "http://192.0.2.10/repository/post-install.sh" }],
      hostname: "hv-02",
      timezone: "Etc/UTC",
      keymap: "de",
    });
    expect(plan.boots["hv-01"]).toEqual({
      server: "boot-01",
      target: "5.6",
      root: "/srv/www/tftp",
      mac: "00:16:3E:00:00:01",
      loaders: ["pxelinux"],
      answerfile: "http://192.0.2.10/answers/hv-01.xml",
    });
  });

  test.each([
    [{ networkBackend: "bridge" }, "filesystem-populated"],
    [{ networkBackend: "bridge", stage: "installation-complete" }, "installation-complete"],
  ])("a made script %j runs at %s", (postInstall, stage) => {
    const plan = planInstallServer("rack", { ...BASE, postInstall, hosts: { "hv-01": { mac: "00:16:3e:00:00:01" } } });
    expect(plan.postInstall).toEqual({ ...postInstall, server: "boot-01", target: "5.6", path: "/srv/www/scripts/rack.sh" });
    expect(plan.answerfiles["hv-01"]).toMatchObject({ scripts: [{ stage, url: "http://192.0.2.10/scripts/rack.sh" }] });
  });

  test.each([
    ["two scripts", { postInstall: {}, packScript: "post-install.sh" }, {}, "install-server-two-scripts"],
    ["a host that is no name", {}, { "../hv": { mac: "00:16:3e:00:00:01" } }, "install-server-host-name"],
    ["one MAC twice", {}, { a: { mac: "00:16:3e:00:00:01" }, b: { mac: "00-16-3E-00-00-01" } }, "install-server-mac-twice"],
  ])("%s is refused", (_, more, hosts, code) => {
    const error = refusal(() => planInstallServer("rack", { ...BASE, ...more, hosts }));
    expect(error.code).toBe(code);
    expect(error.message).toContain("install server rack: ");
  });
});

test("a host's boot files are published last", async () => {
  const finished: string[] = [];
  const before = new Map<string, readonly string[]>();
  await pulumi.runtime.setMocks({
    newResource: async ({ type, name, inputs }) => {
      before.set(`${type} ${name}`, [...finished]);
      // Long enough for a resource that does not wait to come first.
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      finished.push(`${type} ${name}`);
      return { id: `${name}-id`, state: inputs };
    },
    call: ({ inputs }) => inputs,
  });
  const server = new InstallServer("rack", {
    ...BASE,
    postInstall: { networkBackend: "bridge" },
    hosts: { "hv-01": { mac: pulumi.output("00:16:3e:00:00:01") } },
  });
  await new Promise((resolve) => server.boots["hv-01"]?.urn.apply(resolve));
  expect(before.get("csp:install:NetworkBoot rack-hv-01")).toEqual(
    expect.arrayContaining(["csp:install:Repository rack", "csp:install:PostInstall rack", "csp:install:Answerfile rack-hv-01"]),
  );
});

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { prepareDebian, putDebian, type Suite } from "../../lab/eras/debian";
import { canonicalRule } from "../../provider/firewall/planes/same";
import { describeWith } from "../support/needs";

const CODES = ["1/0", "1/1", "1/2", "1/3", "1/4", "1/5", "1/6", "3/0", "3/1", "4/0", "4/1", "4/2", "3/4", "3/13", "5/1", "11/0", "12/1"];
const TYPES = [...Array.from({ length: 256 }, (_, type) => String(type)), ...CODES];
const FAMILIES = [
  ["IPv6", "ip6", "ipv6-icmp"],
  ["IPv4", "ip", "icmp"],
] as const;
const RELEASES: readonly (Suite | undefined)[] = ["bullseye", "trixie", undefined];

describeWith(["root"], "names of ICMP types", () => {
  test.each(RELEASES.map((suite) => [suite ?? "this machine", suite] as const))(
    "ebtables of %s prints the type that it took",
    async (_, suite) => {
      const tools = fs.mkdtempSync(path.join(tmpdir(), "csp-icmp-"));
      try {
        if (suite !== undefined) {
          await prepareDebian(suite);
          putDebian(tools, suite, { backend: "nft", ebtables: "nft" });
        }
        for (const [protocol, ip, icmp] of FAMILIES) {
          const given = TYPES.map((type) => `-p ${protocol} --${ip}-proto ${icmp} --${ip}-icmp-type ${type} -j DROP`);
          const input = ["*nat", ":types ACCEPT", ...given.map((rule) => `-A types ${rule}`), ""].join("\n");
          const saved = execFileSync("unshare", ["-n", "sh", "-c", "ebtables-restore && ebtables-save"], {
            input,
            encoding: "utf8",
            env: { ...process.env, PATH: `${tools}:${process.env.PATH}` },
          });
          const printed = saved.split("\n").flatMap((line) => (line.startsWith("-A types ") ? [line.slice("-A types ".length)] : []));
          const wrong = given.flatMap((rule, index) => {
            const is = printed[index] ?? "";
            // It reads 255 as "any type" and prints it so.
            if (is.includes("-type any ")) return [];
            return canonicalRule("ebtables", rule) === canonicalRule("ebtables", is) ? [] : [`${rule} -> ${is}`];
          });
          expect(wrong).toEqual([]);
          expect(printed.length).toBe(given.length);
        }
      } finally {
        fs.rmSync(tools, { recursive: true });
      }
    },
  );
});

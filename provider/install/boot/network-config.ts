import ipaddr from "ipaddr.js";
import { suggest } from "../../schema/suggest";
import { atLeast, productOf, type Target } from "../targets";
import { NETWORK_KEYS } from "./arguments";

export interface ConfigProblem {
  readonly rule: string;
  readonly message: string;
  readonly remedy: string;
}

const FORM = "write dhcp, or static:ip=ADDRESS;netmask=MASK";

/**
 * What is wrong with a value of network_config (host-installer, init, configureNetworking): METHOD[:KEY=VALUE[;KEY=VALUE]...]. Installers make all
 * of it lower-case, stop at a part without an equals sign, keep keys that they do not know, and take every method but static for dhcp.
 */
export function networkConfigProblems(config: string, target: Target): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const say = (rule: string, message: string, remedy: string) => problems.push({ rule, message, remedy });
  const [, method = "", , rest = ""] = /^([^:]*)(:(.*))?$/s.exec(config.toLowerCase()) ?? [];
  if (method !== "dhcp" && method !== "static") {
    say("E3", `${JSON.stringify(method)} is neither dhcp nor static`, FORM);
    return problems;
  }
  const values = new Map<string, string>();
  for (const part of rest === "" ? [] : rest.split(";")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(0, equals));
    const key = NETWORK_KEYS.find((each) => each.name === name);
    if (equals < 0)
      say(
        "E3",
        part === ""
          ? "a semicolon has nothing beside it, and the installer stops"
          : `${JSON.stringify(part)} has no value, and the installer stops`,
        "write KEY=VALUE between semicolons, and none at the end",
      );
    else if (key === undefined) {
      const meant = suggest(
        name,
        NETWORK_KEYS.map((each) => each.name),
      );
      say(
        "E3",
        `the installer does not know ${JSON.stringify(name)}, and ignores it`,
        meant === undefined ? `it knows ${NETWORK_KEYS.map((each) => each.name).join(", ")}` : `did you mean ${meant}?`,
      );
    } else if (!atLeast(target, key.since))
      say("E8", `${productOf(target)} does not read ${name}; ${key.since} is the first version that does`, `remove ${name}`);
    else {
      if (key.with === "static" && method === "dhcp")
        say("W1", `with dhcp, the installer does not read ${name}`, `remove ${name}, or write static`);
      values.set(name, part.slice(equals + 1));
    }
  }
  if (method === "static") for (const problem of addressProblems(values)) problems.push(problem);
  const vlan = values.get("vlan");
  if (vlan !== undefined && (!/^\d+$/.test(vlan) || Number(vlan) < 1 || Number(vlan) > 4094))
    say("E5", `${JSON.stringify(vlan)} is not a VLAN from 1 to 4094`, "write a number from 1 to 4094");
  return problems;
}

function* addressProblems(values: ReadonlyMap<string, string>): Iterable<ConfigProblem> {
  const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text);
  for (const { name, required } of NETWORK_KEYS) {
    const value = values.get(name);
    if (required === true && (value === undefined || !isAddress(value)))
      yield {
        rule: "E4",
        message: `static needs ${name}, and ${value === undefined ? "it is missing" : `${JSON.stringify(value)} is not an address`}`,
        remedy: "write static:ip=ADDRESS;netmask=MASK",
      };
  }
  const others = [values.get("gateway") ?? [], values.get("dns")?.split(",") ?? []].flat();
  for (const other of others)
    if (!isAddress(other))
      yield { rule: "E4", message: `${JSON.stringify(other)} is not an address`, remedy: "write gateway and dns as addresses" };
}

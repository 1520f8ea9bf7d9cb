import ipaddr from "ipaddr.js";
import type { Target } from "../targets";
import type { XmlElement } from "../xml/document";
import { below } from "../xml/search";
import { isInterface } from "./reading";
import { type Report, shown } from "./report";
import { checkWordOf, remedyFor, requireAttribute } from "./values";
import { attributeOf, type View } from "./view";
import { isIn, OLD, reads, valuesOf } from "./vocabulary";

/** E2, E3, E4, E5, W6: the management interface. */
export function checkAdminInterface(view: View, report: Report): void {
  const { target } = view;
  const element = view.first("admin-interface");
  if (element === undefined) return;
  if (attributeOf(element, "name", "hwaddr") === undefined)
    report(
      "E2",
      { element, attribute: "name" },
      "neither name nor hwaddr says which interface it is",
      'add name="eth0" or hwaddr="00:16:3e:..."',
    );
  checkName(target, element, report);
  checkHardwareAddress(element, report);
  const ipv4 = checkIpv4(view, element, report);
  const ipv6 = reads(target, "admin-interface", "protov6") && checkIpv6(view, element, report);
  if (ipv4 === "none" && !ipv6)
    report(
      "E4",
      { element, attribute: "protov6" },
      "the interface has neither IPv4 nor IPv6, and the installer stops",
      'write proto="static" or proto="dhcp", or add protov6',
    );
  checkVlan(view, element, report);
}

function checkIpv4({ target }: View, element: XmlElement, report: Report): "some" | "none" {
  const proto = requireAttribute(element, "proto", "it says how the host gets its address", report);
  if (proto === undefined) return "some";
  const { values = [], otherwise } = valuesOf(target, "admin-interface", "proto") ?? {};
  if (!values.includes(proto)) {
    if (otherwise === "stops") {
      checkWordOf(target, element, ["proto"], report);
      return "some";
    }
    report(
      "W6",
      { element, attribute: "proto" },
      `${shown(proto)} is not one of ${values.join(", ")}, so the installer takes it for none`,
      remedyFor(proto, values),
    );
    return "none";
  }
  if (proto === "static") {
    // The old parser knows one name of each, and checkWords reports the other. Here, both are accepted.
    const current = (name: string, old: string) => (reads(target, name) ? name : old);
    checkAddress(element, ["ip", "ipaddr"], current("ipaddr", "ip"), "an IPv4 address", isIpv4, report);
    checkAddress(element, ["subnet-mask", "subnet"], current("subnet", "subnet-mask"), "a netmask like 255.255.255.0", isNetmask, report);
    checkAddress(element, ["gateway"], "gateway", "an IPv4 address", isIpv4, report);
  }
  return proto === "none" ? "none" : "some";
}

/** Checks IPv6. Returns whether the interface gets IPv6. */
function checkIpv6({ target }: View, element: XmlElement, report: Report): boolean {
  const proto = attributeOf(element, "protov6")?.value;
  if (proto === undefined) return false;
  const { values: words = [] } = valuesOf(target, "admin-interface", "protov6") ?? {};
  if (!words.includes(proto)) {
    report(
      "W6",
      { element, attribute: "protov6" },
      `${shown(proto)} is not one of ${words.join(", ")}, so the installer takes it for none`,
      remedyFor(proto, words),
    );
    return false;
  }
  if (proto === "static") {
    checkAddress(element, ["ipv6"], "ipv6", "an IPv6 address with its prefix, like 2001:db8::10/64", isIpv6WithPrefix, report);
    checkAddress(element, ["gatewayv6"], "gatewayv6", "an IPv6 address", isIpv6, report);
  }
  return proto !== "none";
}

/** `names`: in the order in which the installer tries them. `child`: the name for a missing one. */
function checkAddress(
  element: XmlElement,
  names: readonly string[],
  child: string,
  what: string,
  valid: (text: string) => boolean,
  report: Report,
): void {
  const [found] = below(element, ...names);
  if (found === undefined)
    report("E4", { element, child }, `a static address needs ${child}, and the installer stops without it`, `add <${child}> with ${what}`);
  else if (!valid(found.text))
    report(
      "E4",
      { element: found },
      found.text === ""
        ? `a static address needs ${found.name}, and it is empty`
        : `${shown(found.text)} is not ${what}; no installer checks it`,
      `write ${what}`,
    );
}

function checkVlan({ target }: View, element: XmlElement, report: Report): void {
  const vlan = attributeOf(element, "vlan")?.value;
  if (vlan === undefined || !reads(target, "admin-interface", "vlan")) return;
  if (!/^\d+$/.test(vlan) || Number(vlan) < 1 || Number(vlan) > 4094)
    report(
      "E5",
      { element, attribute: "vlan" },
      `${shown(vlan)} is not a VLAN from 1 to 4094, and the installer stops`,
      "write a number from 1 to 4094, or leave it out",
    );
}

/**
 * E3: a name that no interface has. 5.6, 6.0 and XenServer 9 stop at it; the others go by `hwaddr`, or, without one, configure an interface that is not
 * there.
 */
function checkName(target: Target, element: XmlElement, report: Report): void {
  const name = attributeOf(element, "name")?.value;
  if (name === undefined || isInterface(name)) return;
  const strict = isIn(OLD, target) || target === "xs9";
  const place = { element, attribute: "name" };
  if (!strict && attributeOf(element, "hwaddr") !== undefined)
    report("W16", place, `no interface has the name ${shown(name)}, so the installer goes by hwaddr`, "remove it, or write eth0");
  else
    report(
      "E3",
      place,
      `no interface has the name ${shown(name)}${strict ? ", and the installer stops" : ", and the host has no network"}`,
      "write a name like eth0, or hwaddr with the interface's MAC",
    );
}

/** E3: the installer compares a MAC as text in small letters, so another spelling matches no interface. */
function checkHardwareAddress(element: XmlElement, report: Report): void {
  const mac = attributeOf(element, "hwaddr")?.value;
  // The name of an interface takes precedence over it.
  if (mac === undefined || isInterface(attributeOf(element, "name")?.value ?? "") || /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) return;
  report(
    "E3",
    { element, attribute: "hwaddr" },
    `${shown(mac)} is not a MAC as the installer writes it, so it finds no interface`,
    "write six pairs of hex digits with colons: 00:16:3e:01:02:03",
  );
}

/** E2: interfaces for storage networks, if there are any. */
export function checkFcoe(view: View, report: Report): void {
  if (!reads(view.target, "fcoe-interface")) return;
  for (const element of view.all("fcoe-interface")) {
    if (attributeOf(element, "name", "hwaddr") === undefined)
      report(
        "E2",
        { element, attribute: "name" },
        "neither name nor hwaddr says which interface it is",
        'add name="eth0" or hwaddr="00:16:3e:..."',
      );
  }
}

function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

function isNetmask(text: string): boolean {
  return isIpv4(text) && ipaddr.IPv4.parse(text).prefixLengthFromSubnetMask() !== null;
}

function isIpv6(text: string): boolean {
  return ipaddr.IPv6.isValid(text) && !text.includes("%");
}

function isIpv6WithPrefix(text: string): boolean {
  const [address = "", prefix = "", ...rest] = text.split("/");
  return rest.length === 0 && isIpv6(address) && /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= 128;
}

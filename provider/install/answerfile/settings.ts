import { atLeast, productOf } from "../targets";
import type { XmlElement } from "../xml/document";
import { type Mode, replacesByDisk } from "./mode";
import { type Report, shown } from "./report";
import timezones from "./timezones.json";
import { booleanOf, checkTextOf, checkWordOf, requireAttribute } from "./values";
import type { View } from "./view";
import { isIn, OLD, reads, valuesOf } from "./vocabulary";

/** netutil.valid_hostname of host-installer, which only its text interface uses. */
const HOSTNAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$/;

/** E3, E6, E7, W7, W8, W20: settings of a fresh installation or a reinstallation. */
export function checkSettings(view: View, report: Report): void {
  checkRootPassword(view, report);
  checkTimezone(view, report);
  checkNtp(view, report);
  checkServices(view, report);
  onlyOne(view, "keymap", report);
  const hostname = onlyOne(view, "hostname", report);
  if (hostname !== undefined && !HOSTNAME.test(hostname.text))
    report(
      "W20",
      { element: hostname },
      `${shown(hostname.text)} is not a host name, and no installer checks it`,
      "use letters, digits, - and dots between them",
    );
}

function checkRootPassword(view: View, report: Report): void {
  const element = view.first("root-password");
  if (element === undefined) {
    report(
      "W8",
      { element: view.root, child: "root-password" },
      "there is no root password: at its first boot, the host waits at its console until somebody sets one",
      'add <root-password type="hash"> with what `openssl passwd -6` prints',
    );
    return;
  }
  const type = element.attributes.get("type") || "plaintext";
  checkWordOf(view.target, element, ["type"], report);
  if (type === "hash") checkHash(element, report);
  if (type === "plaintext")
    report(
      "W8",
      { element },
      "everybody who can read the file can read the root password, and the installer writes it into its logs",
      'write type="hash" and what `openssl passwd -6` prints',
    );
}

/** crypt(5): "$6$SALT$HASH", or thirteen letters of the first of all; "!!" and "*" lock the account. */
const HASH = /^(\$[0-9a-z]+\$[^<>\s…]+|[./0-9A-Za-z]{13}|!!|\*)$/;

/** E3: no password has a hash that is not one, so that nobody can log in. */
function checkHash(element: XmlElement, report: Report): void {
  const { text } = element;
  if (HASH.test(text) && !text.includes("...")) return;
  report(
    "E3",
    { element },
    // What it is, is nothing for a log: it may be the password.
    text === "" ? "the hash is empty, so that everybody can log in" : "it is not the hash of a password, so that nobody can log in",
    "write what `openssl passwd -6` prints",
  );
}

function checkTimezone(view: View, report: Report): void {
  const element = view.first("timezone");
  if (element === undefined) return;
  const name = element.text.replace(/^(posix|right)\//, "");
  if (timezones.includes(name)) return;
  const meant = timezones.find((each) => each.toLowerCase() === name.toLowerCase());
  report(
    "W7",
    { element },
    meant === undefined
      ? `${shown(element.text)} is not in the time zone database: the host's link to its time zone will lead nowhere`
      : `${shown(element.text)} has another spelling in the time zone database: the host's link to its time zone will lead nowhere`,
    meant === undefined ? "write a name like Europe/Berlin or Etc/UTC" : `write ${meant}`,
  );
}

function checkNtp(view: View, report: Report): void {
  if (!reads(view.target, "ntp")) return;
  const elements = view.all("ntp");
  const [ntp] = elements;
  if (ntp === undefined) return;
  for (const element of elements.slice(1))
    report("E7", { element }, `there are ${elements.length} ntp elements, and the installer stops`, "keep one");
  if (requireAttribute(ntp, "source", "it says where the time comes from", report) === undefined) return;
  const source = checkWordOf(view.target, ntp, ["source"], report);
  if (source === undefined) return;
  const [server] = view.all("ntp-server", "ntp-servers");
  if (source !== "manual" && server !== undefined)
    report(
      "E6",
      { element: server },
      `servers are given, but the source is ${source}, and the installer stops`,
      'write <ntp source="manual"/>, or remove the servers',
    );
}

function checkServices(view: View, report: Report): void {
  if (!reads(view.target, "service")) return;
  const seen = new Set<string>();
  for (const element of view.all("service")) {
    const name = requireAttribute(element, "name", "it says which service", report);
    if (name !== undefined && seen.has(name))
      report("E7", { element }, `service ${shown(name)} is there more than once, and the installer stops`, "keep one");
    if (name !== undefined) seen.add(name);
    requireAttribute(element, "state", "it says enabled or disabled", report);
    checkWordOf(view.target, element, ["state"], report);
  }
}

/** E3, W4, W16: settings of every kind of installation. */
export function checkCommon(view: View, report: Report): void {
  checkBootloader(view, report);
  checkNetworkBackend(view, report);
}

/** E3, W4, W16: the boot loader. */
function checkBootloader(view: View, report: Report): void {
  const element = onlyOne(view, "bootloader", report);
  if (element === undefined) return;
  const { target } = view;
  checkTextOf(target, element, report);
  checkWordOf(target, element, ["location"], report);
  if (reads(target, "bootloader", "write-boot-entry")) booleanOf(element, ["write-boot-entry"], report);
}

function checkNetworkBackend(view: View, report: Report): void {
  const { target } = view;
  if (!reads(target, "network-backend")) return;
  const element = onlyOne(view, "network-backend", report);
  if (element !== undefined) checkTextOf(target, element, report);
}

/** W16: the element that counts. The parser of 5.6 and 6.0 takes its own default if there are two. */
function onlyOne(view: View, name: string, report: Report): XmlElement | undefined {
  const elements = view.all(name);
  const [element, second] = elements;
  if (second === undefined || !isIn(OLD, view.target)) return element;
  const fallback = valuesOf(view.target, name)?.default;
  report(
    "W16",
    { element: second },
    `there are ${elements.length} ${name} elements, so ${productOf(view.target)} ignores them all${fallback === undefined ? "" : `, and takes ${fallback}`}`,
    "keep one",
  );
  return undefined;
}

/** W5, W16: what an installer reads before anything else. */
export function checkSetup(view: View, report: Report): void {
  const prompt = view.first("ui-confirmation-prompt");
  if (
    prompt !== undefined &&
    reads(view.target, "ui-confirmation-prompt") &&
    prompt.text !== "" &&
    !["true", "yes", "1", "on"].includes(prompt.text.toLowerCase())
  )
    report(
      "W5",
      { element: prompt },
      `any text means yes here, also ${shown(prompt.text)}: the installer waits until somebody presses a key`,
      "remove the element",
    );
  const ssh = view.first("ssh-mode");
  if (ssh !== undefined && reads(view.target, "ssh-mode")) checkTextOf(view.target, ssh, report);
}

/** E2: the elements that a kind of installation requires. */
export function mandatoryElements({ target }: View, mode: Mode): readonly string[] {
  if (mode === "restore" || mode === undefined) return [];
  if (mode === "upgrade") return ["source", "existing-installation"];
  const disk = replacesByDisk(mode, target) ? "existing-installation" : "primary-disk";
  return ["source", disk, "admin-interface", ...(atLeast(target, "6.2") ? [] : ["timezone"])];
}

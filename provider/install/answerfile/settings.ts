import { atLeast, productOf } from "../targets";
import type { Mode } from "./mode";
import { type Report, shown } from "./report";
import timezones from "./timezones.json";
import { booleanOf, checkWordOf, notOneOf, remedyFor, requireAttribute } from "./values";
import type { View } from "./view";

/** netutil.valid_hostname of host-installer, which only its text interface uses. */
const HOSTNAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$/;

/** E3, E6, E7, W7, W8, W20: settings of a fresh installation or a reinstallation. */
export function checkSettings(view: View, report: Report): void {
  checkRootPassword(view, report);
  checkTimezone(view, report);
  checkNtp(view, report);
  checkServices(view, report);
  const hostname = view.first("hostname");
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
  checkWordOf(element, ["type"], ["plaintext", "hash"], report);
  if ((element.attributes.get("type") || "plaintext") === "plaintext")
    report(
      "W8",
      { element },
      "everybody who can read the file can read the root password, and the installer writes it into its logs",
      'write type="hash" and what `openssl passwd -6` prints',
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

const NTP_SOURCES = ["dhcp", "default", "manual", "none"];

function checkNtp(view: View, report: Report): void {
  if (!atLeast(view.target, "8.3")) return;
  const elements = view.all("ntp");
  const [ntp] = elements;
  if (ntp === undefined) return;
  for (const element of elements.slice(1))
    report("E7", { element }, `there are ${elements.length} ntp elements, and the installer stops`, "keep one");
  const source = requireAttribute(ntp, "source", `it is one of ${NTP_SOURCES.join(", ")}`, report);
  if (source === undefined) return;
  if (!NTP_SOURCES.includes(source)) {
    report("E3", { element: ntp, attribute: "source" }, notOneOf(source, NTP_SOURCES), remedyFor(source, NTP_SOURCES));
    return;
  }
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
  if (!atLeast(view.target, "7.6")) return;
  const seen = new Set<string>();
  for (const element of view.all("service")) {
    const name = requireAttribute(element, "name", "it says which service", report);
    if (name !== undefined && seen.has(name))
      report("E7", { element }, `service ${shown(name)} is there more than once, and the installer stops`, "keep one");
    if (name !== undefined) seen.add(name);
    const state = requireAttribute(element, "state", "it says enabled or disabled", report);
    if (state !== undefined) checkWordOf(element, ["state"], ["enabled", "disabled"], report);
  }
}

/** E3, W4, W16: settings of every kind of installation. */
export function checkCommon(view: View, report: Report): void {
  checkBootloader(view, report);
  checkNetworkBackend(view, report);
}

/** E3, W4, W16: extlinux in earlier versions, GRUB 2 in later ones. 5.6 logs what it does not know and continues. */
function checkBootloader(view: View, report: Report): void {
  const element = view.first("bootloader");
  if (element === undefined) return;
  const { target } = view;
  if (target === "5.6") {
    if (!["grub", "extlinux"].includes(element.text))
      report("W16", { element }, `${shown(element.text)} is not grub or extlinux, so the installer ignores it`, "write grub or extlinux");
    const location = element.attributes.get("location")?.toLowerCase() ?? "";
    if (!["mbr", "partition", ""].includes(location))
      report(
        "W16",
        { element, attribute: "location" },
        `${shown(location)} is not mbr or partition, so the installer ignores it`,
        "write mbr or partition",
      );
    return;
  }
  const allowed = atLeast(target, "7.0") ? ["grub2", ""] : ["extlinux", ""];
  if (!allowed.includes(element.text))
    report("E3", { element }, `${productOf(target)}: ${notOneOf(element.text, allowed)}`, remedyFor(element.text, allowed));
  checkWordOf(element, ["location"], ["mbr", "partition"], report);
  if (atLeast(target, "7.1")) booleanOf(element, ["write-boot-entry"], report);
}

const BACKENDS = ["bridge", "openvswitch", "vswitch"];

function checkNetworkBackend(view: View, report: Report): void {
  const { target } = view;
  if (target === "xs9") return;
  const elements = view.all("network-backend");
  const [element] = elements;
  if (element === undefined) return;
  if (target === "5.6" && elements.length > 1) {
    report(
      "W16",
      { element: elements[1] ?? element },
      `there are ${elements.length} network-backend elements, so 5.6 takes its default`,
      "keep one",
    );
    return;
  }
  if (BACKENDS.includes(element.text)) return;
  if (atLeast(target, "6.1"))
    report(
      "W16",
      { element },
      `${shown(element.text)} is not bridge or openvswitch, so the installer ignores it, and the host gets openvswitch`,
      remedyFor(element.text, BACKENDS),
    );
  else report("E3", { element }, notOneOf(element.text, BACKENDS), remedyFor(element.text, BACKENDS));
}

/** W5, W16: what an installer reads before anything else. */
export function checkSetup(view: View, report: Report): void {
  const prompt = view.first("ui-confirmation-prompt");
  if (
    prompt !== undefined &&
    atLeast(view.target, "7.1") &&
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
  if (ssh !== undefined && view.target === "xs9" && !["on", "off", "auto"].includes(ssh.text))
    report("W16", { element: ssh }, `${shown(ssh.text)} is not on, off or auto, so the installer ignores it`, "write on, off or auto");
}

/** E2: the elements that a kind of installation requires. */
export function mandatoryElements({ target }: View, mode: Mode): readonly string[] {
  if (mode === "restore" || mode === undefined) return [];
  if (mode === "upgrade") return ["source", "existing-installation"];
  // A reinstallation of 5.6 uses the disk of the installation that it replaces (parseReinstall).
  const disk = target === "5.6" && mode === "reinstall" ? "existing-installation" : "primary-disk";
  return ["source", disk, "admin-interface", ...(atLeast(target, "6.2") ? [] : ["timezone"])];
}

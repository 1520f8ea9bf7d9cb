import { atLeast, type Target } from "../../provider/install/targets";

/** Elements of an answerfile by name, each on a line of its own; an empty text leaves one out. */
export type Elements = Readonly<Record<string, string>>;

/** What a fresh installation of a CSP host takes, with nothing to complain about, in the words of a version. */
export function elementsFor(target: Target): Record<string, string> {
  const old = target === "5.6";
  return {
    "primary-disk": "<primary-disk>sda</primary-disk>",
    keymap: "<keymap>us</keymap>",
    "root-password": '<root-password type="hash">$6$Z0qMVt0qQ$abc</root-password>',
    source: '<source type="url">http://192.0.2.1/install</source>',
    "admin-interface": '<admin-interface name="eth0" proto="dhcp"/>',
    timezone: "<timezone>Europe/Berlin</timezone>",
    ...(target === "xs9" ? {} : { "network-backend": "<network-backend>bridge</network-backend>" }),
    ...(atLeast(target, "6.1")
      ? {}
      : { script: `<script stage="installation-complete"${old ? "" : ' type="url"'}>http://192.0.2.1/post-install.sh</script>` }),
  };
}

export const STATIC: Readonly<Record<"old" | "new", string>> = {
  old: '<admin-interface name="eth0" proto="static"><ip>192.0.2.10</ip><subnet-mask>255.255.255.0</subnet-mask><gateway>192.0.2.1</gateway></admin-interface>',
  new: '<admin-interface name="eth0" proto="static"><ipaddr>192.0.2.10</ipaddr><subnet>255.255.255.0</subnet><gateway>192.0.2.1</gateway></admin-interface>',
};

/** `root`: the start tag's inside, `installation mode="fresh"`. Line 1 is the root's, the elements follow in order. */
export function document(elements: Elements, root = "installation"): string {
  const [name = ""] = root.split(" ");
  return `<${root}>\n${Object.values(elements)
    .filter((text) => text !== "")
    .join("\n")}\n</${name}>\n`;
}

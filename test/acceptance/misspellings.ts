/**
 * Mistakes in the words of a configuration: a key misspelt, in another case, in the plural or singular, at the wrong level, or written as an
 * attribute in place of a block, or the other way round. Each would open or close something by mistake if it were ignored.
 */
export interface Misspelling {
  readonly what: string;
  /** A whole block of the configuration; NAME stands for its name. */
  readonly text: string;
  /** The word that the client must name. */
  readonly named: string;
}

const GUEST = `
  host = "hv-01"
  guest {
    uuid = "6c1a0000-0000-4000-8000-00000000000b"
  }`;
const NIC = `
  interface {
    device    = 0
    mac       = "02:00:00:20:00:0b"
    addresses = ["10.20.0.11"]
  }`;
const CONTENT: Readonly<Record<string, string>> = {
  csp_guest_firewall: `${GUEST}${NIC}`,
  csp_security_group: '\n  name = "web"',
  csp_host_firewall: '\n  host = "hv-01"',
  csp_host: '\n  host = "hv-01"',
  csp_ip_set: '\n  host = "hv-01"\n  name = "blocklist"',
  csp_rule_set: '\n  host  = "hv-01"\n  tool  = "iptables"\n  chain = "lockdown"\n  rules = ["-j DROP"]',
  csp_post_install: '\n  path   = "/srv/www/post-install.sh"\n  target = "8.3"',
  csp_driver_disk:
    '\n  path = "/srv/www/d"\n  target = "8.3"\n  rpms = ["/srv/a.rpm"]\n  vendor_code = "v"\n  vendor = "V"\n  label = "l"\n  text = "t"\n  version = "1"',
  csp_development_kit: '\n  host = "hv-01"',
  csp_answerfile: `
  path   = "/srv/www/a.xml"
  target = "8.3"
  source {
    type    = "url"
    address = "http://192.0.2.1/media"
  }
  primary_disk {
    device = "sda"
  }
  admin_interface {
    name = "eth0"
    ipv4 {
      method = "dhcp"
    }
  }
  root_password = "correct horse"
  timezone      = "Europe/Berlin"`,
};

const resource = (type: string, text: string): string => `resource "${type}" "NAME" {${text}\n}\n`;
/** In addition to what such a resource must have. */
const beside = (type: string, what: string, text: string, named: string): Misspelling => ({
  what: `${type}: ${what}`,
  text: resource(type, `${CONTENT[type]}\n  ${text}`),
  named,
});

const rule = (text: string): string => `{ name = "ssh", protocol = "tcp", ports = ["22"], ${text} }`;
const block = (direction: string, text: string): string => `${direction} {\n    name = "ssh"\n    ${text.replaceAll(", ", "\n    ")}\n  }`;

/** In rules that are blocks, in each resource that has such rules. */
const inRules = (type: string): Misspelling[] => [
  beside(type, "misspelt in a rule", block("ingress", 'form = ["10.0.0.1"]'), "form"),
  beside(type, "misspelt in a rule for what leaves", block("egress", 'ot = ["10.0.0.1"]'), "ot"),
  beside(type, "camel case in a rule", block("ingress", 'protocol = "icmp", icmpType = "8"'), "icmpType"),
  beside(type, "singular in a rule", block("ingress", 'protocol = "tcp", port = ["22"]'), "port"),
  beside(type, "a rule of another cloud", block("ingress", 'cidr_blocks = ["10.0.0.1"]'), "cidr_blocks"),
  beside(type, "misspelt verdict", block("ingress", 'acton = "drop"'), "acton"),
  beside(type, "the other direction's key", block("egress", 'from = ["10.0.0.1"]'), "from"),
  beside(type, "misspelt in a limit", block("ingress", 'limit {, rate = "1/second", bursts = 5, }'), "bursts"),
  beside(type, "a limit's key beside it", block("ingress", 'rate = "1/second"'), "rate"),
  beside(type, "a rule's key beside rules", 'from = ["10.0.0.1"]', "from"),
  beside(type, "misspelt block", block("ingres", 'from = ["10.0.0.1"]'), "ingres"),
  beside(type, "rules as a list", 'ingress = [{ name = "ssh", form = ["10.0.0.1"] }]', "ingress"),
];

/** In an attribute of any type, where csp itself refuses it. */
const inGuests = (what: string, guest: string, named: string): Misspelling[] =>
  [
    ["resource", "csp_host_policy", '\n  host = "hv-01"'],
    ["data", "csp_compiled_policy", ""],
  ].map(([kind, type, own]) => ({
    what: `${type}: ${what}`,
    text: `${kind} "${type}" "NAME" {${own}\n  guests = {\n    "web-1" = {\n${guest}\n    }\n  }\n}\n`,
    named,
  }));
const WHO = '      uuid = "6c1a0000-0000-4000-8000-00000000000b"\n';
const PORT = '{ device = 0, mac = "02:00:00:20:00:0b", addresses = ["10.20.0.11"] }';
const WITH = `${WHO}      interfaces = [${PORT}]\n      `;

const inGroups = (what: string, groups: string, named: string): Misspelling => ({
  what: `csp_host_policy: ${what}`,
  text: resource("csp_host_policy", `\n  host = "hv-01"\n  groups = {\n    web = ${groups}\n  }`),
  named,
});

const inHosts = (what: string, entry: string, named: string): Misspelling => ({
  what: `provider: ${what}`,
  text: `provider "csp" {\n  alias = "NAME"\n  ${entry}\n}\n\ndata "csp_host" "NAME" {\n  provider = csp.NAME\n  host     = "hv-01"\n}\n`,
  named,
});

export const MISSPELLINGS: readonly Misspelling[] = [
  ...["csp_guest_firewall", "csp_security_group", "csp_host_firewall"].flatMap(inRules),

  beside("csp_guest_firewall", "the plural of a block", "interfaces {\n    device = 1\n  }", "interfaces"),
  beside("csp_guest_firewall", "the list of before", `interfaces = [${PORT}]`, "interfaces"),
  beside("csp_guest_firewall", "an object of before", 'guest = { name = "web" }', "guest"),
  beside("csp_guest_firewall", "an interface's key beside it", "anti_spoofing = false", "anti_spoofing"),
  beside("csp_guest_firewall", "camel case", 'egressDefault = "drop"', "egressDefault"),
  beside("csp_guest_firewall", "misspelt", 'egres_default = "drop"', "egres_default"),
  beside("csp_guest_firewall", "the singular of groups", "group = []", "group"),
  ...[
    ["misspelt in an interface", 'adresses = ["10.20.0.12"]', "adresses"],
    ["the singular in an interface", 'address = "10.20.0.12"', "address"],
    ["camel case in an interface", 'antiSpoofing = "mac"', "antiSpoofing"],
    ["a rule's key in an interface", 'from = ["10.0.0.1"]', "from"],
  ].map(([what, line, named]) => ({
    what: `csp_guest_firewall: ${what}`,
    text: resource("csp_guest_firewall", `${GUEST}\n  interface {\n    device = 0\n    mac = "02:00:00:20:00:0b"\n    ${line}\n  }`),
    named: named!,
  })),
  {
    what: "csp_guest_firewall: misspelt in the guest",
    text: resource("csp_guest_firewall", `\n  host = "hv-01"\n  guest {\n    uid = "6c1a0000-0000-4000-8000-00000000000b"\n  }${NIC}`),
    named: "uid",
  },
  beside(
    "csp_guest_firewall",
    "misspelt in a group's rule",
    `groups = [{ name = "g", ingress = [${rule('form = ["10.0.0.1"]')}] }]`,
    "form",
  ),
  beside("csp_guest_firewall", "misspelt in a group", `groups = [{ name = "g", ingres = [${rule('from = ["10.0.0.1"]')}] }]`, "ingres"),
  beside("csp_guest_firewall", "misspelt in a peer group", 'peer_groups = [{ name = "g", member = ["10.0.0.1"] }]', "member"),

  ...inGuests("misspelt in a rule", `${WITH}ingress = [${rule('form = ["10.0.0.1"]')}]`, "form"),
  ...inGuests("camel case in a rule", `${WITH}ingress = [{ name = "ping", protocol = "icmp", icmpType = "8" }]`, "icmpType"),
  ...inGuests("the singular in a rule", `${WITH}ingress = [{ name = "ssh", protocol = "tcp", port = ["22"] }]`, "port"),
  ...inGuests("misspelt in a limit", `${WITH}ingress = [${rule('limit = { rates = "1/second", rate = "1/second" }')}]`, "rates"),
  ...inGuests("a rule's key beside rules", `${WITH}from = ["10.0.0.1"]`, "from"),
  ...inGuests("a guest's key in a rule", `${WITH}ingress = [${rule('egress_default = "drop"')}]`, "egress_default"),
  ...inGuests("camel case in a guest", `${WITH}egressDefault = "drop"`, "egressDefault"),
  ...inGuests("a block's name", `${WHO}      interface = [${PORT}]`, "interface"),
  ...inGuests(
    "misspelt in an interface",
    `${WHO}      interfaces = [{ device = 0, mac = "02:00:00:20:00:0b", adresses = [] }]`,
    "adresses",
  ),
  ...inGuests("nothing behind a misspelt key", `${WITH}ingress = [${rule("form = null")}]`, "form"),
  inGroups("misspelt in a group", `{ ingres = [${rule('from = ["10.0.0.1"]')}] }`, "ingres"),
  inGroups("misspelt in a group's rule", `{ ingress = [${rule('form = ["10.0.0.1"]')}] }`, "form"),
  inGroups("the singular in a group", '{ member = ["10.0.0.1"] }', "member"),

  inHosts("misspelt in a host's entry", 'hosts = { "hv-01" = { address = "192.0.2.1", hostkey = "x" } }', "hostkey"),
  inHosts("camel case in a host's entry", 'hosts = { "hv-01" = { address = "192.0.2.1", hostKey = "x" } }', "hostKey"),
  inHosts(
    "misspelt in a host's own bastion",
    'hosts = { "hv-01" = { address = "192.0.2.1", inline_bastion = { address = "gw", usr = "x" } } }',
    "usr",
  ),
  inHosts("misspelt in the defaults", "defaults {\n    usr = 1\n  }", "usr"),

  beside("csp_ip_set", "misspelt in a connection", "host_connection {\n    adress = 1\n  }", "adress"),
  beside("csp_ip_set", "misspelt in a bastion", "host_connection {\n    inline_bastion {\n      adress = 1\n    }\n  }", "adress"),
  beside("csp_ip_set", "the singular", 'member = ["10.0.0.1"]', "member"),
  beside("csp_ip_set", "misspelt timeout", 'timeouts {\n    creates = "1m"\n  }', "creates"),
  beside("csp_host", "misspelt expectation", 'expect {\n    versions = "8.3"\n  }', "versions"),
  beside("csp_host", "the plural of a block in a block", 'expect {\n    packs {\n      name = "csp"\n    }\n  }', "packs"),
  beside("csp_host", "misspelt in an installation", "install {\n    minute = 1\n  }", "minute"),
  beside("csp_rule_set", "misspelt in a jump", 'jump {\n    from = "FORWARD"\n    postion = "beforeGuests"\n  }', "postion"),
  beside("csp_rule_set", "the plural of a block", 'jumps {\n    from = "FORWARD"\n  }', "jumps"),
  beside("csp_post_install", "misspelt in a file", 'file {\n    path = "/a"\n    contents = "b"\n  }', "contents"),
  beside("csp_post_install", "the plural of a block", 'files {\n    path = "/a"\n    content = "b"\n  }', "files"),
  beside("csp_driver_disk", "misspelt in a requirement", 'requires {\n    origin = "xs"\n  }', "origin"),
  beside("csp_development_kit", "misspelt in the kernels", 'kernels {\n    xen = "a"\n    kdmp = "b"\n  }', "kdmp"),
  beside("csp_answerfile", "the plural of a block", 'scripts {\n    stage = "installation-complete"\n  }', "scripts"),
  beside("csp_answerfile", "misspelt in a source", 'driver_source {\n    type = "url"\n    adress = "http://a"\n  }', "adress"),
  beside("csp_answerfile", "camel case", 'rootPasswordHash = "x"', "rootPasswordHash"),
  {
    what: "csp_packet_verdict: misspelt in where a packet comes from",
    text: 'data "csp_packet_verdict" "NAME" {\n  host = "hv-01"\n  from {\n    gest = "x"\n  }\n  to {\n    guest = "y"\n  }\n}\n',
    named: "gest",
  },
];

/** What some of the mistakes refer to. */
export const REFERRED = resource("csp_security_group", '\n  name = "whole"').replace("NAME", "whole");

/** The same places, written correctly. */
export const WELL_WRITTEN = [
  resource(
    "csp_guest_firewall",
    `${CONTENT.csp_guest_firewall}
  groups      = [csp_security_group.whole.policy]
  peer_groups = [{ name = "g", members = ["10.0.0.1"], ingress = [${rule('from = ["10.0.0.1"]')}] }]
  ${block("ingress", 'protocol = "tcp", ports = ["22"], from = ["10.0.0.1"]')}
  ${block("egress", 'to = ["10.0.0.1"], limit {, rate = "1/second", burst = 5, }')}
  host_connection {
    address = "192.0.2.1"
    inline_bastion {
      address = "gw"
    }
  }
  timeouts {
    create = "1m"
  }`,
  ),
  // Numbers and booleans as texts, as Terraform accepts them everywhere else; null where a value is optional.
  `data "csp_compiled_policy" "NAME" {
  guests = {
    "web-1" = {
      uuid       = "6c1a0000-0000-4000-8000-00000000000b"
      interfaces = [{ device = "0", mac = "02:00:00:20:00:0b", addresses = toset(["10.20.0.11"]), dhcp = "true", port = null }]
      ingress    = [{ name = "a", protocol = "tcp", ports = [22], from = null, limit = { rate = "1/second", burst = "5" } }]
      egress     = null
    }
  }
}
`,
  `provider "csp" {
  alias = "NAME"
  hosts = {
    "hv-01" = { address = "192.0.2.1", port = "22", inline_bastion = { address = "gw", user = null } }
    "hv-02" = { address = "192.0.2.2", bastion = "gw" }
  }
  defaults {
    user = "root"
  }
}

data "csp_host" "NAME" {
  provider = csp.NAME
  host     = "hv-01"
}
`,
  resource("csp_answerfile", CONTENT.csp_answerfile ?? ""),
  resource("csp_rule_set", `${CONTENT.csp_rule_set}\n  jump {\n    from     = "FORWARD"\n    position = "beforeGuests"\n  }`),
  resource(
    "csp_host",
    '\n  host = "hv-01"\n  expect {\n    version = "8.3"\n    pack {\n      name = "csp"\n    }\n  }\n  install {\n    minutes = 5\n  }',
  ),
  resource("csp_post_install", `${CONTENT.csp_post_install}\n  file {\n    path    = "/a"\n    content = "b"\n  }`),
];

// Made by `npm run generate` from provider/resources; changes here are lost.
import { type IResolvable, TerraformDataSource, type TerraformMetaArguments, TerraformProvider, TerraformResource } from "cdktn";
import type { Construct } from "constructs";
import { asTheyAre, attributesOf, checkFields, type Fields, hclOf } from "./element";

const METADATA = { providerName: "csp" };

export interface CspProviderHostsInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface CspProviderHosts {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: CspProviderHostsInlineBastion | IResolvable;
}

export interface CspProviderDefaultsInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface CspProviderDefaults {
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: CspProviderDefaultsInlineBastion;
}

export interface CspProviderConfig {
  /** The fleet: how to reach each host, by the name resources use for it. */
  readonly hosts?: { readonly [key: string]: CspProviderHosts | IResolvable } | IResolvable;
  /** What the entries of `hosts` leave out, such as user, key and bastion. */
  readonly defaults?: CspProviderDefaults;
  /** Tells several configurations of the provider apart. */
  readonly alias?: string;
}

const cspProviderFields: Fields = {"hosts":["hosts",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"object"]},"map"],"defaults":["defaults",{"port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** The fleet's inventory: which hosts there are and how to reach them. */
export class CspProvider extends TerraformProvider {
  static readonly tfResourceType = "csp";
  private readonly config: CspProviderConfig;

  constructor(scope: Construct, id: string, config: CspProviderConfig = {}) {
    super(scope, id, { terraformResourceType: "csp", terraformGeneratorMetadata: METADATA, terraformProviderSource: "csp-iac/csp" });
    checkFields("CspProvider", this.node.path, cspProviderFields, config);
    this.config = config;
    this.alias = config.alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return asTheyAre(attributesOf(cspProviderFields, this.config));
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(cspProviderFields, this.config);
  }
}

export interface HostExpectPacks {
  /** As /etc/xensource/installed-repos has it, with or without the originator (`ORIGINATOR:NAME`); or the name of an RPM that it brings, which is all that is left of a pack from 7.1 on. */
  readonly name: string;
  /** Its version, with or without build or release: "5.6.100-50867p". */
  readonly version?: string;
}

export interface HostExpect {
  /** "XenServer", "XCP-ng": PRODUCT_BRAND of /etc/xensource-inventory, in either case; elsewhere NAME of /etc/os-release. */
  readonly product?: string;
  /** Its version, or the beginning of it: "5.6.100", "8.3". PRODUCT_VERSION, or else VERSION_ID. */
  readonly version?: string;
  /** "csp": the kernel of the Cloud Service Providers pack for XenServer 5.6 SP2 (`uname -r` ends in cspxen); "standard": any other. */
  readonly kernel?: string;
  /** Supplemental packs that must be installed. */
  readonly packs?: readonly (HostExpectPacks)[] | IResolvable;
}

export interface HostInstall {
  /** How long to wait until it is up. A closed port, an installer's own host key and a login that is not set up yet are waited through. Default: `45`. */
  readonly minutes?: number;
  /** The installation that is to go: its INSTALLATION_UUID (/etc/xensource-inventory; elsewhere /etc/machine-id). While the host still has it, the new one is waited for. Left out, an old system is known by another product or version than `expect` has. */
  readonly replaces?: string;
}

export interface HostHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface HostHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: HostHostConnectionInlineBastion;
}

export interface HostTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface HostConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** What the host must be before csp touches it: installed as declared, with its packs. Otherwise it is refused, with what to do; later differences are drift. The network backend needs no mention: a csp host's is the Linux bridge. */
  readonly expect?: HostExpect;
  /** The host is being installed: wait for the new system instead of failing when it does not answer. May stay when that is over. */
  readonly install?: HostInstall;
  /** Whether csp may switch a host with Open vSwitch to the Linux bridge (`xe-switch-network-backend bridge`) and reboot it, which the switch needs. "when-empty": if no guest runs there; "with-guests": its guests go down with it. A preview says when it will. Default: `"never"`. */
  readonly reboot?: string;
  /** How long the host may take to come back from a reboot. Default: `10`. */
  readonly bootMinutes?: number;
  /** How the host's guest ports are named: prefixes. A packet from or to such a port passes only by a guest's policy; other ports are let through. Default: `["vif","tap","vnet"]`. */
  readonly guestPorts?: readonly string[];
  /** Who calls the hook, the script on the host that follows guests over reboots and migrations. "auto": everything the host has. Or some of: "xapi" (/etc/xapi.d/vif-hotplug), "xl" (Xen's scripts), "libvirt" (its qemu hook), "udev" (works anywhere, and is what Proxmox and XenServer 5.6 need), "boot" (systemd or SysV; comes with each of the others). An empty list: no hook; then only `pulumi up` follows. Default: `["auto"]`. */
  readonly hook?: readonly string[];
  /** Whether each bridge has a connection table of its own, so that no packet is taken for a part of another tenant's connection. Left out: by bridge, where the kernel can; a host that an earlier version adopted stays as it is until this is given. The change ends established connections through the host's bridges. */
  readonly conntrackZones?: string;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: HostHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: HostTimeouts;
}

const hostFields: Fields = {"host":"host","expect":["expect",{"product":"product","version":"version","kernel":"kernel","packs":["pack",{"name":"name","version":"version"},"blocks"]},"block"],"install":["install",{"minutes":"minutes","replaces":"replaces"},"block"],"reboot":"reboot","bootMinutes":"boot_minutes","guestPorts":"guest_ports","hook":"hook","conntrackZones":"conntrack_zones","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Adopts a host: waits for it while it is being installed, checks that it is what was declared, switches it to the Linux bridge where that is allowed, turns on bridge filtering so that it survives a reboot, installs the frame that drops what no guest's policy claims, and the hook that follows guests and loads all of it at boot. Deleting it removes what it put there. */
export class Host extends TerraformResource {
  static readonly tfResourceType = "csp_host";
  private readonly config: HostConfig;

  constructor(scope: Construct, id: string, config: HostConfig) {
    super(scope, id, { terraformResourceType: "csp_host", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("Host", this.node.path, hostFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** Whether csp may switch a host with Open vSwitch to the Linux bridge (`xe-switch-network-backend bridge`) and reboot it, which the switch needs. "when-empty": if no guest runs there; "with-guests": its guests go down with it. A preview says when it will. Default: `"never"`. */
  get reboot(): string {
    return this.getStringAttribute("reboot");
  }

  /** How long the host may take to come back from a reboot. Default: `10`. */
  get bootMinutes(): number {
    return this.getNumberAttribute("boot_minutes");
  }

  /** Whether each bridge has a connection table of its own, so that no packet is taken for a part of another tenant's connection. Left out: by bridge, where the kernel can; a host that an earlier version adopted stays as it is until this is given. The change ends established connections through the host's bridges. */
  get conntrackZones(): string {
    return this.getStringAttribute("conntrack_zones");
  }

  /** What the host is: kernel, product, tools and their versions, network backend. */
  get facts(): IResolvable {
    return this.interpolationForAttribute("facts");
  }

  /** What it was when csp last put it in order. An upgrade in place shows against this. */
  get adopted(): IResolvable {
    return this.interpolationForAttribute("adopted");
  }

  /** What the host's tools and kernel cannot see or keep apart, one sentence each; docs/security.md says what that means. */
  get limits(): string[] {
    return this.getListAttribute("limits");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(hostFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(hostFields, this.config);
  }
}

export interface IpSetHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface IpSetHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: IpSetHostConnectionInlineBastion;
}

export interface IpSetTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface IpSetConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** The set's name in the kernel, at most 31 characters. Rules refer to it as `set:NAME`. */
  readonly name: string;
  /** The kernel's set type: what a member is made of. Default: `"hash:net"`. */
  readonly type?: string;
  /** Address family of the members; without meaning for `hash:mac`, `bitmap:port` and `list:set`. Default: `"inet"`. */
  readonly family?: string;
  /** Members as ipset takes them: "203.0.113.0/24", "10.0.0.5,tcp:22", "02:16:3e:00:00:01". */
  readonly members?: readonly string[];
  /** How many members the set can hold. Default: `65536`. */
  readonly maxElements?: number;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: IpSetHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: IpSetTimeouts;
}

const ipSetFields: Fields = {"host":"host","name":"name","type":"type","family":"family","members":"members","maxElements":"max_elements","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** One set of the host's kernel (ipset): addresses, networks, ports or MACs that rules refer to by name. */
export class IpSet extends TerraformResource {
  static readonly tfResourceType = "csp_ip_set";
  private readonly config: IpSetConfig;

  constructor(scope: Construct, id: string, config: IpSetConfig) {
    super(scope, id, { terraformResourceType: "csp_ip_set", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("IpSet", this.node.path, ipSetFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The set's name in the kernel, at most 31 characters. Rules refer to it as `set:NAME`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** The kernel's set type: what a member is made of. Default: `"hash:net"`. */
  get type(): string {
    return this.getStringAttribute("type");
  }

  /** Address family of the members; without meaning for `hash:mac`, `bitmap:port` and `list:set`. Default: `"inet"`. */
  get family(): string {
    return this.getStringAttribute("family");
  }

  /** How many members the set can hold. Default: `65536`. */
  get maxElements(): number {
    return this.getNumberAttribute("max_elements");
  }

  /** How rules refer to the set: "set:NAME", or "set6:NAME" for IPv6. */
  get peer(): string {
    return this.getStringAttribute("peer");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(ipSetFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(ipSetFields, this.config);
  }
}

export interface SecurityGroupIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface SecurityGroupIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: SecurityGroupIngressLimit;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface SecurityGroupEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface SecurityGroupEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: SecurityGroupEgressLimit;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface SecurityGroupConfig extends TerraformMetaArguments {
  /** The group's name: rules refer to it as "group:NAME". */
  readonly name: string;
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (SecurityGroupIngress)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (SecurityGroupEgress)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy its own guests in the group need no mention. */
  readonly members?: readonly string[];
}

const securityGroupFields: Fields = {"name":"name","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","from":"from"},"blocks"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","to":"to"},"blocks"],"members":"members"};

/** Named rules and members that guests and other rules refer to. A value only: it changes no host by itself. */
export class SecurityGroup extends TerraformResource {
  static readonly tfResourceType = "csp_security_group";
  private readonly config: SecurityGroupConfig;

  constructor(scope: Construct, id: string, config: SecurityGroupConfig) {
    super(scope, id, { terraformResourceType: "csp_security_group", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("SecurityGroup", this.node.path, securityGroupFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The group's name: rules refer to it as "group:NAME". */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** The group as a value, for the `groups` of a guest. */
  get policy(): IResolvable {
    return this.interpolationForAttribute("policy");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(securityGroupFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(securityGroupFields, this.config);
  }
}

export interface GuestFirewallGuest {
  /** The guest's UUID. */
  readonly uuid?: string;
  /** The guest's name on its host; it must be the only one of that name. */
  readonly name?: string;
}

export interface GuestFirewallInterfaces {
  /** The interface's device number: the n of vif<domid>.<n>. */
  readonly device: number;
  /** The guest's MAC address on this interface. */
  readonly mac: string;
  /** Addresses the guest may use as its own, IPv4 and IPv6: it sends from them, and receives what is for them. The link-local address made from the MAC needs no mention. */
  readonly addresses?: readonly string[];
  /** Whole ranges the guest may use as its own, where it is meant to have all of their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them. */
  readonly addressRanges?: readonly string[];
  /** The host-side interface, where its name is stable (Proxmox `tap100i0`). Left out, it is found from the guest's identity each time. */
  readonly port?: string;
  /** What is pinned at layer 2. Default: `"strict"`. */
  readonly antiSpoofing?: string;
  /** The guest may be a DHCP and DHCPv6 client. Default: `true`. */
  readonly dhcp?: boolean | IResolvable;
  /** The guest may answer DHCP and DHCPv6 requests. Default: `false`. */
  readonly dhcpServer?: boolean | IResolvable;
  /** The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos). Default: `false`. */
  readonly routerAdvertisements?: boolean | IResolvable;
  /** Ethertypes the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863". */
  readonly etherTypes?: readonly string[];
  /** VLANs (802.1Q ids) whose tagged frames the guest may send and receive: a trunk. What is below the tag is pinned to its MAC and addresses, and meets its rules, like what has none. Left out: no tagged frames. */
  readonly vlans?: readonly (number)[] | IResolvable;
  /** The network the interface is on; for the reader and for components. */
  readonly network?: string;
}

export interface GuestFirewallIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: GuestFirewallIngressLimit;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface GuestFirewallEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: GuestFirewallEgressLimit;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface GuestFirewallGroupsIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallGroupsIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: GuestFirewallGroupsIngressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface GuestFirewallGroupsEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallGroupsEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: GuestFirewallGroupsEgressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface GuestFirewallGroups {
  /** The group's name. */
  readonly name: string;
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (GuestFirewallGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (GuestFirewallGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy its own guests in the group need no mention. */
  readonly members?: readonly string[];
}

export interface GuestFirewallPeerGroupsIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallPeerGroupsIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: GuestFirewallPeerGroupsIngressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface GuestFirewallPeerGroupsEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallPeerGroupsEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: GuestFirewallPeerGroupsEgressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface GuestFirewallPeerGroups {
  /** The group's name. */
  readonly name: string;
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (GuestFirewallPeerGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (GuestFirewallPeerGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy its own guests in the group need no mention. */
  readonly members?: readonly string[];
}

export interface GuestFirewallHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface GuestFirewallHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: GuestFirewallHostConnectionInlineBastion;
}

export interface GuestFirewallTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface GuestFirewallConfig extends TerraformMetaArguments {
  /** The host the guest is on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. Exactly one of `host` and `hosts`. */
  readonly host?: string;
  /** The hosts among which the guest moves: its rules are on all of them, before it arrives and after it left. A host added or taken out is an update. */
  readonly hosts?: readonly string[];
  /** Which guest: exactly one of `uuid` and `name`. */
  readonly guest: GuestFirewallGuest;
  /** The guest's interfaces. */
  readonly interfaces: readonly (GuestFirewallInterfaces)[] | IResolvable;
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (GuestFirewallIngress)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (GuestFirewallEgress)[] | IResolvable;
  /** What happens to what the guest sends and no egress rule decides. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  readonly enforce?: string;
  /** Security groups the guest is in (`policy` outputs). Their rules come after the guest's own, in this order. */
  readonly groups?: readonly (GuestFirewallGroups | IResolvable)[] | IResolvable;
  /** Security groups that rules refer to as "group:NAME" without the guest being in them. */
  readonly peerGroups?: readonly (GuestFirewallPeerGroups | IResolvable)[] | IResolvable;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: GuestFirewallHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: GuestFirewallTimeouts;
}

const guestFirewallFields: Fields = {"host":"host","hosts":"hosts","guest":["guest",{"uuid":"uuid","name":"name"},"block"],"interfaces":["interface",{"device":"device","mac":"mac","addresses":"addresses","addressRanges":"address_ranges","port":"port","antiSpoofing":"anti_spoofing","dhcp":"dhcp","dhcpServer":"dhcp_server","routerAdvertisements":"router_advertisements","etherTypes":"ether_types","vlans":"vlans","network":"network"},"blocks"],"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","from":"from"},"blocks"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","to":"to"},"blocks"],"egressDefault":"egress_default","enforce":"enforce","groups":["groups",{"name":"name","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"list"],"peerGroups":["peer_groups",{"name":"name","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"list"],"hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Everything about one guest's traffic: its interfaces and addresses, anti-spoofing, security groups and own rules. */
export class GuestFirewall extends TerraformResource {
  static readonly tfResourceType = "csp_guest_firewall";
  private readonly config: GuestFirewallConfig;

  constructor(scope: Construct, id: string, config: GuestFirewallConfig) {
    super(scope, id, { terraformResourceType: "csp_guest_firewall", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("GuestFirewall", this.node.path, guestFirewallFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host the guest is on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. Exactly one of `host` and `hosts`. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** What happens to what the guest sends and no egress rule decides. Default: `"allow"`. */
  get egressDefault(): string {
    return this.getStringAttribute("egress_default");
  }

  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  get enforce(): string {
    return this.getStringAttribute("enforce");
  }

  /** The guest's UUID, also when it was given by name. */
  get uuid(): string {
    return this.getStringAttribute("uuid");
  }

  /** Device number to host-side interface, as of the last read; empty while the guest is not running. */
  get ports(): { [key: string]: string } {
    return this.getStringMapAttribute("ports");
  }

  /** The hosts on which the last read found a port of the guest's: two in the midst of a migration. */
  get runsOn(): string[] {
    return this.getListAttribute("runs_on");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(guestFirewallFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(guestFirewallFields, this.config);
  }
}

export interface HostPolicyGroupsIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGroupsIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: HostPolicyGroupsIngressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface HostPolicyGroupsEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGroupsEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: HostPolicyGroupsEgressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface HostPolicyGroups {
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (HostPolicyGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (HostPolicyGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy its own guests in the group need no mention. */
  readonly members?: readonly string[];
}

export interface HostPolicyGuestsInterfaces {
  /** The interface's device number: the n of vif<domid>.<n>. */
  readonly device: number;
  /** The guest's MAC address on this interface. */
  readonly mac: string;
  /** Addresses the guest may use as its own, IPv4 and IPv6: it sends from them, and receives what is for them. The link-local address made from the MAC needs no mention. */
  readonly addresses?: readonly string[];
  /** Whole ranges the guest may use as its own, where it is meant to have all of their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them. */
  readonly addressRanges?: readonly string[];
  /** The host-side interface, where its name is stable (Proxmox `tap100i0`). Left out, it is found from the guest's identity each time. */
  readonly port?: string;
  /** What is pinned at layer 2. Default: `"strict"`. */
  readonly antiSpoofing?: string;
  /** The guest may be a DHCP and DHCPv6 client. Default: `true`. */
  readonly dhcp?: boolean | IResolvable;
  /** The guest may answer DHCP and DHCPv6 requests. Default: `false`. */
  readonly dhcpServer?: boolean | IResolvable;
  /** The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos). Default: `false`. */
  readonly routerAdvertisements?: boolean | IResolvable;
  /** Ethertypes the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863". */
  readonly etherTypes?: readonly string[];
  /** VLANs (802.1Q ids) whose tagged frames the guest may send and receive: a trunk. What is below the tag is pinned to its MAC and addresses, and meets its rules, like what has none. Left out: no tagged frames. */
  readonly vlans?: readonly (number)[] | IResolvable;
  /** The network the interface is on; for the reader and for components. */
  readonly network?: string;
}

export interface HostPolicyGuestsIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGuestsIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: HostPolicyGuestsIngressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface HostPolicyGuestsEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGuestsEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: HostPolicyGuestsEgressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface HostPolicyGuests {
  /** The guest's UUID. */
  readonly uuid?: string;
  /** The guest's name on its host; it must be the only one of that name. */
  readonly name?: string;
  /** The guest's interfaces. */
  readonly interfaces: readonly (HostPolicyGuestsInterfaces | IResolvable)[] | IResolvable;
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (HostPolicyGuestsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (HostPolicyGuestsEgress | IResolvable)[] | IResolvable;
  /** What happens to what the guest sends and no egress rule decides. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  readonly enforce?: string;
  /** Names of the groups the guest is in. Their rules come after the guest's own, in this order. */
  readonly groups?: readonly string[];
}

export interface HostPolicyHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface HostPolicyHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: HostPolicyHostConnectionInlineBastion;
}

export interface HostPolicyTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface HostPolicyConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** Tells several policies of one host apart. Default: `"guests"`. */
  readonly name?: string;
  /** Security groups by name. */
  readonly groups?: { readonly [key: string]: HostPolicyGroups | IResolvable } | IResolvable;
  /** Guests by a key of your own choice; previews and errors speak of a guest by it. */
  readonly guests?: { readonly [key: string]: HostPolicyGuests | IResolvable } | IResolvable;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: HostPolicyHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: HostPolicyTimeouts;
}

const hostPolicyFields: Fields = {"host":"host","name":"name","groups":["groups",{"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"map"],"guests":["guests",{"uuid":"uuid","name":"name","interfaces":["interfaces",{"device":"device","mac":"mac","addresses":"addresses","addressRanges":"address_ranges","port":"port","antiSpoofing":"anti_spoofing","dhcp":"dhcp","dhcpServer":"dhcp_server","routerAdvertisements":"router_advertisements","etherTypes":"ether_types","vlans":"vlans","network":"network"},"list"],"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"egressDefault":"egress_default","enforce":"enforce","groups":"groups"},"map"],"hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** The firewalls of all guests of one host in one resource, with the groups they share: the unit for fleets. */
export class HostPolicy extends TerraformResource {
  static readonly tfResourceType = "csp_host_policy";
  private readonly config: HostPolicyConfig;

  constructor(scope: Construct, id: string, config: HostPolicyConfig) {
    super(scope, id, { terraformResourceType: "csp_host_policy", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("HostPolicy", this.node.path, hostPolicyFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** Tells several policies of one host apart. Default: `"guests"`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** Guest key to device number to host-side interface, as of the last read. */
  get ports(): IResolvable {
    return this.interpolationForAttribute("ports");
  }

  /** Guest key to UUID, also where a guest was given by name. */
  get uuids(): { [key: string]: string } {
    return this.getStringMapAttribute("uuids");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(hostPolicyFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(hostPolicyFields, this.config);
  }
}

export interface HostFirewallIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostFirewallIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: HostFirewallIngressLimit;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface HostFirewallEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostFirewallEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: HostFirewallEgressLimit;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface HostFirewallHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface HostFirewallHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: HostFirewallHostConnectionInlineBastion;
}

export interface HostFirewallTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface HostFirewallConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** What may reach the host itself, in order; the first rule that matches decides. What no rule allows is dropped, but for accepted connections, the host's talk with itself, neighbour discovery and answers of a DHCP server. */
  readonly ingress?: readonly (HostFirewallIngress)[] | IResolvable;
  /** What the host itself may send, in order. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (HostFirewallEgress)[] | IResolvable;
  /** What happens to what the host sends and no egress rule decides. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** Whether the rules act or only report. Default: `"enforce"`. */
  readonly enforce?: string;
  /** What a preview does about rules that would drop new SSH connections from where csp comes. Default: `"refuse"`. */
  readonly accessCheck?: string;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: HostFirewallHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: HostFirewallTimeouts;
}

const hostFirewallFields: Fields = {"host":"host","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","from":"from"},"blocks"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","to":"to"},"blocks"],"egressDefault":"egress_default","enforce":"enforce","accessCheck":"access_check","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** The host's own firewall: what may reach the host itself, and what it may send. A change is kept only once a connection that is made after it has got through; otherwise the host undoes it by itself, within a minute. */
export class HostFirewall extends TerraformResource {
  static readonly tfResourceType = "csp_host_firewall";
  private readonly config: HostFirewallConfig;

  constructor(scope: Construct, id: string, config: HostFirewallConfig) {
    super(scope, id, { terraformResourceType: "csp_host_firewall", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("HostFirewall", this.node.path, hostFirewallFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** What happens to what the host sends and no egress rule decides. Default: `"allow"`. */
  get egressDefault(): string {
    return this.getStringAttribute("egress_default");
  }

  /** Whether the rules act or only report. Default: `"enforce"`. */
  get enforce(): string {
    return this.getStringAttribute("enforce");
  }

  /** What a preview does about rules that would drop new SSH connections from where csp comes. Default: `"refuse"`. */
  get accessCheck(): string {
    return this.getStringAttribute("access_check");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(hostFirewallFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(hostFirewallFields, this.config);
  }
}

export interface RuleSetJumps {
  /** The built-in chain: INPUT, FORWARD or OUTPUT; of ebtables PREROUTING, OUTPUT or POSTROUTING. */
  readonly from: string;
  /** Where the jump stands in that chain. Rules of others are never moved. Default: `"first"`. */
  readonly position?: string;
  /** Which packets: matches in the tool's own words, like "-i eth0". Left out, all of them. */
  readonly match?: string;
}

export interface RuleSetHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface RuleSetHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: RuleSetHostConnectionInlineBastion;
}

export interface RuleSetTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface RuleSetConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** The tool whose words the rules are in. */
  readonly tool: string;
  /** The tool's table: "nat" for ebtables, whose nat sees a frame before anything acts on it, else "filter". Default: `"filter"`. */
  readonly table?: string;
  /** The chain's name; in the kernel it is csp-user-NAME. */
  readonly chain: string;
  /** The rules in order, each as the tool takes it behind "-A CHAIN": "-p tcp --dport 25 -j DROP". The first that matches and has a final target decides; what none decides goes back to where it came from. */
  readonly rules?: readonly string[];
  /** The built-in chains from which packets come to this one. Without any, it is reached only from other rule sets. */
  readonly jumps?: readonly (RuleSetJumps)[] | IResolvable;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: RuleSetHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: RuleSetTimeouts;
}

const ruleSetFields: Fields = {"host":"host","tool":"tool","table":"table","chain":"chain","rules":"rules","jumps":["jump",{"from":"from","position":"position","match":"match"},"blocks"],"hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Rules of your own in one chain of iptables, ip6tables, ebtables or arptables, word for word: for what guests' policies cannot say, and for what is not a guest's. */
export class RuleSet extends TerraformResource {
  static readonly tfResourceType = "csp_rule_set";
  private readonly config: RuleSetConfig;

  constructor(scope: Construct, id: string, config: RuleSetConfig) {
    super(scope, id, { terraformResourceType: "csp_rule_set", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("RuleSet", this.node.path, ruleSetFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The tool whose words the rules are in. */
  get tool(): string {
    return this.getStringAttribute("tool");
  }

  /** The tool's table: "nat" for ebtables, whose nat sees a frame before anything acts on it, else "filter". Default: `"filter"`. */
  get table(): string {
    return this.getStringAttribute("table");
  }

  /** The chain's name; in the kernel it is csp-user-NAME. */
  get chain(): string {
    return this.getStringAttribute("chain");
  }

  /** The chain's name in the kernel, for rules of other rule sets: "-j TARGET". */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(ruleSetFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(ruleSetFields, this.config);
  }
}

export interface InstallRepositoryHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface InstallRepositoryHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: InstallRepositoryHostConnectionInlineBastion;
}

export interface InstallRepositoryTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface InstallRepositoryConfig extends TerraformMetaArguments {
  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  readonly server?: string;
  /** The folder it is published in on the server. What is in it leads to the published tree, which changes as a whole; what others put beside it is left alone. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** The installation media: a folder or an ISO image on the machine csp runs on. Several images in one folder are one. */
  readonly base: string;
  /** Supplemental packs to merge: folders, ISO images or tar archives on the machine csp runs on. Their order does not matter. */
  readonly packs?: readonly string[];
  /** Whether the hosts are to be csp hosts: then media that lack what these need (on 5.6 and 6.0 the Cloud Service Providers pack) are refused. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** Where installers find the path: HTTP and NFS URLs. After publishing, and at every refresh, it is read back from them as an installer reads it (NFS by libnfs's `nfs-cat`). */
  readonly urls?: readonly string[];
  /** Whether `urls` are read back. Turn it off where they cannot be reached from the machine csp runs on. Default: `true`. */
  readonly verify?: boolean | IResolvable;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: InstallRepositoryHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: InstallRepositoryTimeouts;
}

const installRepositoryFields: Fields = {"server":"server","path":"path","target":"target","base":"base","packs":"packs","csp":"csp","urls":"urls","verify":"verify","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** An installation repository: base media and supplemental packs, checked by every rule an installer would fail at, merged, and published on a server as one tree. An installer sees the old tree or the new one, never half of either. Only what changed is copied, and an interrupted copy goes on where it stopped. */
export class InstallRepository extends TerraformResource {
  static readonly tfResourceType = "csp_install_repository";
  private readonly config: InstallRepositoryConfig;

  constructor(scope: Construct, id: string, config: InstallRepositoryConfig) {
    super(scope, id, { terraformResourceType: "csp_install_repository", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("InstallRepository", this.node.path, installRepositoryFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The folder it is published in on the server. What is in it leads to the published tree, which changes as a whole; what others put beside it is left alone. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** The installation media: a folder or an ISO image on the machine csp runs on. Several images in one folder are one. */
  get base(): string {
    return this.getStringAttribute("base");
  }

  /** What is published, by package: version, release and architecture (of what is no RPM the size), and the beginning of its SHA-256. */
  get packages(): { [key: string]: string } {
    return this.getStringMapAttribute("packages");
  }

  /** What an answerfile names as sources, below the path: "" for the media, then the packs where they are sources of their own (7.1 and later; earlier packs are found by XS-REPOSITORY-LIST). */
  get sources(): string[] {
    return this.getListAttribute("sources");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(installRepositoryFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(installRepositoryFields, this.config);
  }
}

export interface DevelopmentKitKernels {
  /** The RPM of kernel-csp-xen, from the pack's packages.cloud-supp; a path on the machine csp runs on. */
  readonly xen: string;
  /** The RPM of kernel-csp-kdump, from the pack's packages.cloud-supp; a path on the machine csp runs on. */
  readonly kdump: string;
}

export interface DevelopmentKitHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DevelopmentKitHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DevelopmentKitHostConnectionInlineBastion;
}

export interface DevelopmentKitTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface DevelopmentKitConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** The two kernels of the Cloud Service Providers pack, of one build. */
  readonly kernels: DevelopmentKitKernels;
  /** Whether csp may reboot the kit into the csp kernel. Otherwise it stops there and says so, and goes on in the next run. Default: `true`. */
  readonly reboot?: boolean | IResolvable;
  /** How long the kit may take to come back from a reboot. Default: `10`. */
  readonly bootMinutes?: number;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: DevelopmentKitHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: DevelopmentKitTimeouts;
}

const developmentKitFields: Fields = {"host":"host","kernels":["kernels",{"xen":"xen","kdump":"kdump"},"block"],"reboot":"reboot","bootMinutes":"boot_minutes","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Turns a standard XenServer 5.6 SP2 driver development kit (DDK) into one for the kernels of the Cloud Service Providers pack, by the recipe of the pack's README, and proves it: kernels installed, boot menu rewritten, rebooted into cspxen, sources and links for both kernels. Interrupted anywhere, it goes on from there. Deleting it puts the menu back and removes kernels and sources. */
export class DevelopmentKit extends TerraformResource {
  static readonly tfResourceType = "csp_development_kit";
  private readonly config: DevelopmentKitConfig;

  constructor(scope: Construct, id: string, config: DevelopmentKitConfig) {
    super(scope, id, { terraformResourceType: "csp_development_kit", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DevelopmentKit", this.node.path, developmentKitFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** How long the kit may take to come back from a reboot. Default: `10`. */
  get bootMinutes(): number {
    return this.getNumberAttribute("boot_minutes");
  }

  /** The kernels' version without "csp" at its end: "2.6.32.12-0.7.1.xs5.6.100.307.170586". */
  get version(): string {
    return this.getStringAttribute("version");
  }

  /** What `uname -r` says on the kit; it ends in cspxen. */
  get kernel(): string {
    return this.getStringAttribute("kernel");
  }

  /** The folders in /usr/src/kernels that drivers are built against. */
  get trees(): string[] {
    return this.getListAttribute("trees");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(developmentKitFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(developmentKitFields, this.config);
  }
}

export interface DriverDiskRequires {
  /** Who made what is required: "xs", or "xcp" from 6.0 on. */
  readonly originator: string;
  /** What is required: "main". */
  readonly name: string;
  /** How its version must compare. Default: `"eq"`. */
  readonly test?: string;
  /** The version: "5.6.100". */
  readonly version: string;
  /** The build: "47101p". Only the installer of 5.6 looks at it. */
  readonly build?: string;
}

export interface DriverDiskHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DriverDiskHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DriverDiskHostConnectionInlineBastion;
}

export interface DriverDiskTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface DriverDiskConfig extends TerraformMetaArguments {
  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  readonly server?: string;
  /** The image's path on the server; it ends in .iso. Its sums are put beside it. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** The RPMs, on the machine csp runs on. For 5.6 to 7.0 a driver comes for both kernels, xen and kdump. */
  readonly rpms: readonly string[];
  /** The vendor, as versions and records name it: letters, digits, ".", "_" and "-". */
  readonly vendorCode: string;
  /** The vendor, as people read it. */
  readonly vendor: string;
  /** The pack's name. */
  readonly label: string;
  /** What the pack is, in a sentence. */
  readonly text: string;
  /** The pack's version: "1.2.3". */
  readonly version: string;
  /** The pack's build: "50867p". For 5.6 it ends in a letter. */
  readonly build?: string;
  /** What a pack for 5.6 to 7.0 is for. Default: `"XenServer"`. */
  readonly product?: string;
  /** What must be installed before it, for 5.6 to 7.0. */
  readonly requires?: readonly (DriverDiskRequires)[] | IResolvable;
  /** The pack's UUID, from 7.1 on. Two packs of one UUID are one to a host. Left out, it follows from the vendor's code, label and version. */
  readonly uuid?: string;
  /** Whether it is a driver disk, which the installer of 7.1 and later loads itself; false: a supplemental pack of other packages. Default: `true`. */
  readonly driver?: boolean | IResolvable;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: DriverDiskHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: DriverDiskTimeouts;
}

const driverDiskFields: Fields = {"server":"server","path":"path","target":"target","rpms":"rpms","vendorCode":"vendor_code","vendor":"vendor","label":"label","text":"text","version":"version","build":"build","product":"product","requires":["requires",{"originator":"originator","name":"name","test":"test","version":"version","build":"build"},"blocks"],"uuid":"uuid","driver":"driver","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Builds a driver disk or supplemental pack from RPMs, as an ISO image with its sums, and puts it on a server: the form of 5.6 to 7.0 (XS-REPOSITORY, XS-PACKAGES, install.sh), or that of 7.1 and later (update.xml, a control package, yum metadata with groups). Equal packages give an equal image. Packs are not signed: where a host checks signatures, sign the RPMs first. */
export class DriverDisk extends TerraformResource {
  static readonly tfResourceType = "csp_driver_disk";
  private readonly config: DriverDiskConfig;

  constructor(scope: Construct, id: string, config: DriverDiskConfig) {
    super(scope, id, { terraformResourceType: "csp_driver_disk", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DriverDisk", this.node.path, driverDiskFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The image's path on the server; it ends in .iso. Its sums are put beside it. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** The vendor, as versions and records name it: letters, digits, ".", "_" and "-". */
  get vendorCode(): string {
    return this.getStringAttribute("vendor_code");
  }

  /** The vendor, as people read it. */
  get vendor(): string {
    return this.getStringAttribute("vendor");
  }

  /** The pack's name. */
  get label(): string {
    return this.getStringAttribute("label");
  }

  /** What the pack is, in a sentence. */
  get text(): string {
    return this.getStringAttribute("text");
  }

  /** The pack's version: "1.2.3". */
  get version(): string {
    return this.getStringAttribute("version");
  }

  /** The pack's build: "50867p". For 5.6 it ends in a letter. */
  get build(): string {
    return this.getStringAttribute("build");
  }

  /** What a pack for 5.6 to 7.0 is for. Default: `"XenServer"`. */
  get product(): string {
    return this.getStringAttribute("product");
  }

  /** The pack's UUID, from 7.1 on. Two packs of one UUID are one to a host. Left out, it follows from the vendor's code, label and version. */
  get uuid(): string {
    return this.getStringAttribute("uuid");
  }

  /** What is in it, by package. */
  get packages(): { [key: string]: string } {
    return this.getStringMapAttribute("packages");
  }

  /** SHA-256 of the image. */
  get sha256(): string {
    return this.getStringAttribute("sha256");
  }

  /** The pack's UUID; empty for 5.6 to 7.0, which have none. */
  get packUuid(): string {
    return this.getStringAttribute("pack_uuid");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(driverDiskFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(driverDiskFields, this.config);
  }
}

export interface AnswerfileSources {
  /** How it is reached. */
  readonly type: string;
  /** The URL, or SERVER:/FOLDER for `nfs`; not for `local`. */
  readonly address?: string;
  /** Whether the repository's signature is checked (XCP-ng 8.3). */
  readonly repoGpgCheck?: boolean | IResolvable;
  /** Whether packages' signatures are checked (XCP-ng 8.3). */
  readonly gpgCheck?: boolean | IResolvable;
}

export interface AnswerfileDriverSources {
  /** How it is reached. */
  readonly type: string;
  /** The URL, or SERVER:/FOLDER for `nfs`. */
  readonly address?: string;
}

export interface AnswerfileScripts {
  /** When it runs. */
  readonly stage: string;
  /** Where it is fetched from: http, ftp, file, nfs; https from 6.5 on. */
  readonly url: string;
}

export interface AnswerfilePrimaryDisk {
  /** The disk: `sda`, `/dev/sda`, `disk/by-id/ID`. */
  readonly device?: string;
  /** Two disks to mirror; one may be `missing` (XenServer 9). */
  readonly softwareRaid?: readonly string[];
  /** Whether guests' disks go here too. Default yes. */
  readonly guestStorage?: boolean | IResolvable;
  /** Whether guests' storage is the last partition. Default yes. */
  readonly srAtEnd?: boolean | IResolvable;
  /** Whether a vendor's utility partition stays (6.0 and later). */
  readonly preserveFirstPartition?: string;
  /** Of the root (XenServer 9). */
  readonly filesystem?: string;
}

export interface AnswerfileRaid {
  /** The array: `md127`. */
  readonly device: string;
  /** Its disks. */
  readonly disks: readonly string[];
}

export interface AnswerfileInitialPartitions {
  /** Its number. */
  readonly number: number;
  /** Its size, as the installer takes it. */
  readonly size: number;
  /** Its type, like 0x83. */
  readonly id: number;
}

export interface AnswerfileAdminInterfaceIpv4 {
  /** How the host gets its address. */
  readonly method: string;
  /** Of the host. */
  readonly address?: string;
  /** `255.255.255.0`. */
  readonly netmask?: string;
  /** Required with `static`. */
  readonly gateway?: string;
}

export interface AnswerfileAdminInterfaceIpv6 {
  /** How the host gets its address. */
  readonly method: string;
  /** With its prefix. */
  readonly address?: string;
  /** Without a prefix. */
  readonly gateway?: string;
}

export interface AnswerfileAdminInterface {
  /** `eth0`; wins over `mac`. */
  readonly name?: string;
  /** `00:16:3e:01:02:03`. */
  readonly mac?: string;
  /** 1 to 4094 (7.1 and later). */
  readonly vlan?: number;
  /** IPv4. */
  readonly ipv4: AnswerfileAdminInterfaceIpv4;
  /** IPv6. */
  readonly ipv6?: AnswerfileAdminInterfaceIpv6;
}

export interface AnswerfileFcoeInterfaces {
  /** `eth0`. */
  readonly name?: string;
  /** `00:16:3e:01:02:03`. */
  readonly mac?: string;
  /** Data Centre Bridging. Default yes. */
  readonly dcb?: boolean | IResolvable;
}

export interface AnswerfileHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface AnswerfileHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: AnswerfileHostConnectionInlineBastion;
}

export interface AnswerfileTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface AnswerfileConfig extends TerraformMetaArguments {
  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  readonly server?: string;
  /** The file on the server. An installer fetches it from what serves that folder. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** Whether the host is to be a csp host, whose guests are joined by the Linux bridge. What cannot be one is refused. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** What is done. Default: `"fresh"`. */
  readonly mode?: string;
  /** Where packages come from. Before 7.1 only the first is used. */
  readonly sources?: readonly (AnswerfileSources)[] | IResolvable;
  /** Driver disks. */
  readonly driverSources?: readonly (AnswerfileDriverSources)[] | IResolvable;
  /** Scripts the installer runs, in this order for each stage. */
  readonly scripts?: readonly (AnswerfileScripts)[] | IResolvable;
  /** Whether the installer asks at its console before it begins (7.1 and later). Default: `false`. */
  readonly confirm?: boolean | IResolvable;
  /** Where it is installed. Required to install. */
  readonly primaryDisk?: AnswerfilePrimaryDisk;
  /** More disks for guests. */
  readonly guestDisks?: readonly string[];
  /** Software arrays (XCP-ng 7.5 to 8.3). */
  readonly raid?: readonly (AnswerfileRaid)[] | IResolvable;
  /** Partitions to make first (to 8.2). */
  readonly initialPartitions?: readonly (AnswerfileInitialPartitions)[] | IResolvable;
  /** Whether a vendor's utility partition goes (6.0 to 8.2). Default: `false`. */
  readonly zapUtilityPartitions?: boolean | IResolvable;
  /** What guests' storage is made of. XCP-ng 8.3 takes ext by itself, the others lvm. */
  readonly srType?: string;
  /** The management interface. Required to install. */
  readonly adminInterface?: AnswerfileAdminInterface;
  /** Root's password. Only its hash (SHA-512) goes into the file. */
  readonly rootPassword?: string;
  /** Root's password as /etc/shadow has it, in place of `rootPassword`. */
  readonly rootPasswordHash?: string;
  /** Puts the password itself into the file, for all who can read it. Only where its hash is of no use. Default: `false`. */
  readonly rootPasswordInClear?: boolean | IResolvable;
  /** Addresses of DNS servers. */
  readonly nameServers?: readonly string[];
  /** Default localhost.localdomain, or DHCP's. */
  readonly hostname?: string;
  /** `Europe/Berlin`. Required up to 6.1; then Etc/UTC by itself. */
  readonly timezone?: string;
  /** Where time comes from (8.3, XenServer 8 and later). */
  readonly ntpSource?: string;
  /** Names or addresses of time servers. */
  readonly ntpServers?: readonly string[];
  /** Default `us`. */
  readonly keymap?: string;
  /** What joins guests to networks. Of a csp host `bridge`, which is then the default. */
  readonly networkBackend?: string;
  /** 5.6: grub or extlinux; to 6.5: extlinux; then grub2. Each is its version's default. */
  readonly bootloader?: string;
  /** Where the boot loader goes. Default mbr. */
  readonly bootloaderLocation?: string;
  /** Whether the firmware gets a boot entry (7.1 and later). Default yes. */
  readonly writeBootEntry?: boolean | IResolvable;
  /** Services by name (7.6 and later): `sshd`. */
  readonly services?: { readonly [key: string]: string } | IResolvable;
  /** XenServer 9. */
  readonly sshMode?: string;
  /** Which of several versions of a driver is used, by driver (XenServer 9). */
  readonly driverVariants?: { readonly [key: string]: string } | IResolvable;
  /** Fibre Channel over Ethernet (7.0 to XenServer 8). */
  readonly fcoeInterfaces?: readonly (AnswerfileFcoeInterfaces)[] | IResolvable;
  /** XenServer 8. */
  readonly targetPlatform?: string;
  /** The disk of the installation that is upgraded; in 5.6 also of the one that is reinstalled. */
  readonly existingInstallation?: string;
  /** Of the upgraded root (XenServer 9). */
  readonly existingFilesystem?: string;
  /** The disk whose backup is restored, where there are several. */
  readonly backupDisk?: string;
  /** Whether packages' signatures are checked (XCP-ng 8.3). Default yes. */
  readonly gpgCheck?: boolean | IResolvable;
  /** Whether repositories' signatures are checked (XCP-ng 8.3). Default yes. */
  readonly repoGpgCheck?: boolean | IResolvable;
  /** Whether signatures are checked (XCP-ng 8.0 to 8.2). Default yes. */
  readonly netinstallGpgCheck?: boolean | IResolvable;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: AnswerfileHostConnection;
  /** As `root_password`, and neither in a plan nor in the state. From Terraform 1.11 and OpenTofu 1.11. Needs `root_password_wo_version`. */
  readonly rootPasswordWo?: string;
  /** Any text or number, kept in the state. `root_password_wo` is taken when this is another than before; until then what was written stays. */
  readonly rootPasswordWoVersion?: string;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: AnswerfileTimeouts;
}

const answerfileFields: Fields = {"server":"server","path":"path","target":"target","csp":"csp","mode":"mode","sources":["source",{"type":"type","address":"address","repoGpgCheck":"repo_gpg_check","gpgCheck":"gpg_check"},"blocks"],"driverSources":["driver_source",{"type":"type","address":"address"},"blocks"],"scripts":["script",{"stage":"stage","url":"url"},"blocks"],"confirm":"confirm","primaryDisk":["primary_disk",{"device":"device","softwareRaid":"software_raid","guestStorage":"guest_storage","srAtEnd":"sr_at_end","preserveFirstPartition":"preserve_first_partition","filesystem":"filesystem"},"block"],"guestDisks":"guest_disks","raid":["raid",{"device":"device","disks":"disks"},"blocks"],"initialPartitions":["initial_partition",{"number":"number","size":"size","id":"id"},"blocks"],"zapUtilityPartitions":"zap_utility_partitions","srType":"sr_type","adminInterface":["admin_interface",{"name":"name","mac":"mac","vlan":"vlan","ipv4":["ipv4",{"method":"method","address":"address","netmask":"netmask","gateway":"gateway"},"block"],"ipv6":["ipv6",{"method":"method","address":"address","gateway":"gateway"},"block"]},"block"],"rootPassword":"root_password","rootPasswordHash":"root_password_hash","rootPasswordInClear":"root_password_in_clear","nameServers":"name_servers","hostname":"hostname","timezone":"timezone","ntpSource":"ntp_source","ntpServers":"ntp_servers","keymap":"keymap","networkBackend":"network_backend","bootloader":"bootloader","bootloaderLocation":"bootloader_location","writeBootEntry":"write_boot_entry","services":"services","sshMode":"ssh_mode","driverVariants":"driver_variants","fcoeInterfaces":["fcoe_interface",{"name":"name","mac":"mac","dcb":"dcb"},"blocks"],"targetPlatform":"target_platform","existingInstallation":"existing_installation","existingFilesystem":"existing_filesystem","backupDisk":"backup_disk","gpgCheck":"gpg_check","repoGpgCheck":"repo_gpg_check","netinstallGpgCheck":"netinstall_gpg_check","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"rootPasswordWo":"root_password_wo","rootPasswordWoVersion":"root_password_wo_version","timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** An answerfile: what an unattended installation is told. Written in the words of the version it is for, checked by every rule of that version's installer before anything is published, and put on a server as one file. */
export class Answerfile extends TerraformResource {
  static readonly tfResourceType = "csp_answerfile";
  private readonly config: AnswerfileConfig;

  constructor(scope: Construct, id: string, config: AnswerfileConfig) {
    super(scope, id, { terraformResourceType: "csp_answerfile", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("Answerfile", this.node.path, answerfileFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The file on the server. An installer fetches it from what serves that folder. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** What is done. Default: `"fresh"`. */
  get mode(): string {
    return this.getStringAttribute("mode");
  }

  /** What guests' storage is made of. XCP-ng 8.3 takes ext by itself, the others lvm. */
  get srType(): string {
    return this.getStringAttribute("sr_type");
  }

  /** Root's password. Only its hash (SHA-512) goes into the file. */
  get rootPassword(): string {
    return this.getStringAttribute("root_password");
  }

  /** Root's password as /etc/shadow has it, in place of `rootPassword`. */
  get rootPasswordHash(): string {
    return this.getStringAttribute("root_password_hash");
  }

  /** Default localhost.localdomain, or DHCP's. */
  get hostname(): string {
    return this.getStringAttribute("hostname");
  }

  /** `Europe/Berlin`. Required up to 6.1; then Etc/UTC by itself. */
  get timezone(): string {
    return this.getStringAttribute("timezone");
  }

  /** Where time comes from (8.3, XenServer 8 and later). */
  get ntpSource(): string {
    return this.getStringAttribute("ntp_source");
  }

  /** Default `us`. */
  get keymap(): string {
    return this.getStringAttribute("keymap");
  }

  /** What joins guests to networks. Of a csp host `bridge`, which is then the default. */
  get networkBackend(): string {
    return this.getStringAttribute("network_backend");
  }

  /** 5.6: grub or extlinux; to 6.5: extlinux; then grub2. Each is its version's default. */
  get bootloader(): string {
    return this.getStringAttribute("bootloader");
  }

  /** Where the boot loader goes. Default mbr. */
  get bootloaderLocation(): string {
    return this.getStringAttribute("bootloader_location");
  }

  /** XenServer 9. */
  get sshMode(): string {
    return this.getStringAttribute("ssh_mode");
  }

  /** XenServer 8. */
  get targetPlatform(): string {
    return this.getStringAttribute("target_platform");
  }

  /** The disk of the installation that is upgraded; in 5.6 also of the one that is reinstalled. */
  get existingInstallation(): string {
    return this.getStringAttribute("existing_installation");
  }

  /** Of the upgraded root (XenServer 9). */
  get existingFilesystem(): string {
    return this.getStringAttribute("existing_filesystem");
  }

  /** The disk whose backup is restored, where there are several. */
  get backupDisk(): string {
    return this.getStringAttribute("backup_disk");
  }

  /** Any text or number, kept in the state. `root_password_wo` is taken when this is another than before; until then what was written stays. */
  get rootPasswordWoVersion(): string {
    return this.getStringAttribute("root_password_wo_version");
  }

  /** The file as it is published. */
  get content(): string {
    return this.getStringAttribute("content");
  }

  /** Root's password as it stands in the file. Its salt stays for as long as the password does. */
  get publishedPasswordHash(): string {
    return this.getStringAttribute("published_password_hash");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(answerfileFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(answerfileFields, this.config);
  }
}

export interface PostInstallFiles {
  /** On the new host. */
  readonly path: string;
  /** Its text. */
  readonly content: string;
  /** As chmod takes it. Default: `"644"`. */
  readonly mode?: string;
}

export interface PostInstallHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface PostInstallHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: PostInstallHostConnectionInlineBastion;
}

export interface PostInstallTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface PostInstallConfig extends TerraformMetaArguments {
  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  readonly server?: string;
  /** The script on the server. An answerfile's `scripts` name its URL. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** Whether the host is to be a csp host, whose guests are joined by the Linux bridge. What cannot be one is refused. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** When the installer runs it. Default: `"filesystem-populated"`. */
  readonly stage?: string;
  /** Makes the Linux bridge the host's network backend, where an answerfile did not. */
  readonly networkBackend?: string;
  /** Kernel settings that survive reboots, in a file that this version reads last. Those of the bridge bring the module they need. */
  readonly sysctls?: { readonly [key: string]: string } | IResolvable;
  /** Modules loaded at every boot. */
  readonly modules?: readonly string[];
  /** Public keys that may log in as root. */
  readonly authorizedKeys?: readonly string[];
  /** Files put on the host. */
  readonly files?: readonly (PostInstallFiles)[] | IResolvable;
  /** Puts csp's hook and an empty frame on the new host, which its first boot loads: until a `Host` adopts it and policies are declared, no guest passes traffic. Brings the bridge's kernel settings. Only on the Linux bridge. */
  readonly hook?: boolean | IResolvable;
  /** Scripts of supplemental packs (post-install.sh), as text: run with the argument the installer gave, which wants the stage they were written for. */
  readonly packScripts?: readonly string[];
  /** Shell lines of your own, at the end; the new root's folder is in `$root`. */
  readonly script?: string;
  /** A whole script of your own in place of all this: checked, and published as it is. */
  readonly content?: string;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: PostInstallHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: PostInstallTimeouts;
}

const postInstallFields: Fields = {"server":"server","path":"path","target":"target","csp":"csp","stage":"stage","networkBackend":"network_backend","sysctls":"sysctls","modules":"modules","authorizedKeys":"authorized_keys","files":["file",{"path":"path","content":"content","mode":"mode"},"blocks"],"hook":"hook","packScripts":"pack_scripts","script":"script","content":"content","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** A script that an installation runs: made from steps for the version and the stage that will run it, or brought along and checked. What became of it stands in /var/log/csp-post-install.log of the new host. */
export class PostInstall extends TerraformResource {
  static readonly tfResourceType = "csp_post_install";
  private readonly config: PostInstallConfig;

  constructor(scope: Construct, id: string, config: PostInstallConfig) {
    super(scope, id, { terraformResourceType: "csp_post_install", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("PostInstall", this.node.path, postInstallFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The script on the server. An answerfile's `scripts` name its URL. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** When the installer runs it. Default: `"filesystem-populated"`. */
  get stage(): string {
    return this.getStringAttribute("stage");
  }

  /** Makes the Linux bridge the host's network backend, where an answerfile did not. */
  get networkBackend(): string {
    return this.getStringAttribute("network_backend");
  }

  /** Shell lines of your own, at the end; the new root's folder is in `$root`. */
  get script(): string {
    return this.getStringAttribute("script");
  }

  /** A whole script of your own in place of all this: checked, and published as it is. */
  get content(): string {
    return this.getStringAttribute("content");
  }

  /** The script as it is published, by path. */
  get published(): { [key: string]: string } {
    return this.getStringMapAttribute("published");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(postInstallFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(postInstallFields, this.config);
  }
}

export interface NetworkBootHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface NetworkBootHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: NetworkBootHostConnectionInlineBastion;
}

export interface NetworkBootTimeouts {
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly create?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly read?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly update?: string;
  /** As a number and a unit: "30s", "10m", "2h". */
  readonly delete?: string;
}

export interface NetworkBootConfig extends TerraformMetaArguments {
  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  readonly server?: string;
  /** The folder that TFTP (and HTTP, for iPXE) serve as their root. */
  readonly root: string;
  /** The interface the host boots from. */
  readonly mac: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** Whether the host is to be a csp host, whose guests are joined by the Linux bridge. What cannot be one is refused. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** What the host's firmware loads: `pxelinux` (BIOS), `grub` (UEFI, from 7.0 on) and `ipxe`. */
  readonly loaders: readonly string[];
  /** URL of the answerfile, as the installer fetches it. */
  readonly answerfile: string;
  /** Whether the installer reports on its console as text, line by line. Default: `false`. */
  readonly textStatus?: boolean | IResolvable;
  /** The interface that is brought up to fetch the answerfile: `eth0` or a MAC. Default `mac`. */
  readonly networkDevice?: string;
  /** How: `dhcp`, `dhcp:vlan=7`, `static:ip=ADDRESS;netmask=MASK;gateway=ADDRESS`. Default dhcp. */
  readonly networkConfig?: string;
  /** The folder below `root` with xen.gz, vmlinuz and install.img from the installation media. Default `xcp-ng`, or `xenserver`. */
  readonly images?: string;
  /** Where `root` is found over HTTP; iPXE needs it. */
  readonly baseUrl?: string;
  /** Xen's arguments, instead of the version's own. */
  readonly xenArguments?: string;
  /** More arguments of the installer's kernel. */
  readonly kernelArguments?: readonly string[];
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: NetworkBootHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: NetworkBootTimeouts;
}

const networkBootFields: Fields = {"server":"server","root":"root","mac":"mac","target":"target","csp":"csp","loaders":"loaders","answerfile":"answerfile","textStatus":"text_status","networkDevice":"network_device","networkConfig":"network_config","images":"images","baseUrl":"base_url","xenArguments":"xen_arguments","kernelArguments":"kernel_arguments","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** A host's way from the network into its installer: the PXELINUX, GRUB and iPXE files that its MAC leads to, with the arguments its version takes. Loaders and images (pxelinux.0, mboot.c32, grubx64.efi, xen.gz, vmlinuz, install.img) are yours to put beside them. */
export class NetworkBoot extends TerraformResource {
  static readonly tfResourceType = "csp_network_boot";
  private readonly config: NetworkBootConfig;

  constructor(scope: Construct, id: string, config: NetworkBootConfig) {
    super(scope, id, { terraformResourceType: "csp_network_boot", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("NetworkBoot", this.node.path, networkBootFields, config);
    this.config = config;
  }

  get id(): string {
    return this.getStringAttribute("id");
  }

  /** The server that files are put on: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. `localhost` is the machine csp runs on. What serves them from there (nginx, an NFS export) is yours. Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The folder that TFTP (and HTTP, for iPXE) serve as their root. */
  get root(): string {
    return this.getStringAttribute("root");
  }

  /** The interface the host boots from. */
  get mac(): string {
    return this.getStringAttribute("mac");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** URL of the answerfile, as the installer fetches it. */
  get answerfile(): string {
    return this.getStringAttribute("answerfile");
  }

  /** The interface that is brought up to fetch the answerfile: `eth0` or a MAC. Default `mac`. */
  get networkDevice(): string {
    return this.getStringAttribute("network_device");
  }

  /** How: `dhcp`, `dhcp:vlan=7`, `static:ip=ADDRESS;netmask=MASK;gateway=ADDRESS`. Default dhcp. */
  get networkConfig(): string {
    return this.getStringAttribute("network_config");
  }

  /** The folder below `root` with xen.gz, vmlinuz and install.img from the installation media. Default `xcp-ng`, or `xenserver`. */
  get images(): string {
    return this.getStringAttribute("images");
  }

  /** Where `root` is found over HTTP; iPXE needs it. */
  get baseUrl(): string {
    return this.getStringAttribute("base_url");
  }

  /** Xen's arguments, instead of the version's own. */
  get xenArguments(): string {
    return this.getStringAttribute("xen_arguments");
  }

  /** The files as they are published, by path. */
  get files(): { [key: string]: string } {
    return this.getStringMapAttribute("files");
  }

  /** What the last read found on the host that is not as declared, one sentence each; empty when all is as it should be. */
  get drift(): string[] {
    return this.getListAttribute("drift");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(networkBootFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(networkBootFields, this.config);
  }
}

export interface DataCspHostHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DataCspHostHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DataCspHostHostConnectionInlineBastion;
}

export interface DataCspHostConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: DataCspHostHostConnection;
}

const dataCspHostFields: Fields = {"host":"host","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** What a host is: kernel, product, tools and their versions, network backend. Reads only. */
export class DataCspHost extends TerraformDataSource {
  static readonly tfResourceType = "csp_host";
  private readonly config: DataCspHostConfig;

  constructor(scope: Construct, id: string, config: DataCspHostConfig) {
    super(scope, id, { terraformResourceType: "csp_host", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspHost", this.node.path, dataCspHostFields, config);
    this.config = config;
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The host's facts. */
  get facts(): IResolvable {
    return this.interpolationForAttribute("facts");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(dataCspHostFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(dataCspHostFields, this.config);
  }
}

export interface DataCspGuestsHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DataCspGuestsHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DataCspGuestsHostConnectionInlineBastion;
}

export interface DataCspGuestsConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: DataCspGuestsHostConnection;
}

const dataCspGuestsFields: Fields = {"host":"host","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** The guests of a host and their host-side interfaces. Reads only. */
export class DataCspGuests extends TerraformDataSource {
  static readonly tfResourceType = "csp_guests";
  private readonly config: DataCspGuestsConfig;

  constructor(scope: Construct, id: string, config: DataCspGuestsConfig) {
    super(scope, id, { terraformResourceType: "csp_guests", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspGuests", this.node.path, dataCspGuestsFields, config);
    this.config = config;
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The running guests. */
  get guests(): IResolvable {
    return this.interpolationForAttribute("guests");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(dataCspGuestsFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(dataCspGuestsFields, this.config);
  }
}

export interface DataCspCompiledPolicyGroupsIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGroupsIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: DataCspCompiledPolicyGroupsIngressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface DataCspCompiledPolicyGroupsEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGroupsEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: DataCspCompiledPolicyGroupsEgressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface DataCspCompiledPolicyGroups {
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (DataCspCompiledPolicyGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (DataCspCompiledPolicyGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy its own guests in the group need no mention. */
  readonly members?: readonly string[];
}

export interface DataCspCompiledPolicyGuestsInterfaces {
  /** The interface's device number: the n of vif<domid>.<n>. */
  readonly device: number;
  /** The guest's MAC address on this interface. */
  readonly mac: string;
  /** Addresses the guest may use as its own, IPv4 and IPv6: it sends from them, and receives what is for them. The link-local address made from the MAC needs no mention. */
  readonly addresses?: readonly string[];
  /** Whole ranges the guest may use as its own, where it is meant to have all of their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them. */
  readonly addressRanges?: readonly string[];
  /** The host-side interface, where its name is stable (Proxmox `tap100i0`). Left out, it is found from the guest's identity each time. */
  readonly port?: string;
  /** What is pinned at layer 2. Default: `"strict"`. */
  readonly antiSpoofing?: string;
  /** The guest may be a DHCP and DHCPv6 client. Default: `true`. */
  readonly dhcp?: boolean | IResolvable;
  /** The guest may answer DHCP and DHCPv6 requests. Default: `false`. */
  readonly dhcpServer?: boolean | IResolvable;
  /** The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos). Default: `false`. */
  readonly routerAdvertisements?: boolean | IResolvable;
  /** Ethertypes the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863". */
  readonly etherTypes?: readonly string[];
  /** VLANs (802.1Q ids) whose tagged frames the guest may send and receive: a trunk. What is below the tag is pinned to its MAC and addresses, and meets its rules, like what has none. Left out: no tagged frames. */
  readonly vlans?: readonly (number)[] | IResolvable;
  /** The network the interface is on; for the reader and for components. */
  readonly network?: string;
}

export interface DataCspCompiledPolicyGuestsIngressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGuestsIngress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: DataCspCompiledPolicyGuestsIngressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly from?: readonly string[];
}

export interface DataCspCompiledPolicyGuestsEgressLimit {
  /** Packets that match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGuestsEgress {
  /** Names the rule in its list: previews, drift and errors speak of it by this name. */
  readonly name: string;
  /** For the reader; has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Left out, every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states the rule matches. Rarely needed: packets of accepted connections pass before any rule is asked. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets come no faster; beyond it the next rules decide. */
  readonly limit?: DataCspCompiledPolicyGuestsEgressLimit | IResolvable;
  /** Matches only while one source address has at most this many connections; those beyond it fall to the next rules. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Left out, anyone. */
  readonly to?: readonly string[];
}

export interface DataCspCompiledPolicyGuests {
  /** The guest's UUID. */
  readonly uuid?: string;
  /** The guest's name on its host; it must be the only one of that name. */
  readonly name?: string;
  /** The guest's interfaces. */
  readonly interfaces: readonly (DataCspCompiledPolicyGuestsInterfaces | IResolvable)[] | IResolvable;
  /** What may reach the guest, in order; the first rule that matches decides. What no rule allows is dropped. */
  readonly ingress?: readonly (DataCspCompiledPolicyGuestsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in order; the first rule that matches decides. What no rule decides falls to `egressDefault`. */
  readonly egress?: readonly (DataCspCompiledPolicyGuestsEgress | IResolvable)[] | IResolvable;
  /** What happens to what the guest sends and no egress rule decides. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  readonly enforce?: string;
  /** Names of the groups the guest is in. Their rules come after the guest's own, in this order. */
  readonly groups?: readonly string[];
}

export interface DataCspCompiledPolicyConfig extends TerraformMetaArguments {
  /** Tells several policies of one host apart. Default: `"guests"`. */
  readonly name?: string;
  /** Security groups by name. */
  readonly groups?: { readonly [key: string]: DataCspCompiledPolicyGroups | IResolvable } | IResolvable;
  /** Guests by a key of your own choice, each with its UUID. */
  readonly guests?: { readonly [key: string]: DataCspCompiledPolicyGuests | IResolvable } | IResolvable;
}

const dataCspCompiledPolicyFields: Fields = {"name":"name","groups":["groups",{"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"map"],"guests":["guests",{"uuid":"uuid","name":"name","interfaces":["interfaces",{"device":"device","mac":"mac","addresses":"addresses","addressRanges":"address_ranges","port":"port","antiSpoofing":"anti_spoofing","dhcp":"dhcp","dhcpServer":"dhcp_server","routerAdvertisements":"router_advertisements","etherTypes":"ether_types","vlans":"vlans","network":"network"},"list"],"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"egressDefault":"egress_default","enforce":"enforce","groups":"groups"},"map"]};

/** What a policy is in the kernel: the chains of its guests and groups in each tool's own words, and its sets. Asks no host. What leads from a host's ports to these chains depends on the ports, and is not part of it. */
export class DataCspCompiledPolicy extends TerraformDataSource {
  static readonly tfResourceType = "csp_compiled_policy";
  private readonly config: DataCspCompiledPolicyConfig;

  constructor(scope: Construct, id: string, config: DataCspCompiledPolicyConfig) {
    super(scope, id, { terraformResourceType: "csp_compiled_policy", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspCompiledPolicy", this.node.path, dataCspCompiledPolicyFields, config);
    this.config = config;
  }

  /** Tells several policies of one host apart. Default: `"guests"`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** The chains as `iptables-restore --noflush` takes them. */
  get iptables(): string {
    return this.getStringAttribute("iptables");
  }

  /** The chains as `ip6tables-restore --noflush` takes them. */
  get ip6tables(): string {
    return this.getStringAttribute("ip6tables");
  }

  /** The chains as `ebtables-restore --noflush` takes them. */
  get ebtables(): string {
    return this.getStringAttribute("ebtables");
  }

  /** The chains as arptables' arguments, one command a line: the tool has no restore. */
  get arptables(): string {
    return this.getStringAttribute("arptables");
  }

  /** The sets as `ipset restore` takes them. */
  get ipset(): string {
    return this.getStringAttribute("ipset");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(dataCspCompiledPolicyFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(dataCspCompiledPolicyFields, this.config);
  }
}

export interface DataCspPacketVerdictFrom {
  /** The guest: its UUID, or its name. Exactly one of `guest` and `port`. */
  readonly guest?: string;
  /** Which of its interfaces, by device number. Default: `0`. */
  readonly device?: number;
  /** A port of the host's bridge: an uplink ("eth0"), or a guest's. */
  readonly port?: string;
}

export interface DataCspPacketVerdictTo {
  /** The guest: its UUID, or its name. Exactly one of `guest` and `port`. */
  readonly guest?: string;
  /** Which of its interfaces, by device number. Default: `0`. */
  readonly device?: number;
  /** A port of the host's bridge: an uplink ("eth0"), or a guest's. */
  readonly port?: string;
}

export interface DataCspPacketVerdictHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DataCspPacketVerdictHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). It is the only key tried. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user; also used where the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys to offer, as a public key or fingerprint. Left out, all of them, which hosts cut short after a few. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for; leave it out where sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). Left out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide; an unknown host is refused. */
  readonly hostKey?: string;
  /** Accepts any host key where none is pinned: whoever answers at the address gets root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often to try a host that cannot be reached, with growing, random pauses between. Default 10. */
  readonly dialAttempts?: number;
  /** How long one try may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to go through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DataCspPacketVerdictHostConnectionInlineBastion;
}

export interface DataCspPacketVerdictConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  readonly host: string;
  /** Where it comes from. */
  readonly from: DataCspPacketVerdictFrom;
  /** Where it goes. */
  readonly to: DataCspPacketVerdictTo;
  /** Protocol name or number, "arp", or the ethertype of any other frame ("0x88cc"). Default: `"tcp"`. */
  readonly protocol?: string;
  /** The sender's address; of ARP the one it claims. The family follows from it. */
  readonly source?: string;
  /** The receiver's address; of ARP the one it asks for. */
  readonly target?: string;
  /** Left out, one of those that systems choose for themselves. */
  readonly sourcePort?: number;
  /** Of protocols that have ports. */
  readonly targetPort?: number;
  /** ICMP or ICMPv6 type, or type/code. Left out, an echo request. */
  readonly icmpType?: string;
  /** What connection tracking says of it. Default: `"new"`. */
  readonly state?: string;
  /** TTL or hop limit. Left out, what such a packet has: 255 for neighbour discovery, 1 for listener reports, else 64. */
  readonly hopLimit?: number;
  /** Of the IP packet, in bytes. Default: `100`. */
  readonly length?: number;
  /** The VLAN of its 802.1Q tag. Left out: it has none. */
  readonly vlan?: number;
  /** Left out, the guest's own. */
  readonly sourceMac?: string;
  /** Left out, the guest's own; of an ARP request the broadcast address. */
  readonly targetMac?: string;
  /** Of ARP. Default: `"request"`. */
  readonly arpOperation?: string;
  /** The MAC that an ARP message claims. Left out, `sourceMac`. */
  readonly arpSenderMac?: string;
  /** Which rules are asked. Default: `"kernel"`. */
  readonly rules?: string;
  /** How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not. */
  readonly hostConnection?: DataCspPacketVerdictHostConnection;
}

const dataCspPacketVerdictFields: Fields = {"host":"host","from":["from",{"guest":"guest","device":"device","port":"port"},"block"],"to":["to",{"guest":"guest","device":"device","port":"port"},"block"],"protocol":"protocol","source":"source","target":"target","sourcePort":"source_port","targetPort":"target_port","icmpType":"icmp_type","state":"state","hopLimit":"hop_limit","length":"length","vlan":"vlan","sourceMac":"source_mac","targetMac":"target_mac","arpOperation":"arp_operation","arpSenderMac":"arp_sender_mac","rules":"rules","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** What a host's firewall does with one bridged packet: the verdict and the rule that decided, layer by layer. Nothing is sent, and nothing is changed. Rates are taken to be kept and limits of connections not to be reached. Rules that csp cannot read, of nft's own tables or of the tools' other backend, make it undecided, and are named. */
export class DataCspPacketVerdict extends TerraformDataSource {
  static readonly tfResourceType = "csp_packet_verdict";
  private readonly config: DataCspPacketVerdictConfig;

  constructor(scope: Construct, id: string, config: DataCspPacketVerdictConfig) {
    super(scope, id, { terraformResourceType: "csp_packet_verdict", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspPacketVerdict", this.node.path, dataCspPacketVerdictFields, config);
    this.config = config;
  }

  /** The host: a key of the provider's `hosts`, or else an alias of ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** Protocol name or number, "arp", or the ethertype of any other frame ("0x88cc"). Default: `"tcp"`. */
  get protocol(): string {
    return this.getStringAttribute("protocol");
  }

  /** The sender's address; of ARP the one it claims. The family follows from it. */
  get source(): string {
    return this.getStringAttribute("source");
  }

  /** The receiver's address; of ARP the one it asks for. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** Left out, one of those that systems choose for themselves. */
  get sourcePort(): number {
    return this.getNumberAttribute("source_port");
  }

  /** Of protocols that have ports. */
  get targetPort(): number {
    return this.getNumberAttribute("target_port");
  }

  /** ICMP or ICMPv6 type, or type/code. Left out, an echo request. */
  get icmpType(): string {
    return this.getStringAttribute("icmp_type");
  }

  /** What connection tracking says of it. Default: `"new"`. */
  get state(): string {
    return this.getStringAttribute("state");
  }

  /** TTL or hop limit. Left out, what such a packet has: 255 for neighbour discovery, 1 for listener reports, else 64. */
  get hopLimit(): number {
    return this.getNumberAttribute("hop_limit");
  }

  /** Of the IP packet, in bytes. Default: `100`. */
  get length(): number {
    return this.getNumberAttribute("length");
  }

  /** The VLAN of its 802.1Q tag. Left out: it has none. */
  get vlan(): number {
    return this.getNumberAttribute("vlan");
  }

  /** Left out, the guest's own. */
  get sourceMac(): string {
    return this.getStringAttribute("source_mac");
  }

  /** Left out, the guest's own; of an ARP request the broadcast address. */
  get targetMac(): string {
    return this.getStringAttribute("target_mac");
  }

  /** Of ARP. Default: `"request"`. */
  get arpOperation(): string {
    return this.getStringAttribute("arp_operation");
  }

  /** The MAC that an ARP message claims. Left out, `sourceMac`. */
  get arpSenderMac(): string {
    return this.getStringAttribute("arp_sender_mac");
  }

  /** Which rules are asked. Default: `"kernel"`. */
  get rules(): string {
    return this.getStringAttribute("rules");
  }

  /** What becomes of it. undecided: a rule on its way asks for something that cannot be told from here. */
  get verdict(): string {
    return this.getStringAttribute("verdict");
  }

  /** The same in one sentence. */
  get reason(): string {
    return this.getStringAttribute("reason");
  }

  /** The rule that decided; absent where none did. */
  get decidedBy(): IResolvable {
    return this.interpolationForAttribute("decided_by");
  }

  /** The layers it came by, in order. */
  get layers(): IResolvable {
    return this.interpolationForAttribute("layers");
  }

  /** Rules of others on its way that csp does not read, a sentence each: what they do with it is not told here. */
  get besides(): string[] {
    return this.getListAttribute("besides");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return attributesOf(dataCspPacketVerdictFields, this.config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(dataCspPacketVerdictFields, this.config);
  }
}

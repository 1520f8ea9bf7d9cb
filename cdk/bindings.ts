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
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface CspProviderHosts {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: CspProviderHostsInlineBastion | IResolvable;
}

export interface CspProviderDefaultsInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface CspProviderDefaults {
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: CspProviderDefaultsInlineBastion;
}

export interface CspProviderConfig {
  /** The fleet: how to reach each host, by the name that resources use for it. */
  readonly hosts?: { readonly [key: string]: CspProviderHosts | IResolvable } | IResolvable;
  /** Fields that the entries of `hosts` leave out, such as user, key and bastion. */
  readonly defaults?: CspProviderDefaults;
  /** Tells several configurations of the provider apart. */
  readonly alias?: string;
}

const cspProviderFields: Fields = {"hosts":["hosts",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"object"]},"map"],"defaults":["defaults",{"port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

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
  /** The pack's name in /etc/xensource/installed-repos, with or without the originator (`ORIGINATOR:NAME`), or the name of an RPM of the pack. From 7.1 on, give the RPM: nothing else of a pack is left on the host. */
  readonly name: string;
  /** Its version, with or without build or release: "5.6.100-50867p". */
  readonly version?: string;
}

export interface HostExpect {
  /** The product: "XenServer", "XCP-ng". csp compares it with PRODUCT_BRAND in /etc/xensource-inventory, or with NAME in /etc/os-release on other systems. Upper and lower case make no difference. */
  readonly product?: string;
  /** Its version, or the beginning of it: "5.6.100", "8.3". csp compares it with PRODUCT_VERSION, or with VERSION_ID on other systems. */
  readonly version?: string;
  /** "csp": the kernel of the Cloud Service Providers pack for XenServer 5.6 SP2 (`uname -r` ends in cspxen); "standard": any other. */
  readonly kernel?: string;
  /** Supplemental packs that must be installed. */
  readonly packs?: readonly (HostExpectPacks)[] | IResolvable;
}

export interface HostInstall {
  /** How many minutes csp waits until the new system is up. It keeps waiting while the port is closed, while the installer shows its own host key, and while the login is not set up yet. Default: `45`. */
  readonly minutes?: number;
  /** The installation that is being replaced: its INSTALLATION_UUID (in /etc/xensource-inventory; on other systems the id in /etc/machine-id). While the host still has it, csp waits for the new one. If you leave it out, csp recognizes an old system by a product or version that differs from `expect`. */
  readonly replaces?: string;
}

export interface HostHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface HostHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** What the host must be before csp changes it: the declared system, with its packs. If it is something else, csp refuses it and says what to do. Later differences are drift. You do not declare the network backend: a csp host always has the Linux bridge. */
  readonly expect?: HostExpect;
  /** The host is being installed. csp then waits for the new system, and does not fail when the host does not answer. You can leave this field in place after the installation. */
  readonly install?: HostInstall;
  /** Whether csp may switch a host from Open vSwitch to the Linux bridge (`xe-switch-network-backend bridge`) and reboot it, because the switch needs a reboot. "when-empty": only if no guest runs there. "with-guests": also if guests run there; they go down with the host. The preview says when csp will do it. Default: `"never"`. */
  readonly reboot?: string;
  /** How many minutes the host may take to come back after a reboot. Default: `10`. */
  readonly bootMinutes?: number;
  /** The beginnings of the names of the host's guest ports. A packet from or to such a port passes only if a guest's policy allows it. csp lets all other ports through. Default: `["vif","tap","vnet"]`. */
  readonly guestPorts?: readonly string[];
  /** The callers of the hook. The hook is the script on the host that follows guests through reboots and migrations. "auto": every caller that the host has. Or some of these: "xapi" (/etc/xapi.d/vif-hotplug), "xl" (Xen's scripts), "libvirt" (its qemu script), "udev" (works on every host; Proxmox and XenServer 5.6 need it), "boot" (systemd or SysV; part of each of the others). An empty list: no hook; then csp follows guests only when you run `pulumi up`. Default: `["auto"]`. */
  readonly hook?: readonly string[];
  /** Whether each bridge has its own connection table, so that a packet is never taken for a part of another tenant's connection. If you leave it out, each bridge has its own table where the kernel supports it; a host that an earlier version adopted stays as it is until you set this field. The change ends established connections through the host's bridges. */
  readonly conntrackZones?: string;
  /** By which programs of the kernel csp filters this host's guests. The change from one to another is an update: the new rules are loaded and checked beside the old ones before these go, and established connections live on. */
  readonly plane?: string;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: HostHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: HostTimeouts;
}

const hostFields: Fields = {"host":"host","expect":["expect",{"product":"product","version":"version","kernel":"kernel","packs":["pack",{"name":"name","version":"version"},"blocks"]},"block"],"install":["install",{"minutes":"minutes","replaces":"replaces"},"block"],"reboot":"reboot","bootMinutes":"boot_minutes","guestPorts":"guest_ports","hook":"hook","conntrackZones":"conntrack_zones","plane":"plane","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Adopts a host. csp waits for it while it is being installed, checks that it is what you declared, and switches it to the Linux bridge if you allow that. It turns on bridge filtering, now and at every boot. It installs the frame, which drops the packets of guest ports that no guest claims, and the hook, which follows guests and loads all rules at boot. When you delete the resource, csp removes everything that it installed. */
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

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** Whether csp may switch a host from Open vSwitch to the Linux bridge (`xe-switch-network-backend bridge`) and reboot it, because the switch needs a reboot. "when-empty": only if no guest runs there. "with-guests": also if guests run there; they go down with the host. The preview says when csp will do it. Default: `"never"`. */
  get reboot(): string {
    return this.getStringAttribute("reboot");
  }

  /** How many minutes the host may take to come back after a reboot. Default: `10`. */
  get bootMinutes(): number {
    return this.getNumberAttribute("boot_minutes");
  }

  /** Whether each bridge has its own connection table, so that a packet is never taken for a part of another tenant's connection. If you leave it out, each bridge has its own table where the kernel supports it; a host that an earlier version adopted stays as it is until you set this field. The change ends established connections through the host's bridges. */
  get conntrackZones(): string {
    return this.getStringAttribute("conntrack_zones");
  }

  /** By which programs of the kernel csp filters this host's guests. The change from one to another is an update: the new rules are loaded and checked beside the old ones before these go, and established connections live on. */
  get plane(): string {
    return this.getStringAttribute("plane");
  }

  /** What csp knows about the host: kernel, product, tools and their versions, network backend. */
  get facts(): IResolvable {
    return this.interpolationForAttribute("facts");
  }

  /** The system that the host had when csp last set it up. csp compares it with the system of today and so notices an upgrade in place. */
  get adopted(): IResolvable {
    return this.interpolationForAttribute("adopted");
  }

  /** What the host's tools and kernel cannot see or cannot keep apart, one sentence each. docs/security.md says what this means. */
  get limits(): string[] {
    return this.getListAttribute("limits");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface IpSetHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** The set's name in the kernel, at most 31 characters. Rules refer to it as `set:NAME`. */
  readonly name: string;
  /** The set's type in the kernel. It says what a member consists of. Default: `"hash:net"`. */
  readonly type?: string;
  /** The address family of the members. It has no effect on `hash:mac`, `bitmap:port` and `list:set`. Default: `"inet"`. */
  readonly family?: string;
  /** The members, in the spelling that ipset takes: "203.0.113.0/24", "10.0.0.5,tcp:22", "02:16:3e:00:00:01". */
  readonly members?: readonly string[];
  /** How many members the set can hold. Default: `65536`. */
  readonly maxElements?: number;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: IpSetHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: IpSetTimeouts;
}

const ipSetFields: Fields = {"host":"host","name":"name","type":"type","family":"family","members":"members","maxElements":"max_elements","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

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

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The set's name in the kernel, at most 31 characters. Rules refer to it as `set:NAME`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** The set's type in the kernel. It says what a member consists of. Default: `"hash:net"`. */
  get type(): string {
    return this.getStringAttribute("type");
  }

  /** The address family of the members. It has no effect on `hash:mac`, `bitmap:port` and `list:set`. Default: `"inet"`. */
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

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface SecurityGroupIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: SecurityGroupIngressLimit;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface SecurityGroupEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface SecurityGroupEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: SecurityGroupEgressLimit;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface SecurityGroupConfig extends TerraformMetaArguments {
  /** The group's name. Rules refer to it as "group:NAME". */
  readonly name: string;
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (SecurityGroupIngress)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (SecurityGroupEgress)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy, you need not declare the addresses of its own guests in the group. */
  readonly members?: readonly string[];
}

const securityGroupFields: Fields = {"name":"name","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","from":"from"},"blocks"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","to":"to"},"blocks"],"members":"members"};

/** Named rules and members that guests and other rules refer to. It is only a value and changes no host by itself. */
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

  /** The group's name. Rules refer to it as "group:NAME". */
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
  /** The guest's name on its host. No other guest of the host may have this name. */
  readonly name?: string;
}

export interface GuestFirewallInterfaces {
  /** The interface's device number: the n in vif<domid>.<n>. */
  readonly device: number;
  /** The guest's MAC address on this interface. */
  readonly mac: string;
  /** Addresses that the guest may use as its own, IPv4 and IPv6: it sends from them and receives what is for them. You need not declare the link-local address that is made from the MAC. */
  readonly addresses?: readonly string[];
  /** Whole ranges that the guest may use as its own, if it is meant to have all their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them. */
  readonly addressRanges?: readonly string[];
  /** The interface's port on the host, if its name is stable (`tap100i0` on Proxmox). If you leave it out, csp finds the port each time from the guest's identity. */
  readonly port?: string;
  /** What csp checks at layer 2. Default: `"strict"`. */
  readonly antiSpoofing?: string;
  /** The guest may be a DHCP and DHCPv6 client. Default: `true`. */
  readonly dhcp?: boolean | IResolvable;
  /** The guest may answer DHCP and DHCPv6 requests. Default: `false`. */
  readonly dhcpServer?: boolean | IResolvable;
  /** The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos). Default: `false`. */
  readonly routerAdvertisements?: boolean | IResolvable;
  /** Ethertypes that the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863". */
  readonly etherTypes?: readonly string[];
  /** VLANs (802.1Q ids) whose tagged Ethernet frames the guest may send and receive: a trunk. The guest's MAC, addresses and rules apply to the packets in them as to untagged packets. Default: no tagged Ethernet frames. */
  readonly vlans?: readonly (number)[] | IResolvable;
  /** The network that the interface is on. For the reader and for components. */
  readonly network?: string;
}

export interface GuestFirewallIngressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: GuestFirewallIngressLimit;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface GuestFirewallEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: GuestFirewallEgressLimit;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface GuestFirewallGroupsIngressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallGroupsIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: GuestFirewallGroupsIngressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface GuestFirewallGroupsEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallGroupsEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: GuestFirewallGroupsEgressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface GuestFirewallGroups {
  /** The group's name. */
  readonly name: string;
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (GuestFirewallGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (GuestFirewallGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy, you need not declare the addresses of its own guests in the group. */
  readonly members?: readonly string[];
}

export interface GuestFirewallPeerGroupsIngressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallPeerGroupsIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: GuestFirewallPeerGroupsIngressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface GuestFirewallPeerGroupsEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface GuestFirewallPeerGroupsEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: GuestFirewallPeerGroupsEgressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface GuestFirewallPeerGroups {
  /** The group's name. */
  readonly name: string;
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (GuestFirewallPeerGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (GuestFirewallPeerGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy, you need not declare the addresses of its own guests in the group. */
  readonly members?: readonly string[];
}

export interface GuestFirewallHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface GuestFirewallHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host that the guest is on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. Give exactly one of `host` and `hosts`. */
  readonly host?: string;
  /** The hosts that the guest moves between. Its rules are on all of them, before it arrives and after it has left. Adding or removing a host is an update. */
  readonly hosts?: readonly string[];
  /** The guest. Give exactly one of `uuid` and `name`. */
  readonly guest: GuestFirewallGuest;
  /** The guest's interfaces. */
  readonly interfaces: readonly (GuestFirewallInterfaces)[] | IResolvable;
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (GuestFirewallIngress)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (GuestFirewallEgress)[] | IResolvable;
  /** What happens to a packet that the guest sends if no egress rule matches it. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** What happens to the guest's IPv6. Default: `"filter"`. */
  readonly ipv6?: string;
  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  readonly enforce?: string;
  /** Security groups that the guest is in (`policy` outputs). Their rules come after the guest's own rules, in this order. */
  readonly groups?: readonly (GuestFirewallGroups | IResolvable)[] | IResolvable;
  /** Security groups that rules refer to as "group:NAME", but that the guest is not in. */
  readonly peerGroups?: readonly (GuestFirewallPeerGroups | IResolvable)[] | IResolvable;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: GuestFirewallHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: GuestFirewallTimeouts;
}

const guestFirewallFields: Fields = {"host":"host","hosts":"hosts","guest":["guest",{"uuid":"uuid","name":"name"},"block"],"interfaces":["interface",{"device":"device","mac":"mac","addresses":"addresses","addressRanges":"address_ranges","port":"port","antiSpoofing":"anti_spoofing","dhcp":"dhcp","dhcpServer":"dhcp_server","routerAdvertisements":"router_advertisements","etherTypes":"ether_types","vlans":"vlans","network":"network"},"blocks"],"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","from":"from"},"blocks"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","to":"to"},"blocks"],"egressDefault":"egress_default","ipv6":"ipv6","enforce":"enforce","groups":["groups",{"name":"name","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"list"],"peerGroups":["peer_groups",{"name":"name","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"list"],"hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Everything about one guest's traffic: its interfaces and addresses, anti-spoofing, security groups and its own rules. */
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

  /** The host that the guest is on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. Give exactly one of `host` and `hosts`. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** What happens to a packet that the guest sends if no egress rule matches it. Default: `"allow"`. */
  get egressDefault(): string {
    return this.getStringAttribute("egress_default");
  }

  /** What happens to the guest's IPv6. Default: `"filter"`. */
  get ipv6(): string {
    return this.getStringAttribute("ipv6");
  }

  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  get enforce(): string {
    return this.getStringAttribute("enforce");
  }

  /** The guest's UUID, also if you gave the guest's name. */
  get uuid(): string {
    return this.getStringAttribute("uuid");
  }

  /** The guest's port on the host for each device number, as of the last read. Empty while the guest is not running. */
  get ports(): { [key: string]: string } {
    return this.getStringMapAttribute("ports");
  }

  /** The hosts on which the last read found a port of the guest. During a migration there are two. */
  get runsOn(): string[] {
    return this.getListAttribute("runs_on");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGroupsIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: HostPolicyGroupsIngressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface HostPolicyGroupsEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGroupsEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: HostPolicyGroupsEgressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface HostPolicyGroups {
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (HostPolicyGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (HostPolicyGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy, you need not declare the addresses of its own guests in the group. */
  readonly members?: readonly string[];
}

export interface HostPolicyGuestsInterfaces {
  /** The interface's device number: the n in vif<domid>.<n>. */
  readonly device: number;
  /** The guest's MAC address on this interface. */
  readonly mac: string;
  /** Addresses that the guest may use as its own, IPv4 and IPv6: it sends from them and receives what is for them. You need not declare the link-local address that is made from the MAC. */
  readonly addresses?: readonly string[];
  /** Whole ranges that the guest may use as its own, if it is meant to have all their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them. */
  readonly addressRanges?: readonly string[];
  /** The interface's port on the host, if its name is stable (`tap100i0` on Proxmox). If you leave it out, csp finds the port each time from the guest's identity. */
  readonly port?: string;
  /** What csp checks at layer 2. Default: `"strict"`. */
  readonly antiSpoofing?: string;
  /** The guest may be a DHCP and DHCPv6 client. Default: `true`. */
  readonly dhcp?: boolean | IResolvable;
  /** The guest may answer DHCP and DHCPv6 requests. Default: `false`. */
  readonly dhcpServer?: boolean | IResolvable;
  /** The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos). Default: `false`. */
  readonly routerAdvertisements?: boolean | IResolvable;
  /** Ethertypes that the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863". */
  readonly etherTypes?: readonly string[];
  /** VLANs (802.1Q ids) whose tagged Ethernet frames the guest may send and receive: a trunk. The guest's MAC, addresses and rules apply to the packets in them as to untagged packets. Default: no tagged Ethernet frames. */
  readonly vlans?: readonly (number)[] | IResolvable;
  /** The network that the interface is on. For the reader and for components. */
  readonly network?: string;
}

export interface HostPolicyGuestsIngressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGuestsIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: HostPolicyGuestsIngressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface HostPolicyGuestsEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostPolicyGuestsEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: HostPolicyGuestsEgressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface HostPolicyGuests {
  /** The guest's UUID. */
  readonly uuid?: string;
  /** The guest's name on its host. No other guest of the host may have this name. */
  readonly name?: string;
  /** The guest's interfaces. */
  readonly interfaces: readonly (HostPolicyGuestsInterfaces | IResolvable)[] | IResolvable;
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (HostPolicyGuestsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (HostPolicyGuestsEgress | IResolvable)[] | IResolvable;
  /** What happens to a packet that the guest sends if no egress rule matches it. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** What happens to the guest's IPv6. Default: `"filter"`. */
  readonly ipv6?: string;
  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  readonly enforce?: string;
  /** Names of the groups that the guest is in. Their rules come after the guest's own rules, in this order. */
  readonly groups?: readonly string[];
}

export interface HostPolicyHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface HostPolicyHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** The policy's name. It tells several policies of one host apart. Default: `"guests"`. */
  readonly name?: string;
  /** Security groups by name. */
  readonly groups?: { readonly [key: string]: HostPolicyGroups | IResolvable } | IResolvable;
  /** Guests by a key that you choose. Previews and errors use this key as the guest's name. */
  readonly guests?: { readonly [key: string]: HostPolicyGuests | IResolvable } | IResolvable;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: HostPolicyHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: HostPolicyTimeouts;
}

const hostPolicyFields: Fields = {"host":"host","name":"name","groups":["groups",{"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"map"],"guests":["guests",{"uuid":"uuid","name":"name","interfaces":["interfaces",{"device":"device","mac":"mac","addresses":"addresses","addressRanges":"address_ranges","port":"port","antiSpoofing":"anti_spoofing","dhcp":"dhcp","dhcpServer":"dhcp_server","routerAdvertisements":"router_advertisements","etherTypes":"ether_types","vlans":"vlans","network":"network"},"list"],"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"egressDefault":"egress_default","ipv6":"ipv6","enforce":"enforce","groups":"groups"},"map"],"hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** The firewalls of all guests of one host in one resource, with the groups that they share. Use it for fleets. */
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

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The policy's name. It tells several policies of one host apart. Default: `"guests"`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** For each guest key, the guest's port on the host for each device number, as of the last read. */
  get ports(): IResolvable {
    return this.interpolationForAttribute("ports");
  }

  /** The guest's UUID for each guest key, also for guests that you gave by name. */
  get uuids(): { [key: string]: string } {
    return this.getStringMapAttribute("uuids");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostFirewallIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: HostFirewallIngressLimit;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface HostFirewallEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface HostFirewallEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: HostFirewallEgressLimit;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface HostFirewallHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface HostFirewallHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** What may reach the host itself, in this order. The first rule that matches decides. csp drops what no rule allows, except accepted connections, the host's traffic with itself, neighbour discovery and answers of a DHCP server. */
  readonly ingress?: readonly (HostFirewallIngress)[] | IResolvable;
  /** What the host itself may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (HostFirewallEgress)[] | IResolvable;
  /** What happens to a packet that the host sends if no egress rule matches it. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** Whether the rules act or only report. Default: `"enforce"`. */
  readonly enforce?: string;
  /** What a preview does if the rules would drop new SSH connections from the address that csp connects from. Default: `"refuse"`. */
  readonly accessCheck?: string;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: HostFirewallHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: HostFirewallTimeouts;
}

const hostFirewallFields: Fields = {"host":"host","ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","from":"from"},"blocks"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"block"],"maxConnections":"max_connections","log":"log","to":"to"},"blocks"],"egressDefault":"egress_default","enforce":"enforce","accessCheck":"access_check","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** The host's own firewall: what may reach the host itself, and what it may send. The host keeps a change only if a new connection succeeds after it. Otherwise the host undoes the change by itself, within a minute. */
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

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** What happens to a packet that the host sends if no egress rule matches it. Default: `"allow"`. */
  get egressDefault(): string {
    return this.getStringAttribute("egress_default");
  }

  /** Whether the rules act or only report. Default: `"enforce"`. */
  get enforce(): string {
    return this.getStringAttribute("enforce");
  }

  /** What a preview does if the rules would drop new SSH connections from the address that csp connects from. Default: `"refuse"`. */
  get accessCheck(): string {
    return this.getStringAttribute("access_check");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** The built-in chain, one that the table has. filter: INPUT, FORWARD or OUTPUT. nat: PREROUTING, OUTPUT or POSTROUTING, of iptables and ip6tables also INPUT (kernel 2.6.36 and later). mangle: all of these. raw: PREROUTING or OUTPUT. broute: BROUTING. */
  readonly from: string;
  /** Where the jump stands in that chain. csp never moves rules of others. Default: `"first"`. */
  readonly position?: string;
  /** Which packets jump: matches in the tool's own words, like "-i eth0". Default: all packets. */
  readonly match?: string;
}

export interface RuleSetHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface RuleSetHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** The tool that the rules are written for. */
  readonly tool: string;
  /** The tool's table. arptables has filter only. The first packet of a connection is the only one that nat of iptables and ip6tables sees. A table that the host does not have is an error. Default: `"filter"`. */
  readonly table?: string;
  /** The chain's name. In the kernel it is csp-user-NAME. */
  readonly chain: string;
  /** The rules in order, each as the tool takes it after "-A CHAIN": "-p tcp --dport 25 -j DROP". The first rule that matches and has a final target decides. If no rule decides, the packet returns to the chain that it came from. */
  readonly rules?: readonly string[];
  /** The built-in chains from which packets come to this chain. Without jumps, only other rule sets can lead to it. */
  readonly jumps?: readonly (RuleSetJumps)[] | IResolvable;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: RuleSetHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: RuleSetTimeouts;
}

const ruleSetFields: Fields = {"host":"host","tool":"tool","table":"table","chain":"chain","rules":"rules","jumps":["jump",{"from":"from","position":"position","match":"match"},"blocks"],"hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Your own rules in one chain of iptables, ip6tables, ebtables or arptables, word for word. Use it for what guests' policies cannot express, and for traffic that is not a guest's. */
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

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** The tool that the rules are written for. */
  get tool(): string {
    return this.getStringAttribute("tool");
  }

  /** The tool's table. arptables has filter only. The first packet of a connection is the only one that nat of iptables and ip6tables sees. A table that the host does not have is an error. Default: `"filter"`. */
  get table(): string {
    return this.getStringAttribute("table");
  }

  /** The chain's name. In the kernel it is csp-user-NAME. */
  get chain(): string {
    return this.getStringAttribute("chain");
  }

  /** The chain's name in the kernel, for rules of other rule sets: "-j TARGET". */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface InstallRepositoryHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  readonly server?: string;
  /** The folder on the server in which csp publishes the repository. Its entries lead to the published tree, which changes as a whole. csp leaves alone what others put into this folder. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** The installation media: a folder or an ISO image on the machine that csp runs on. If the folder has several images, csp reads them as one. */
  readonly base: string;
  /** Supplemental packs to merge: folders, ISO images or tar archives on the machine that csp runs on. Their order does not matter. */
  readonly packs?: readonly string[];
  /** Whether the hosts are to be csp hosts. csp then refuses media without what these need (on 5.6 and 6.0 the Cloud Service Providers pack). Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** The HTTP and NFS URLs at which installers find the repository. After publishing, and at every refresh, csp reads it back from them as an installer does (over NFS with `nfs-cat` of libnfs). */
  readonly urls?: readonly string[];
  /** Whether csp reads `urls` back. Turn it off if the machine that csp runs on cannot reach them. Default: `true`. */
  readonly verify?: boolean | IResolvable;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: InstallRepositoryHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: InstallRepositoryTimeouts;
}

const installRepositoryFields: Fields = {"server":"server","path":"path","target":"target","base":"base","packs":"packs","csp":"csp","urls":"urls","verify":"verify","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** An installation repository: base media and supplemental packs. csp checks them by every rule that an installer would fail at, merges them, and publishes them on a server as one tree. An installer sees the old tree or the new one, never a mixture. csp copies only what changed, and continues an interrupted copy where it stopped. */
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

  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The folder on the server in which csp publishes the repository. Its entries lead to the published tree, which changes as a whole. csp leaves alone what others put into this folder. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** The installation media: a folder or an ISO image on the machine that csp runs on. If the folder has several images, csp reads them as one. */
  get base(): string {
    return this.getStringAttribute("base");
  }

  /** What is published, by package: version, release and architecture (or the size, if it is not an RPM), and the beginning of its SHA-256. */
  get packages(): { [key: string]: string } {
    return this.getStringMapAttribute("packages");
  }

  /** What an answerfile names as sources, below the path: "" for the media, then the packs that are sources of their own (7.1 and later; the installers of 5.6 to 7.0 find packs through XS-REPOSITORY-LIST). */
  get sources(): string[] {
    return this.getListAttribute("sources");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** The path of the RPM of kernel-csp-xen, on the machine that csp runs on. The RPM comes from the pack's folder packages.cloud-supp. */
  readonly xen: string;
  /** The path of the RPM of kernel-csp-kdump, on the machine that csp runs on. The RPM comes from the pack's folder packages.cloud-supp. */
  readonly kdump: string;
}

export interface DevelopmentKitHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DevelopmentKitHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** The two kernels of the Cloud Service Providers pack, from one build. */
  readonly kernels: DevelopmentKitKernels;
  /** Which kernel the kit runs. Drivers are built for the csp kernels in either case. Default: `"csp"`. */
  readonly boot?: string;
  /** Whether csp may reboot the kit into the kernel that `boot` names. If not, csp stops before the reboot and says so. The next run continues from there. Default: `true`. */
  readonly reboot?: boolean | IResolvable;
  /** How many minutes the kit may take to come back after a reboot. Default: `10`. */
  readonly bootMinutes?: number;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: DevelopmentKitHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: DevelopmentKitTimeouts;
}

const developmentKitFields: Fields = {"host":"host","kernels":["kernels",{"xen":"xen","kdump":"kdump"},"block"],"boot":"boot","reboot":"reboot","bootMinutes":"boot_minutes","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Turns a standard XenServer 5.6 SP2 driver development kit (DDK) into one for the kernels of the Cloud Service Providers pack, as the pack's README describes, and checks the result: the kernels are installed, the boot menu is rewritten, the kit has rebooted into the kernel that `boot` names, and both kernels have their sources and links. If it is interrupted, the next run continues from there. Deleting it restores the menu and removes kernels and sources. */
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

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** Which kernel the kit runs. Drivers are built for the csp kernels in either case. Default: `"csp"`. */
  get boot(): string {
    return this.getStringAttribute("boot");
  }

  /** How many minutes the kit may take to come back after a reboot. Default: `10`. */
  get bootMinutes(): number {
    return this.getNumberAttribute("boot_minutes");
  }

  /** The version of the kernels, without "csp" at its end: "2.6.32.12-0.7.1.xs5.6.100.307.170586". */
  get version(): string {
    return this.getStringAttribute("version");
  }

  /** What `uname -r` prints on the kit. The csp kernel's ends in cspxen. */
  get kernel(): string {
    return this.getStringAttribute("kernel");
  }

  /** The folders in /usr/src/kernels against which drivers are built. */
  get trees(): string[] {
    return this.getListAttribute("trees");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** The originator of what is required: "xs". From 6.0 on there is also "xcp", whose main has the version of the platform (on 6.2: 1.8.0). */
  readonly originator: string;
  /** The name of what is required: "main". */
  readonly name: string;
  /** How the installed version must compare with `version`. Default: `"eq"`. */
  readonly test?: string;
  /** The version to compare with: "5.6.100". */
  readonly version: string;
  /** The build: "47101p". Only the installer of 5.6 checks it. Without the letter, it is another version there. */
  readonly build?: string;
}

export interface DriverDiskHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DriverDiskHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  readonly server?: string;
  /** The path of the image on the server. It ends in .iso. csp puts the checksums beside it. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** The paths of the RPMs, on the machine that csp runs on. For 5.6 to 6.2, give each driver for both kernels, xen and kdump. The kernels of later versions have no flavours. */
  readonly rpms: readonly string[];
  /** The vendor's name in versions and records: letters, digits, ".", "_" and "-". */
  readonly vendorCode: string;
  /** The vendor's name, as people read it. */
  readonly vendor: string;
  /** The pack's name. */
  readonly label: string;
  /** One sentence that says what the pack is. */
  readonly text: string;
  /** The pack's version: "1.2.3". */
  readonly version: string;
  /** The pack's build: "50867p". For 5.6, write the letter: without it, the number is part of the version. */
  readonly build?: string;
  /** The product that the pack is made for. Only for 5.6 to 7.0. Default: `"XenServer"`. */
  readonly product?: string;
  /** What must be installed before the pack. Only for 5.6 to 7.0. */
  readonly requires?: readonly (DriverDiskRequires)[] | IResolvable;
  /** The pack's UUID, from 7.1 on. A host takes two packs with the same UUID for one pack. If you leave it out, csp makes it from the vendor's code, the label and the version. */
  readonly uuid?: string;
  /** Whether the pack is a driver disk, which the installer of 7.1 and later loads itself. If false, it is a supplemental pack with other packages. Default: `true`. */
  readonly driver?: boolean | IResolvable;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: DriverDiskHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: DriverDiskTimeouts;
}

const driverDiskFields: Fields = {"server":"server","path":"path","target":"target","rpms":"rpms","vendorCode":"vendor_code","vendor":"vendor","label":"label","text":"text","version":"version","build":"build","product":"product","requires":["requires",{"originator":"originator","name":"name","test":"test","version":"version","build":"build"},"blocks"],"uuid":"uuid","driver":"driver","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** Builds a driver disk or supplemental pack from RPMs, as an ISO image with its checksums, and puts it on a server. The image has the form of 5.6 to 7.0 (XS-REPOSITORY, XS-PACKAGES, install.sh) or that of 7.1 and later (update.xml, a control package, yum metadata with groups). The same packages give the same image. csp does not sign packs: if a host checks signatures, sign the RPMs first. */
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

  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The path of the image on the server. It ends in .iso. csp puts the checksums beside it. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** The vendor's name in versions and records: letters, digits, ".", "_" and "-". */
  get vendorCode(): string {
    return this.getStringAttribute("vendor_code");
  }

  /** The vendor's name, as people read it. */
  get vendor(): string {
    return this.getStringAttribute("vendor");
  }

  /** The pack's name. */
  get label(): string {
    return this.getStringAttribute("label");
  }

  /** One sentence that says what the pack is. */
  get text(): string {
    return this.getStringAttribute("text");
  }

  /** The pack's version: "1.2.3". */
  get version(): string {
    return this.getStringAttribute("version");
  }

  /** The pack's build: "50867p". For 5.6, write the letter: without it, the number is part of the version. */
  get build(): string {
    return this.getStringAttribute("build");
  }

  /** The product that the pack is made for. Only for 5.6 to 7.0. Default: `"XenServer"`. */
  get product(): string {
    return this.getStringAttribute("product");
  }

  /** The pack's UUID, from 7.1 on. A host takes two packs with the same UUID for one pack. If you leave it out, csp makes it from the vendor's code, the label and the version. */
  get uuid(): string {
    return this.getStringAttribute("uuid");
  }

  /** What the image contains, by package. */
  get packages(): { [key: string]: string } {
    return this.getStringMapAttribute("packages");
  }

  /** The SHA-256 of the image. */
  get sha256(): string {
    return this.getStringAttribute("sha256");
  }

  /** The pack's UUID. Empty for 5.6 to 7.0, where packs have none. */
  get packUuid(): string {
    return this.getStringAttribute("pack_uuid");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** How the installer reaches it. */
  readonly type: string;
  /** The URL, or SERVER:/FOLDER for `nfs`. Not for `local`. */
  readonly address?: string;
  /** Whether the installer checks the repository's signature (8.3). */
  readonly repoGpgCheck?: boolean | IResolvable;
  /** Whether the installer checks the packages' signatures (8.3). */
  readonly gpgCheck?: boolean | IResolvable;
}

export interface AnswerfileDriverSources {
  /** How the installer reaches it. */
  readonly type: string;
  /** The URL, or SERVER:/FOLDER for `nfs`. */
  readonly address?: string;
}

export interface AnswerfileScripts {
  /** When the installer runs it. */
  readonly stage: string;
  /** The URL to fetch it from: http, ftp, file, nfs; https from 6.5 on. */
  readonly url: string;
}

export interface AnswerfilePrimaryDisk {
  /** The disk: `sda`, `/dev/sda`, `disk/by-id/ID`. */
  readonly device?: string;
  /** Two disks to mirror (XenServer 8 and later); on XenServer 9, one may be `missing`. */
  readonly softwareRaid?: readonly string[];
  /** Whether the disks of guests are stored here too. Default: yes. */
  readonly guestStorage?: boolean | IResolvable;
  /** Whether the storage of guests is the last partition. Default: yes. */
  readonly srAtEnd?: boolean | IResolvable;
  /** Whether the installer keeps a vendor's utility partition (6.0 and later). */
  readonly preserveFirstPartition?: string;
  /** The file system of the root (XenServer 9). */
  readonly filesystem?: string;
}

export interface AnswerfileRaid {
  /** The array: `md127`. */
  readonly device: string;
  /** The array's disks. */
  readonly disks: readonly string[];
}

export interface AnswerfileInitialPartitions {
  /** The partition's number. */
  readonly number: number;
  /** The partition's size, as the installer takes it. */
  readonly size: number;
  /** The partition's type, for example 0x83. */
  readonly id: number;
}

export interface AnswerfileAdminInterfaceIpv4 {
  /** How the host gets its address. */
  readonly method: string;
  /** The host's address. */
  readonly address?: string;
  /** The netmask: `255.255.255.0`. */
  readonly netmask?: string;
  /** The gateway. Required with `static`. */
  readonly gateway?: string;
}

export interface AnswerfileAdminInterfaceIpv6 {
  /** How the host gets its address. */
  readonly method: string;
  /** The host's address, with its prefix length. */
  readonly address?: string;
  /** The gateway's address, without a prefix length. */
  readonly gateway?: string;
}

export interface AnswerfileAdminInterface {
  /** The interface's name: `eth0`. It takes precedence over `mac`. */
  readonly name?: string;
  /** The interface's MAC: `00:16:3e:01:02:03`. */
  readonly mac?: string;
  /** The VLAN, 1 to 4094 (7.2 and later). */
  readonly vlan?: number;
  /** How the interface gets IPv4. */
  readonly ipv4: AnswerfileAdminInterfaceIpv4;
  /** How the interface gets IPv6. */
  readonly ipv6?: AnswerfileAdminInterfaceIpv6;
}

export interface AnswerfileFcoeInterfaces {
  /** The interface's name: `eth0`. */
  readonly name?: string;
  /** The interface's MAC: `00:16:3e:01:02:03`. */
  readonly mac?: string;
  /** Whether it uses Data Centre Bridging (7.0 to 8.2). Default: yes. */
  readonly dcb?: boolean | IResolvable;
}

export interface AnswerfileHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface AnswerfileHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  readonly server?: string;
  /** The path of the file on the server. The installer fetches the file from the program that serves this folder. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** Whether the host is to be a csp host, whose guests are connected by the Linux bridge. csp then refuses what cannot become one. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** What the installer does. Default: `"fresh"`. */
  readonly mode?: string;
  /** Where packages come from. Before 7.1, the installer uses only the first one. */
  readonly sources?: readonly (AnswerfileSources)[] | IResolvable;
  /** Driver disks. */
  readonly driverSources?: readonly (AnswerfileDriverSources)[] | IResolvable;
  /** Scripts that the installer runs, in this order for each stage. */
  readonly scripts?: readonly (AnswerfileScripts)[] | IResolvable;
  /** Whether the installer asks at its console before it begins (7.1 and later). Default: `false`. */
  readonly confirm?: boolean | IResolvable;
  /** The disk to install to. Required to install. */
  readonly primaryDisk?: AnswerfilePrimaryDisk;
  /** More disks for guests. */
  readonly guestDisks?: readonly string[];
  /** Software arrays (7.5 to 8.3). */
  readonly raid?: readonly (AnswerfileRaid)[] | IResolvable;
  /** Partitions to make first (5.6 to 6.0). */
  readonly initialPartitions?: readonly (AnswerfileInitialPartitions)[] | IResolvable;
  /** Whether the installer deletes a vendor's utility partition (6.0 to 8.2). Default: `false`. */
  readonly zapUtilityPartitions?: boolean | IResolvable;
  /** The type of the storage for guests; largeblock on XCP-ng 8.3 only. The default is ext on XCP-ng 8.3 and lvm on the others. */
  readonly srType?: string;
  /** The management interface. Required to install. */
  readonly adminInterface?: AnswerfileAdminInterface;
  /** Root's password. csp writes only its hash (SHA-512) into the file. */
  readonly rootPassword?: string;
  /** The hash of root's password, as in /etc/shadow, in place of `rootPassword`. */
  readonly rootPasswordHash?: string;
  /** Puts the password itself into the file, where everybody who can read the file can read it. Use it only where the hash is of no use. Default: `false`. */
  readonly rootPasswordInClear?: boolean | IResolvable;
  /** Addresses of DNS servers. */
  readonly nameServers?: readonly string[];
  /** The host's name. Default: localhost.localdomain, or the name that DHCP gives. */
  readonly hostname?: string;
  /** The time zone: `Europe/Berlin`. Required up to 6.1. Default from then on: Etc/UTC. */
  readonly timezone?: string;
  /** Where the host gets the time from (8.3 and later). */
  readonly ntpSource?: string;
  /** Names or addresses of time servers. */
  readonly ntpServers?: readonly string[];
  /** The keyboard layout. Default: `us`. */
  readonly keymap?: string;
  /** What connects guests to networks. A csp host needs `bridge`, which is then the default. */
  readonly networkBackend?: string;
  /** The boot loader. 5.6 and 6.0: grub or extlinux; up to 6.5: extlinux; from then on: grub2. Default: the version's own. */
  readonly bootloader?: string;
  /** Where the installer puts the boot loader. Default: mbr. */
  readonly bootloaderLocation?: string;
  /** Whether the installer adds a boot entry to the firmware (7.1 and later). Default: yes. */
  readonly writeBootEntry?: boolean | IResolvable;
  /** Which services run, by name (7.6 and later): `sshd`. */
  readonly services?: { readonly [key: string]: string } | IResolvable;
  /** Whether the SSH server runs (XenServer 9). */
  readonly sshMode?: string;
  /** Which of several versions of a driver the host uses, by driver (XenServer 9). */
  readonly driverVariants?: { readonly [key: string]: string } | IResolvable;
  /** Interfaces for Fibre Channel over Ethernet (7.0 to XenServer 8). */
  readonly fcoeInterfaces?: readonly (AnswerfileFcoeInterfaces)[] | IResolvable;
  /** The target platform (XenServer 8). */
  readonly targetPlatform?: string;
  /** The disk with the installation to upgrade; on 5.6 and 6.0 also the one to reinstall. */
  readonly existingInstallation?: string;
  /** The file system of the root to upgrade (XenServer 9). */
  readonly existingFilesystem?: string;
  /** The disk whose backup the installer restores, if there are several (6.2 and later). */
  readonly backupDisk?: string;
  /** Whether the installer checks the packages' signatures (8.3). Default: yes. */
  readonly gpgCheck?: boolean | IResolvable;
  /** Whether the installer checks the repositories' signatures (8.3). Default: yes. */
  readonly repoGpgCheck?: boolean | IResolvable;
  /** Whether the installer checks signatures (8.0 to 8.2). Default: yes. */
  readonly netinstallGpgCheck?: boolean | IResolvable;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: AnswerfileHostConnection;
  /** As `root_password`, and neither in a plan nor in the state. From Terraform 1.11 and OpenTofu 1.11. Needs `root_password_wo_version`. */
  readonly rootPasswordWo?: string;
  /** Any text or number, kept in the state. `root_password_wo` is taken when this is another than before; until then what was written stays. */
  readonly rootPasswordWoVersion?: string;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: AnswerfileTimeouts;
}

const answerfileFields: Fields = {"server":"server","path":"path","target":"target","csp":"csp","mode":"mode","sources":["source",{"type":"type","address":"address","repoGpgCheck":"repo_gpg_check","gpgCheck":"gpg_check"},"blocks"],"driverSources":["driver_source",{"type":"type","address":"address"},"blocks"],"scripts":["script",{"stage":"stage","url":"url"},"blocks"],"confirm":"confirm","primaryDisk":["primary_disk",{"device":"device","softwareRaid":"software_raid","guestStorage":"guest_storage","srAtEnd":"sr_at_end","preserveFirstPartition":"preserve_first_partition","filesystem":"filesystem"},"block"],"guestDisks":"guest_disks","raid":["raid",{"device":"device","disks":"disks"},"blocks"],"initialPartitions":["initial_partition",{"number":"number","size":"size","id":"id"},"blocks"],"zapUtilityPartitions":"zap_utility_partitions","srType":"sr_type","adminInterface":["admin_interface",{"name":"name","mac":"mac","vlan":"vlan","ipv4":["ipv4",{"method":"method","address":"address","netmask":"netmask","gateway":"gateway"},"block"],"ipv6":["ipv6",{"method":"method","address":"address","gateway":"gateway"},"block"]},"block"],"rootPassword":"root_password","rootPasswordHash":"root_password_hash","rootPasswordInClear":"root_password_in_clear","nameServers":"name_servers","hostname":"hostname","timezone":"timezone","ntpSource":"ntp_source","ntpServers":"ntp_servers","keymap":"keymap","networkBackend":"network_backend","bootloader":"bootloader","bootloaderLocation":"bootloader_location","writeBootEntry":"write_boot_entry","services":"services","sshMode":"ssh_mode","driverVariants":"driver_variants","fcoeInterfaces":["fcoe_interface",{"name":"name","mac":"mac","dcb":"dcb"},"blocks"],"targetPlatform":"target_platform","existingInstallation":"existing_installation","existingFilesystem":"existing_filesystem","backupDisk":"backup_disk","gpgCheck":"gpg_check","repoGpgCheck":"repo_gpg_check","netinstallGpgCheck":"netinstall_gpg_check","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"rootPasswordWo":"root_password_wo","rootPasswordWoVersion":"root_password_wo_version","timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** An answerfile: the file that answers the questions of an unattended installation. csp writes it in the words of the version that it is for, checks it by every rule of that version's installer, and then puts it on a server as one file. */
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

  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The path of the file on the server. The installer fetches the file from the program that serves this folder. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** What the installer does. Default: `"fresh"`. */
  get mode(): string {
    return this.getStringAttribute("mode");
  }

  /** The type of the storage for guests; largeblock on XCP-ng 8.3 only. The default is ext on XCP-ng 8.3 and lvm on the others. */
  get srType(): string {
    return this.getStringAttribute("sr_type");
  }

  /** Root's password. csp writes only its hash (SHA-512) into the file. */
  get rootPassword(): string {
    return this.getStringAttribute("root_password");
  }

  /** The hash of root's password, as in /etc/shadow, in place of `rootPassword`. */
  get rootPasswordHash(): string {
    return this.getStringAttribute("root_password_hash");
  }

  /** The host's name. Default: localhost.localdomain, or the name that DHCP gives. */
  get hostname(): string {
    return this.getStringAttribute("hostname");
  }

  /** The time zone: `Europe/Berlin`. Required up to 6.1. Default from then on: Etc/UTC. */
  get timezone(): string {
    return this.getStringAttribute("timezone");
  }

  /** Where the host gets the time from (8.3 and later). */
  get ntpSource(): string {
    return this.getStringAttribute("ntp_source");
  }

  /** The keyboard layout. Default: `us`. */
  get keymap(): string {
    return this.getStringAttribute("keymap");
  }

  /** What connects guests to networks. A csp host needs `bridge`, which is then the default. */
  get networkBackend(): string {
    return this.getStringAttribute("network_backend");
  }

  /** The boot loader. 5.6 and 6.0: grub or extlinux; up to 6.5: extlinux; from then on: grub2. Default: the version's own. */
  get bootloader(): string {
    return this.getStringAttribute("bootloader");
  }

  /** Where the installer puts the boot loader. Default: mbr. */
  get bootloaderLocation(): string {
    return this.getStringAttribute("bootloader_location");
  }

  /** Whether the SSH server runs (XenServer 9). */
  get sshMode(): string {
    return this.getStringAttribute("ssh_mode");
  }

  /** The target platform (XenServer 8). */
  get targetPlatform(): string {
    return this.getStringAttribute("target_platform");
  }

  /** The disk with the installation to upgrade; on 5.6 and 6.0 also the one to reinstall. */
  get existingInstallation(): string {
    return this.getStringAttribute("existing_installation");
  }

  /** The file system of the root to upgrade (XenServer 9). */
  get existingFilesystem(): string {
    return this.getStringAttribute("existing_filesystem");
  }

  /** The disk whose backup the installer restores, if there are several (6.2 and later). */
  get backupDisk(): string {
    return this.getStringAttribute("backup_disk");
  }

  /** Any text or number, kept in the state. `root_password_wo` is taken when this is another than before; until then what was written stays. */
  get rootPasswordWoVersion(): string {
    return this.getStringAttribute("root_password_wo_version");
  }

  /** The published file. */
  get content(): string {
    return this.getStringAttribute("content");
  }

  /** The hash of root's password, as it is in the file. Its salt stays the same until the password changes. */
  get publishedPasswordHash(): string {
    return this.getStringAttribute("published_password_hash");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** The file's path on the new host. */
  readonly path: string;
  /** The file's text. */
  readonly content: string;
  /** The file's mode, as chmod takes it. Default: `"644"`. */
  readonly mode?: string;
}

export interface PostInstallHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface PostInstallHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  readonly server?: string;
  /** The path of the script on the server. The `scripts` of an answerfile name its URL. */
  readonly path: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** Whether the host is to be a csp host, whose guests are connected by the Linux bridge. csp then refuses what cannot become one. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** When the installer runs the script. Default: `"filesystem-populated"`. */
  readonly stage?: string;
  /** Makes the Linux bridge the host's network backend, if the answerfile did not. */
  readonly networkBackend?: string;
  /** Kernel settings that survive reboots. The script puts them into a file that this version reads last. For settings of the bridge, it also loads the module that they need. */
  readonly sysctls?: { readonly [key: string]: string } | IResolvable;
  /** Modules that the host loads at every boot. */
  readonly modules?: readonly string[];
  /** Public keys that may log in as root. */
  readonly authorizedKeys?: readonly string[];
  /** Files that the script puts on the host. */
  readonly files?: readonly (PostInstallFiles)[] | IResolvable;
  /** Puts csp's hook and an empty frame on the new host. Its first boot loads them: no guest can send or receive until a `Host` adopts the machine and policies are declared. Also sets the kernel settings of the bridge. Only for hosts with the Linux bridge. */
  readonly hook?: boolean | IResolvable;
  /** Scripts of supplemental packs (post-install.sh), as text. They get the argument that the installer gives, so choose the `stage` that they were written for. */
  readonly packScripts?: readonly string[];
  /** Your own shell lines, which run at the end. `$root` is the folder of the new root. */
  readonly script?: string;
  /** A whole script of your own, in place of all fields above. csp checks it and publishes it unchanged. */
  readonly content?: string;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: PostInstallHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: PostInstallTimeouts;
}

const postInstallFields: Fields = {"server":"server","path":"path","target":"target","csp":"csp","stage":"stage","networkBackend":"network_backend","sysctls":"sysctls","modules":"modules","authorizedKeys":"authorized_keys","files":["file",{"path":"path","content":"content","mode":"mode"},"blocks"],"hook":"hook","packScripts":"pack_scripts","script":"script","content":"content","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** A script that an installation runs. csp makes it from steps, for the version and the stage that will run it, or checks a script that you bring. The script writes what it did to /var/log/csp-post-install.log on the new host. */
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

  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The path of the script on the server. The `scripts` of an answerfile name its URL. */
  get path(): string {
    return this.getStringAttribute("path");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** When the installer runs the script. Default: `"filesystem-populated"`. */
  get stage(): string {
    return this.getStringAttribute("stage");
  }

  /** Makes the Linux bridge the host's network backend, if the answerfile did not. */
  get networkBackend(): string {
    return this.getStringAttribute("network_backend");
  }

  /** Your own shell lines, which run at the end. `$root` is the folder of the new root. */
  get script(): string {
    return this.getStringAttribute("script");
  }

  /** A whole script of your own, in place of all fields above. csp checks it and publishes it unchanged. */
  get content(): string {
    return this.getStringAttribute("content");
  }

  /** The published script, by path. */
  get published(): { [key: string]: string } {
    return this.getStringMapAttribute("published");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface NetworkBootHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
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
  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  readonly server?: string;
  /** The folder that TFTP (and HTTP, for iPXE) serves as its root. */
  readonly root: string;
  /** The MAC of the interface that the host boots from. */
  readonly mac: string;
  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  readonly target: string;
  /** Whether the host is to be a csp host, whose guests are connected by the Linux bridge. csp then refuses what cannot become one. Default: `true`. */
  readonly csp?: boolean | IResolvable;
  /** What the host's firmware loads: `pxelinux` (BIOS), `grub` (UEFI, from 7.0 on) and `ipxe`. */
  readonly loaders: readonly string[];
  /** The URL from which the installer fetches the answerfile. */
  readonly answerfile: string;
  /** Whether the installer reports on its console as text, line by line. Default: `false`. */
  readonly textStatus?: boolean | IResolvable;
  /** The interface that the installer uses to fetch the answerfile: `eth0` or a MAC. Default: `mac`. */
  readonly networkDevice?: string;
  /** How the installer configures this interface, from 6.0 on: `dhcp`, `dhcp:vlan=7` (from 7.1 on), `static:ip=ADDRESS;netmask=MASK;gateway=ADDRESS`. Default: dhcp. */
  readonly networkConfig?: string;
  /** The folder below `root` that has xen.gz, vmlinuz and install.img from the installation media. Default: `xcp-ng` or `xenserver`, as the version is. */
  readonly images?: string;
  /** The URL of `root` over HTTP. iPXE needs it. */
  readonly baseUrl?: string;
  /** The address at which hosts reach the TFTP server, for the output `dhcp`. Default: the DHCP server's own. */
  readonly tftpServer?: string;
  /** Xen's arguments, in place of those that the version has by default. */
  readonly xenArguments?: string;
  /** Additional arguments for the installer's kernel. */
  readonly kernelArguments?: readonly string[];
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: NetworkBootHostConnection;
  /** How long an operation may take before it is given up. Without it: as long as it takes. */
  readonly timeouts?: NetworkBootTimeouts;
}

const networkBootFields: Fields = {"server":"server","root":"root","mac":"mac","target":"target","csp":"csp","loaders":"loaders","answerfile":"answerfile","textStatus":"text_status","networkDevice":"network_device","networkConfig":"network_config","images":"images","baseUrl":"base_url","tftpServer":"tftp_server","xenArguments":"xen_arguments","kernelArguments":"kernel_arguments","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"],"timeouts":["timeouts",{"create":"create","read":"read","update":"update","delete":"delete"},"block"]};

/** What a host needs to boot from the network into its installer: the PXELINUX, GRUB and iPXE files that its MAC leads to, with the arguments that its version takes. You put the loaders and images (pxelinux.0, mboot.c32, grubx64.efi, xen.gz, vmlinuz, install.img) beside them. */
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

  /** The server that csp puts files on: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. `localhost` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export). Default: `"localhost"`. */
  get server(): string {
    return this.getStringAttribute("server");
  }

  /** The folder that TFTP (and HTTP, for iPXE) serves as its root. */
  get root(): string {
    return this.getStringAttribute("root");
  }

  /** The MAC of the interface that the host boots from. */
  get mac(): string {
    return this.getStringAttribute("mac");
  }

  /** The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** The URL from which the installer fetches the answerfile. */
  get answerfile(): string {
    return this.getStringAttribute("answerfile");
  }

  /** The interface that the installer uses to fetch the answerfile: `eth0` or a MAC. Default: `mac`. */
  get networkDevice(): string {
    return this.getStringAttribute("network_device");
  }

  /** How the installer configures this interface, from 6.0 on: `dhcp`, `dhcp:vlan=7` (from 7.1 on), `static:ip=ADDRESS;netmask=MASK;gateway=ADDRESS`. Default: dhcp. */
  get networkConfig(): string {
    return this.getStringAttribute("network_config");
  }

  /** The folder below `root` that has xen.gz, vmlinuz and install.img from the installation media. Default: `xcp-ng` or `xenserver`, as the version is. */
  get images(): string {
    return this.getStringAttribute("images");
  }

  /** The URL of `root` over HTTP. iPXE needs it. */
  get baseUrl(): string {
    return this.getStringAttribute("base_url");
  }

  /** The address at which hosts reach the TFTP server, for the output `dhcp`. Default: the DHCP server's own. */
  get tftpServer(): string {
    return this.getStringAttribute("tftp_server");
  }

  /** Xen's arguments, in place of those that the version has by default. */
  get xenArguments(): string {
    return this.getStringAttribute("xen_arguments");
  }

  /** The published files, by path. */
  get files(): { [key: string]: string } {
    return this.getStringMapAttribute("files");
  }

  /** What a DHCP server must tell this host: the server and the file to boot, by the kind of firmware that asks. */
  get dhcp(): IResolvable {
    return this.interpolationForAttribute("dhcp");
  }

  /** What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference. */
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
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DataCspHostHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DataCspHostHostConnectionInlineBastion;
}

export interface DataCspHostConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: DataCspHostHostConnection;
}

const dataCspHostFields: Fields = {"host":"host","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** What a host is: kernel, product, tools and their versions, network backend. Only reads from the host. */
export class DataCspHost extends TerraformDataSource {
  static readonly tfResourceType = "csp_host";
  private readonly config: DataCspHostConfig;

  constructor(scope: Construct, id: string, config: DataCspHostConfig) {
    super(scope, id, { terraformResourceType: "csp_host", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspHost", this.node.path, dataCspHostFields, config);
    this.config = config;
  }

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
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
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DataCspGuestsHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DataCspGuestsHostConnectionInlineBastion;
}

export interface DataCspGuestsConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: DataCspGuestsHostConnection;
}

const dataCspGuestsFields: Fields = {"host":"host","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** The running guests of a host and their ports. Only reads from the host. */
export class DataCspGuests extends TerraformDataSource {
  static readonly tfResourceType = "csp_guests";
  private readonly config: DataCspGuestsConfig;

  constructor(scope: Construct, id: string, config: DataCspGuestsConfig) {
    super(scope, id, { terraformResourceType: "csp_guests", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspGuests", this.node.path, dataCspGuestsFields, config);
    this.config = config;
  }

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
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
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGroupsIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: DataCspCompiledPolicyGroupsIngressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface DataCspCompiledPolicyGroupsEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGroupsEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: DataCspCompiledPolicyGroupsEgressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface DataCspCompiledPolicyGroups {
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (DataCspCompiledPolicyGroupsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (DataCspCompiledPolicyGroupsEgress | IResolvable)[] | IResolvable;
  /** Addresses of the group's members: what `group:NAME` means in other rules. In a HostPolicy, you need not declare the addresses of its own guests in the group. */
  readonly members?: readonly string[];
}

export interface DataCspCompiledPolicyGuestsInterfaces {
  /** The interface's device number: the n in vif<domid>.<n>. */
  readonly device: number;
  /** The guest's MAC address on this interface. */
  readonly mac: string;
  /** Addresses that the guest may use as its own, IPv4 and IPv6: it sends from them and receives what is for them. You need not declare the link-local address that is made from the MAC. */
  readonly addresses?: readonly string[];
  /** Whole ranges that the guest may use as its own, if it is meant to have all their addresses: "203.0.113.16/28", "2001:db8:0:7::/64". No other guest of the network can have an address in them. */
  readonly addressRanges?: readonly string[];
  /** The interface's port on the host, if its name is stable (`tap100i0` on Proxmox). If you leave it out, csp finds the port each time from the guest's identity. */
  readonly port?: string;
  /** What csp checks at layer 2. Default: `"strict"`. */
  readonly antiSpoofing?: string;
  /** The guest may be a DHCP and DHCPv6 client. Default: `true`. */
  readonly dhcp?: boolean | IResolvable;
  /** The guest may answer DHCP and DHCPv6 requests. Default: `false`. */
  readonly dhcpServer?: boolean | IResolvable;
  /** The guest is a router: it may send router advertisements, ICMP redirects, and what multicast routers send (queries to listeners, PIM hellos). Default: `false`. */
  readonly routerAdvertisements?: boolean | IResolvable;
  /** Ethertypes that the guest may send and receive besides IPv4, IPv6 and ARP: "0x8863". */
  readonly etherTypes?: readonly string[];
  /** VLANs (802.1Q ids) whose tagged Ethernet frames the guest may send and receive: a trunk. The guest's MAC, addresses and rules apply to the packets in them as to untagged packets. Default: no tagged Ethernet frames. */
  readonly vlans?: readonly (number)[] | IResolvable;
  /** The network that the interface is on. For the reader and for components. */
  readonly network?: string;
}

export interface DataCspCompiledPolicyGuestsIngressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGuestsIngress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: DataCspCompiledPolicyGuestsIngressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the sender: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly from?: readonly string[];
}

export interface DataCspCompiledPolicyGuestsEgressLimit {
  /** How many packets match per second, minute, hour or day: "60/minute". */
  readonly rate: string;
  /** How many packets may match before the rate applies. Default: `5`. */
  readonly burst?: number;
}

export interface DataCspCompiledPolicyGuestsEgress {
  /** The rule's name in its list. Previews, drift and errors use this name. */
  readonly name: string;
  /** For the reader. It has no effect on traffic. */
  readonly description?: string;
  /** What happens to a packet that matches. Default: `"allow"`. */
  readonly action?: string;
  /** Protocol name or number, or "any". "icmp" is IPv4 only, "icmpv6" IPv6 only. Default: `"any"`. */
  readonly protocol?: string;
  /** Destination ports and ranges: "22", "8000:8080". Default: every port. Only with tcp, udp, udplite, sctp and dccp. */
  readonly ports?: readonly string[];
  /** ICMP or ICMPv6 type, or type/code, as numbers: "8". Only with icmp and icmpv6. */
  readonly icmpType?: string;
  /** Connection states that the rule matches. Rarely needed, because packets of accepted connections pass before any rule. */
  readonly states?: readonly string[];
  /** A rule with a limit matches only while packets do not come faster than the limit. The next rules decide about the packets above it. */
  readonly limit?: DataCspCompiledPolicyGuestsEgressLimit | IResolvable;
  /** The rule matches only while one source address has at most this many connections. The next rules decide about further connections. */
  readonly maxConnections?: number;
  /** Log matching packets to the host's kernel log, at most 10 a minute for each rule. Default: `false`. */
  readonly log?: boolean | IResolvable;
  /** Who may be the receiver: CIDRs, "group:NAME", "set:NAME" (IPv4), "set6:NAME" (IPv6). Default: anyone. */
  readonly to?: readonly string[];
}

export interface DataCspCompiledPolicyGuests {
  /** The guest's UUID. */
  readonly uuid?: string;
  /** The guest's name on its host. No other guest of the host may have this name. */
  readonly name?: string;
  /** The guest's interfaces. */
  readonly interfaces: readonly (DataCspCompiledPolicyGuestsInterfaces | IResolvable)[] | IResolvable;
  /** What may reach the guest, in this order. The first rule that matches decides. csp drops what no rule allows. */
  readonly ingress?: readonly (DataCspCompiledPolicyGuestsIngress | IResolvable)[] | IResolvable;
  /** What the guest may send, in this order. The first rule that matches decides. If no rule matches, `egressDefault` decides. */
  readonly egress?: readonly (DataCspCompiledPolicyGuestsEgress | IResolvable)[] | IResolvable;
  /** What happens to a packet that the guest sends if no egress rule matches it. Default: `"allow"`. */
  readonly egressDefault?: string;
  /** What happens to the guest's IPv6. Default: `"filter"`. */
  readonly ipv6?: string;
  /** Whether the rules act or only report. Anti-spoofing acts in both. Default: `"enforce"`. */
  readonly enforce?: string;
  /** Names of the groups that the guest is in. Their rules come after the guest's own rules, in this order. */
  readonly groups?: readonly string[];
}

export interface DataCspCompiledPolicyConfig extends TerraformMetaArguments {
  /** The policy's name. It tells several policies of one host apart. Default: `"guests"`. */
  readonly name?: string;
  /** Security groups by name. */
  readonly groups?: { readonly [key: string]: DataCspCompiledPolicyGroups | IResolvable } | IResolvable;
  /** Guests by a key that you choose, each with its UUID. */
  readonly guests?: { readonly [key: string]: DataCspCompiledPolicyGuests | IResolvable } | IResolvable;
}

const dataCspCompiledPolicyFields: Fields = {"name":"name","groups":["groups",{"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"members":"members"},"map"],"guests":["guests",{"uuid":"uuid","name":"name","interfaces":["interfaces",{"device":"device","mac":"mac","addresses":"addresses","addressRanges":"address_ranges","port":"port","antiSpoofing":"anti_spoofing","dhcp":"dhcp","dhcpServer":"dhcp_server","routerAdvertisements":"router_advertisements","etherTypes":"ether_types","vlans":"vlans","network":"network"},"list"],"ingress":["ingress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","from":"from"},"list"],"egress":["egress",{"name":"name","description":"description","action":"action","protocol":"protocol","ports":"ports","icmpType":"icmp_type","states":"states","limit":["limit",{"rate":"rate","burst":"burst"},"object"],"maxConnections":"max_connections","log":"log","to":"to"},"list"],"egressDefault":"egress_default","ipv6":"ipv6","enforce":"enforce","groups":"groups"},"map"]};

/** What a policy becomes in the kernel: the chains of its guests and groups in each tool's own words, and its sets. csp asks no host for it. The rules that lead from a host's ports to these chains depend on the ports and are not part of the result. */
export class DataCspCompiledPolicy extends TerraformDataSource {
  static readonly tfResourceType = "csp_compiled_policy";
  private readonly config: DataCspCompiledPolicyConfig;

  constructor(scope: Construct, id: string, config: DataCspCompiledPolicyConfig) {
    super(scope, id, { terraformResourceType: "csp_compiled_policy", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspCompiledPolicy", this.node.path, dataCspCompiledPolicyFields, config);
    this.config = config;
  }

  /** The policy's name. It tells several policies of one host apart. Default: `"guests"`. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  /** The chains, as input for `iptables-restore --noflush`. */
  get iptables(): string {
    return this.getStringAttribute("iptables");
  }

  /** The chains, as input for `ip6tables-restore --noflush`. */
  get ip6tables(): string {
    return this.getStringAttribute("ip6tables");
  }

  /** The chains, as input for `ebtables-restore --noflush`. */
  get ebtables(): string {
    return this.getStringAttribute("ebtables");
  }

  /** The chains as arguments of arptables, one command on each line, because this tool has no restore. */
  get arptables(): string {
    return this.getStringAttribute("arptables");
  }

  /** The sets, as input for `ipset restore`. */
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
  /** The guest: its UUID or its name. Give exactly one of `guest` and `port`. */
  readonly guest?: string;
  /** The device number of the guest's interface. Default: `0`. */
  readonly device?: number;
  /** A port of the host's bridge: an uplink ("eth0") or a guest's port. */
  readonly port?: string;
}

export interface DataCspPacketVerdictTo {
  /** The guest: its UUID or its name. Give exactly one of `guest` and `port`. */
  readonly guest?: string;
  /** The device number of the guest's interface. Default: `0`. */
  readonly device?: number;
  /** A port of the host's bridge: an uplink ("eth0") or a guest's port. */
  readonly port?: string;
}

export interface DataCspPacketVerdictHostConnectionInlineBastion {
  /** Host name or IP address of the host's SSH server. */
  readonly address: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
}

export interface DataCspPacketVerdictHostConnection {
  /** Host name or IP address of the host's SSH server. */
  readonly address?: string;
  /** TCP port of the SSH server. Default 22. */
  readonly port?: number;
  /** Login user. A user other than root runs commands through sudo. Default "root". */
  readonly user?: string;
  /** Text of the private key to log in with (OpenSSH or PEM). csp tries no other key. */
  readonly privateKey?: string;
  /** Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519". */
  readonly privateKeyFile?: string;
  /** Passphrase of the private key. */
  readonly privateKeyPassword?: string;
  /** Password of the login user. csp also gives it if the host asks for it interactively (PAM). */
  readonly password?: string;
  /** Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK. */
  readonly agentSocketPath?: string;
  /** Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys. */
  readonly agentPublicKey?: string;
  /** Password that sudo asks the login user for. Leave it out if sudo asks for none. */
  readonly sudoPassword?: string;
  /** The host's public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin. */
  readonly hostKey?: string;
  /** Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false. */
  readonly legacyAlgorithms?: boolean | IResolvable;
  /** Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach. */
  readonly insecureIgnoreHostKey?: boolean | IResolvable;
  /** How often csp tries to reach a host, with growing, random pauses between the attempts. Default 10. */
  readonly dialAttempts?: number;
  /** How many seconds one attempt may take, login included. Default 15. */
  readonly dialTimeoutSeconds?: number;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly bastion?: string;
  /** The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own. Either `bastion` or `inline_bastion`. */
  readonly inlineBastion?: DataCspPacketVerdictHostConnectionInlineBastion;
}

export interface DataCspPacketVerdictConfig extends TerraformMetaArguments {
  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  readonly host: string;
  /** Where the packet enters the bridge. */
  readonly from: DataCspPacketVerdictFrom;
  /** Where the packet leaves the bridge. */
  readonly to: DataCspPacketVerdictTo;
  /** Protocol name or number, "arp", or the ethertype of any other Ethernet frame ("0x88cc"). Default: `"tcp"`. */
  readonly protocol?: string;
  /** The sender's address; for ARP, the address that the message gives for the sender. It also says whether the packet is IPv4 or IPv6. */
  readonly source?: string;
  /** The receiver's address; for ARP, the address that the sender asks for. */
  readonly target?: string;
  /** The source port. Default: one of the ports that systems choose for themselves. */
  readonly sourcePort?: number;
  /** The destination port. Required for protocols that have ports. */
  readonly targetPort?: number;
  /** ICMP or ICMPv6 type, or type/code. Default: an echo request. */
  readonly icmpType?: string;
  /** The state that connection tracking gives to the packet. Default: `"new"`. */
  readonly state?: string;
  /** TTL or hop limit. Default: what such a packet usually has: 255 for neighbour discovery, 1 for listener reports, 64 for all others. */
  readonly hopLimit?: number;
  /** The length of the IP packet in bytes. Default: `100`. */
  readonly length?: number;
  /** The VLAN of the packet's 802.1Q tag. Default: the packet has no tag. */
  readonly vlan?: number;
  /** The packet's source MAC. Default: the guest's own. */
  readonly sourceMac?: string;
  /** The packet's destination MAC. Default: the guest's own; for an ARP request, the broadcast address. */
  readonly targetMac?: string;
  /** Whether an ARP message is a request or a reply. Default: `"request"`. */
  readonly arpOperation?: string;
  /** The sender's MAC in an ARP message. Default: `sourceMac`. */
  readonly arpSenderMac?: string;
  /** Which rules csp evaluates. Default: `"kernel"`. */
  readonly rules?: string;
  /** How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not. */
  readonly hostConnection?: DataCspPacketVerdictHostConnection;
}

const dataCspPacketVerdictFields: Fields = {"host":"host","from":["from",{"guest":"guest","device":"device","port":"port"},"block"],"to":["to",{"guest":"guest","device":"device","port":"port"},"block"],"protocol":"protocol","source":"source","target":"target","sourcePort":"source_port","targetPort":"target_port","icmpType":"icmp_type","state":"state","hopLimit":"hop_limit","length":"length","vlan":"vlan","sourceMac":"source_mac","targetMac":"target_mac","arpOperation":"arp_operation","arpSenderMac":"arp_sender_mac","rules":"rules","hostConnection":["host_connection",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds","bastion":"bastion","inlineBastion":["inline_bastion",{"address":"address","port":"port","user":"user","privateKey":"private_key","privateKeyFile":"private_key_file","privateKeyPassword":"private_key_password","password":"password","agentSocketPath":"agent_socket_path","agentPublicKey":"agent_public_key","sudoPassword":"sudo_password","hostKey":"host_key","legacyAlgorithms":"legacy_algorithms","insecureIgnoreHostKey":"insecure_ignore_host_key","dialAttempts":"dial_attempts","dialTimeoutSeconds":"dial_timeout_seconds"},"block"]},"block"]};

/** What a host's firewall does with one bridged packet: the verdict and the rule that decided, layer by layer. csp sends nothing and changes nothing. It assumes that no rate is exceeded and that no limit of connections is reached. If there are rules on the packet's way that csp cannot read (in nft's own tables, or in the other backend of the tools), the result is undecided and names them. */
export class DataCspPacketVerdict extends TerraformDataSource {
  static readonly tfResourceType = "csp_packet_verdict";
  private readonly config: DataCspPacketVerdictConfig;

  constructor(scope: Construct, id: string, config: DataCspPacketVerdictConfig) {
    super(scope, id, { terraformResourceType: "csp_packet_verdict", terraformGeneratorMetadata: METADATA, ...config });
    checkFields("DataCspPacketVerdict", this.node.path, dataCspPacketVerdictFields, config);
    this.config = config;
  }

  /** The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config. */
  get host(): string {
    return this.getStringAttribute("host");
  }

  /** Protocol name or number, "arp", or the ethertype of any other Ethernet frame ("0x88cc"). Default: `"tcp"`. */
  get protocol(): string {
    return this.getStringAttribute("protocol");
  }

  /** The sender's address; for ARP, the address that the message gives for the sender. It also says whether the packet is IPv4 or IPv6. */
  get source(): string {
    return this.getStringAttribute("source");
  }

  /** The receiver's address; for ARP, the address that the sender asks for. */
  get target(): string {
    return this.getStringAttribute("target");
  }

  /** The source port. Default: one of the ports that systems choose for themselves. */
  get sourcePort(): number {
    return this.getNumberAttribute("source_port");
  }

  /** The destination port. Required for protocols that have ports. */
  get targetPort(): number {
    return this.getNumberAttribute("target_port");
  }

  /** ICMP or ICMPv6 type, or type/code. Default: an echo request. */
  get icmpType(): string {
    return this.getStringAttribute("icmp_type");
  }

  /** The state that connection tracking gives to the packet. Default: `"new"`. */
  get state(): string {
    return this.getStringAttribute("state");
  }

  /** TTL or hop limit. Default: what such a packet usually has: 255 for neighbour discovery, 1 for listener reports, 64 for all others. */
  get hopLimit(): number {
    return this.getNumberAttribute("hop_limit");
  }

  /** The length of the IP packet in bytes. Default: `100`. */
  get length(): number {
    return this.getNumberAttribute("length");
  }

  /** The VLAN of the packet's 802.1Q tag. Default: the packet has no tag. */
  get vlan(): number {
    return this.getNumberAttribute("vlan");
  }

  /** The packet's source MAC. Default: the guest's own. */
  get sourceMac(): string {
    return this.getStringAttribute("source_mac");
  }

  /** The packet's destination MAC. Default: the guest's own; for an ARP request, the broadcast address. */
  get targetMac(): string {
    return this.getStringAttribute("target_mac");
  }

  /** Whether an ARP message is a request or a reply. Default: `"request"`. */
  get arpOperation(): string {
    return this.getStringAttribute("arp_operation");
  }

  /** The sender's MAC in an ARP message. Default: `sourceMac`. */
  get arpSenderMac(): string {
    return this.getStringAttribute("arp_sender_mac");
  }

  /** Which rules csp evaluates. Default: `"kernel"`. */
  get rules(): string {
    return this.getStringAttribute("rules");
  }

  /** What happens to the packet. undecided: a rule on its way asks for something that csp cannot know. */
  get verdict(): string {
    return this.getStringAttribute("verdict");
  }

  /** The same in one sentence. */
  get reason(): string {
    return this.getStringAttribute("reason");
  }

  /** The rule that decided. Absent if none did. */
  get decidedBy(): IResolvable {
    return this.interpolationForAttribute("decided_by");
  }

  /** The layers that the packet passed, in order. */
  get layers(): IResolvable {
    return this.interpolationForAttribute("layers");
  }

  /** Rules of others on the packet's way that csp does not read, one sentence each. csp does not know what they do with the packet. */
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

import { installServerErrors } from "./errors";

/**
 * What an install server contains for a rack: one repository, one stage script, and for each host its answerfile and boot files, with the paths
 * and addresses by which they refer to each other. Pure, and the same behind every door.
 */
export interface InstallServerDeclaration<Answers, Host extends { readonly mac: unknown }> {
  /** The server: a key of `hosts`, an alias, or "localhost". Default: localhost. */
  readonly server?: string;
  /** The folder on the server that HTTP serves as its root: an absolute path. */
  readonly root: string;
  /** The address of that folder for the hosts that are installed: "http://192.0.2.10". */
  readonly url: string;
  /** The folder that TFTP serves as its root. Default: "tftp" in `root`. */
  readonly tftpRoot?: string;
  /** The release that is installed, as `csp lint` writes it: "5.6", "8.3", "xs8". */
  readonly target: string;
  /** The installation media: a folder, an ISO or an archive on this machine. */
  readonly base: string;
  /** Supplemental packs, in the order in which they are installed. */
  readonly packs?: readonly string[];
  /** A stage script made of these steps. You do not give its path, server and target. */
  readonly postInstall?: object;
  /** A stage script that a pack brings along, by its path in the repository: "post-install.sh". It runs when the installation is complete. */
  readonly packScript?: string;
  /** Answers that all hosts share. */
  readonly answers?: Answers;
  /** Hosts by name, each with its MAC to boot from and its own answers; these come before the shared ones. */
  readonly hosts: Readonly<Record<string, Host>>;
  /** How hosts' firmware boots. Default: PXELINUX, as BIOS does. */
  readonly loaders?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

export interface InstallServerPlan {
  readonly repository: Fields;
  readonly postInstall: Fields | undefined;
  /** By host. */
  readonly answerfiles: Readonly<Record<string, Fields>>;
  /** By host. */
  readonly boots: Readonly<Record<string, Fields>>;
}

/** Throws the first of {@link installServerErrors} that it finds. */
export function planInstallServer<Answers extends object, Host extends { readonly mac: unknown }>(
  name: string,
  declaration: InstallServerDeclaration<Answers, Host>,
): InstallServerPlan {
  const { server = "localhost", target, base, packs = [], postInstall, packScript, answers, hosts, loaders = ["pxelinux"] } = declaration;
  const [root, url] = [declaration.root, declaration.url].map((text) => text.replace(/\/+$/, ""));
  if (postInstall !== undefined && packScript !== undefined) throw installServerErrors.twoScripts(name);
  for (const host of Object.keys(hosts))
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(host)) throw installServerErrors.hostName(name, host);
  const macs = new Map<string, string>();
  for (const [host, { mac }] of Object.entries(hosts)) {
    if (typeof mac !== "string") continue;
    const spelt = mac.toLowerCase().replaceAll("-", ":");
    const other = macs.get(spelt);
    if (other !== undefined) throw installServerErrors.macTwice(name, host, mac, other);
    macs.set(spelt, host);
  }

  const on = { server, target };
  const tree = "repository";
  const script = postInstall === undefined ? undefined : `scripts/${name}.sh`;
  const scripts =
    packScript !== undefined
      ? [{ stage: "installation-complete", url: `${url}/${tree}/${packScript}` }]
      : script !== undefined
        ? [{ stage: stageOf(postInstall), url: `${url}/${script}` }]
        : [];
  const answerfile = (host: string) => `answers/${host}.xml`;
  return {
    repository: { ...on, path: `${root}/${tree}`, base, packs, urls: [`${url}/${tree}`] },
    postInstall: script === undefined ? undefined : { ...postInstall, ...on, path: `${root}/${script}` },
    answerfiles: byHost(hosts, (host, { mac: _, ...own }) => ({
      sources: [{ type: "url", address: `${url}/${tree}` }],
      scripts,
      hostname: host,
      ...answers,
      ...own,
      ...on,
      path: `${root}/${answerfile(host)}`,
    })),
    boots: byHost(hosts, (host, { mac }) => ({
      ...on,
      root: declaration.tftpRoot ?? `${root}/tftp`,
      mac,
      loaders,
      answerfile: `${url}/${answerfile(host)}`,
    })),
  };
}

/** The stage of a PostInstall, or its default (provider/install/post-install). */
function stageOf(postInstall: object | undefined): unknown {
  return (postInstall as { readonly stage?: unknown } | undefined)?.stage ?? "filesystem-populated";
}

function byHost<Host>(hosts: Readonly<Record<string, Host>>, make: (name: string, host: Host) => Fields): Record<string, Fields> {
  return Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, make(name, host)]));
}

import * as pulumi from "@pulumi/pulumi";
import { Answerfile, type AnswerfileArgs } from "../sdk/nodejs/install/answerfile";
import { NetworkBoot, type NetworkBootArgs } from "../sdk/nodejs/install/networkBoot";
import { PostInstall, type PostInstallArgs } from "../sdk/nodejs/install/postInstall";
import { Repository, type RepositoryArgs } from "../sdk/nodejs/install/repository";
import type { enums } from "../sdk/nodejs/types";
import { type InstallServerDeclaration, planInstallServer } from "./install-server-plan";

/** The fields of an answerfile, without those that the component sets. */
export type InstallServerAnswers = Partial<Omit<AnswerfileArgs, "server" | "path" | "target" | "connection">>;

/** A host's own answers, and the MAC of the interface that it boots from. */
export interface InstallServerHost extends InstallServerAnswers {
  mac: pulumi.Input<string>;
}

export interface InstallServerArgs
  extends Pick<
    InstallServerDeclaration<InstallServerAnswers, InstallServerHost>,
    "server" | "root" | "url" | "tftpRoot" | "base" | "packScript"
  > {
  /** The release that is installed. */
  target: enums.install.Target;
  /** Supplemental packs, in the order in which they are installed. */
  packs?: string[];
  /** A stage script made of these steps. */
  postInstall?: Omit<PostInstallArgs, "server" | "path" | "target" | "connection">;
  /** Answers that all hosts share. */
  answers?: InstallServerAnswers;
  /** Hosts by name, each with its own answers; these come before the shared ones. */
  hosts: Record<string, InstallServerHost>;
  /** How hosts' firmware boots. Default: PXELINUX, as BIOS does. */
  loaders?: enums.install.Loader[];
}

/**
 * What a rack is installed from: a Repository, a PostInstall if there are steps for one, and an Answerfile and a NetworkBoot for each host. They
 * refer to each other by paths below `root` and addresses below `url`. A host's boot files are published last, when everything else is there.
 *
 * @example
 * new csp.InstallServer("rack-1", {
 *   server: "boot-01",
 *   root: "/srv/www",
 *   url: "http://192.0.2.10",
 *   target: "5.6",
 *   base: "media/XenServer-5.6.100-SP2",
 *   packs: ["media/xenserver-cloud-supp.tgz"],
 *   packScript: "post-install.sh",
 *   answers: { primaryDisk: { device: "sda" }, timezone: "Etc/UTC", rootPassword: config.requireSecret("rootPassword") },
 *   hosts: {
 *     "hv-01": { mac: "00:16:3e:00:00:01", adminInterface: { mac: "00:16:3e:00:00:01", ipv4: { method: "dhcp" } } },
 *   },
 * });
 */
export class InstallServer extends pulumi.ComponentResource {
  readonly repository: Repository;
  readonly postInstall: PostInstall | undefined;
  /** By host. */
  readonly answerfiles: Readonly<Record<string, Answerfile>>;
  /** By host. */
  readonly boots: Readonly<Record<string, NetworkBoot>>;

  /** Throws a CspError, before anything is registered, if the hosts contradict each other. */
  constructor(name: string, args: InstallServerArgs, options?: pulumi.ComponentResourceOptions) {
    const plan = planInstallServer(name, args);
    super("csp:components:InstallServer", name, {}, options);
    const parent = { parent: this };
    this.repository = new Repository(name, plan.repository as unknown as RepositoryArgs, parent);
    this.postInstall =
      plan.postInstall === undefined ? undefined : new PostInstall(name, plan.postInstall as unknown as PostInstallArgs, parent);
    const before = [this.repository, ...(this.postInstall === undefined ? [] : [this.postInstall])];
    this.answerfiles = Object.fromEntries(
      Object.entries(plan.answerfiles).map(([host, answers]) => [
        host,
        new Answerfile(`${name}-${host}`, answers as unknown as AnswerfileArgs, { parent: this, dependsOn: before }),
      ]),
    );
    this.boots = Object.fromEntries(
      Object.entries(plan.boots).map(([host, boot]) => {
        const answerfile = this.answerfiles[host];
        return [
          host,
          new NetworkBoot(`${name}-${host}`, boot as unknown as NetworkBootArgs, {
            parent: this,
            dependsOn: answerfile === undefined ? before : [answerfile],
          }),
        ];
      }),
    );
    this.registerOutputs({});
  }
}

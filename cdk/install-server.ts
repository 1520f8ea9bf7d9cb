import { Construct } from "constructs";
import { type InstallServerDeclaration, planInstallServer } from "../components/install-server-plan";
import {
  Answerfile,
  type AnswerfileConfig,
  InstallRepository,
  type InstallRepositoryConfig,
  NetworkBoot,
  type NetworkBootConfig,
  PostInstall,
  type PostInstallConfig,
} from "./bindings";

/** The fields of an answerfile, without those that the construct sets. */
export type InstallServerAnswers = Partial<Omit<AnswerfileConfig, "server" | "path" | "target" | "hostConnection">>;

/** A host's own answers, and the MAC of the interface that it boots from. */
export interface InstallServerHost extends InstallServerAnswers {
  readonly mac: string;
}

export interface InstallServerConfig extends InstallServerDeclaration<InstallServerAnswers, InstallServerHost> {
  /** A stage script made of these steps. */
  readonly postInstall?: Omit<PostInstallConfig, "server" | "path" | "target" | "hostConnection">;
}

/**
 * What a rack is installed from: a repository, a stage script if there are steps for one, and an answerfile and boot files for each host. It uses
 * the same plan as the Pulumi component of this name. A host's boot files are published last, when everything else is there.
 */
export class InstallServer extends Construct {
  readonly repository: InstallRepository;
  readonly postInstall: PostInstall | undefined;
  /** By host. */
  readonly answerfiles: Readonly<Record<string, Answerfile>>;
  /** By host. */
  readonly boots: Readonly<Record<string, NetworkBoot>>;

  /** Throws a CspError if the hosts contradict each other. */
  constructor(scope: Construct, id: string, config: InstallServerConfig) {
    super(scope, id);
    const plan = planInstallServer(id, config);
    this.repository = new InstallRepository(this, "repository", plan.repository as unknown as InstallRepositoryConfig);
    this.postInstall =
      plan.postInstall === undefined ? undefined : new PostInstall(this, "post-install", plan.postInstall as unknown as PostInstallConfig);
    const before = [this.repository, ...(this.postInstall === undefined ? [] : [this.postInstall])];
    const answerfiles: Record<string, Answerfile> = {};
    const boots: Record<string, NetworkBoot> = {};
    for (const [host, answers] of Object.entries(plan.answerfiles)) {
      const answerfile = new Answerfile(this, `${host}-answers`, { ...(answers as unknown as AnswerfileConfig), dependsOn: before });
      answerfiles[host] = answerfile;
      boots[host] = new NetworkBoot(this, `${host}-boot`, {
        ...(plan.boots[host] as unknown as NetworkBootConfig),
        dependsOn: [answerfile],
      });
    }
    this.answerfiles = answerfiles;
    this.boots = boots;
  }
}

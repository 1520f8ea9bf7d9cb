import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { connectionOf, type HostConnectionSources } from "./host-connection";
import { planCommand } from "./host-connection-plan";

export interface HostCommandArgs extends HostConnectionSources {
  /** The host's name in the inventory. */
  host: pulumi.Input<string>;
  /** What `sh` runs on the host, as root: by `sudo -n` where the login user is another. */
  command: pulumi.Input<string>;
  /** What the command reads from its standard input: the place for secrets, which other users of the host could see in a command line. */
  stdin?: pulumi.Input<string>;
  /** The command is run again when one of these changes. */
  triggers?: pulumi.Input<unknown>[];
}

/**
 * What changes how a host is reached, or how a command is wrapped for it, runs nothing again. @pulumi/command runs a command anew at any
 * change of its inputs: a new key would restart every toolstack. What is to do so is a trigger, and a trigger replaces the resource, for
 * which the engine takes all inputs as they are now.
 */
const NO_REASON_TO_RUN = ["connection", "create", "stdin"];

/**
 * One command, run once on a host that csp reaches: when it is declared, and again when its text, its input, its host or a trigger changes.
 *
 * It is no state of the host: nobody looks whether what it did is still so, a preview says that it will run and not what it will do, and
 * nothing is undone when it is taken away.
 *
 * @example
 * new HostCommand("restart-toolstack", {
 *   host: "hv-01",
 *   command: "xe-toolstack-restart",
 *   triggers: [xapiSettings.version],
 * });
 */
export class HostCommand extends pulumi.ComponentResource {
  /** What it printed, without the last line's end. In the state as it is: no place for secrets. */
  readonly stdout: pulumi.Output<string>;
  readonly stderr: pulumi.Output<string>;

  /** Throws a CspError, before anything is registered, when the host cannot be reached as @pulumi/command reaches hosts. */
  constructor(
    name: string,
    { host, command, stdin, triggers = [], ...sources }: HostCommandArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    const connection = connectionOf(host, sources);
    super("csp:components:HostCommand", name, {}, options);
    // A user's name is no secret, and the preview shows the command.
    const user = pulumi.unsecret(connection).apply((known) => known.user);
    const ran = new remote.Command(
      name,
      {
        connection,
        create: pulumi.all([user, command]).apply(([login, text]) => planCommand(login, text)),
        ...(stdin === undefined ? {} : { stdin }),
        triggers: [host, command, stdin ?? "", ...triggers],
      },
      { parent: this, ignoreChanges: NO_REASON_TO_RUN },
    );
    this.stdout = ran.stdout;
    this.stderr = ran.stderr;
    this.registerOutputs({ stdout: this.stdout, stderr: this.stderr });
  }
}

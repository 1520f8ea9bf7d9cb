/** `csp-iac/command`: an entry of its own, since it needs @pulumi/command, which the rest does not. */
export { HostCommand, type HostCommandArgs } from "./host-command";
export { connectionOf, type HostConnectionSources } from "./host-connection";

import { posix } from "node:path";
import type { z } from "zod";
import type { Life, PartiallyKnown, Report } from "../../core/define";
import { holdsUnknown } from "../../core/validate";
import { leaveFirstBoot } from "../../host/adopt/first-boot";
import { BRIDGE_SYSCTLS } from "../../host/remote/sysctls";
import { lintPostInstall } from "../../install/post-install/lint";
import { postInstallScript } from "../../install/post-install/script";
import { atLeast, isTarget, isXcpNg, type Target } from "../../install/targets";
import { hostInputs } from "../host/fields";
import { splitId } from "../shared/identity";
import { published } from "../shared/published";
import type { postInstallInputs, postInstallOutputs } from "./fields";

type Inputs = z.output<typeof postInstallInputs>;

function scriptOf({ hook, ...inputs }: Inputs): string {
  return inputs.content ?? postInstallScript({ ...inputs, ...(hook === true ? { hook: hookFor(inputs.target) } : {}) });
}

/** What calls the hook on this version (host/look/callers.ts); and XCP-ng 8's 90-net.conf, without which the sysctls are the kernel's own 1. */
function hookFor(target: Target): string {
  return leaveFirstBoot({
    callers: [atLeast(target, "6.0") ? "xapi" : "udev", atLeast(target, "7.0") ? "systemd" : "sysv"],
    guestPorts: hostInputs.shape.guestPorts.parse(undefined),
    sysctls: isXcpNg(target) && atLeast(target, "8.0") ? Object.fromEntries(BRIDGE_SYSCTLS.map((key) => [key, "0"])) : {},
  });
}

function findings(inputs: Inputs) {
  const { target, csp, stage } = inputs;
  return lintPostInstall(Buffer.from(scriptOf(inputs)), { target, csp, stage });
}

const STEPS = ["networkBackend", "sysctls", "modules", "authorizedKeys", "files", "hook", "packScripts", "script"] as const;

/** Both a script of one's own and steps; and what its rules refuse. */
export function check(inputs: PartiallyKnown, report: Report): void {
  if (inputs.content !== undefined) {
    for (const step of STEPS) {
      const value = inputs[step];
      if (value !== undefined && value !== false && (typeof value !== "object" || Object.keys(value).length > 0))
        report(
          [step],
          "there is a whole script in `content`, beside which no steps are made",
          "put it into that script, or leave `content` out",
        );
    }
  }
  if (inputs.hook === true && inputs.csp !== true && inputs.target === "xs9")
    report(
      ["hook"],
      "XenServer 9 has Open vSwitch only: no hook follows its guests",
      "leave `hook` out, or install XCP-ng 8.3 or XenServer 8",
    );
  if (inputs.csp === true && inputs.target === "xs9")
    report(
      ["target"],
      "XenServer 9 has Open vSwitch only: it cannot be a csp host",
      "install XCP-ng 8.3 or XenServer 8, or set `csp: false`",
    );
  else if (isTarget(inputs.target) && !holdsUnknown(inputs)) {
    for (const { severity, message, remedy } of findings(inputs))
      if (severity === "error") report([inputs.content === undefined ? "script" : "content"], message, remedy);
  }
}

export const life = published<typeof postInstallInputs, typeof postInstallOutputs>({
  id: ({ server, path }) => `${server}${path}`,
  place: (id) => {
    const { host, rest } = splitId(id) ?? { host: "", rest: "" };
    const path = posix.join("/", rest);
    return { server: host, record: posix.join(posix.dirname(path), `.${posix.basename(path)}.csp`), paths: [path] };
  },
  files: (inputs) => new Map([[inputs.path, { content: scriptOf(inputs) }]]),
  output: "published",
  findings,
}) satisfies Life<typeof postInstallInputs, typeof postInstallOutputs>;

import type { HostFacts } from "../../provider/host/look/facts";
import type { Snapshot } from "../../provider/host/look/snapshot";
import { sumOf } from "../../provider/host/records/sums";
import type { Host } from "../../provider/host/session/host";
import type { Hosts } from "../../provider/host/session/hosts";
import type { Context } from "../../provider/host/session/task";
import { DesiredHost } from "../../provider/host/state/desired";
import type { Change, Outcome } from "../../provider/host/transaction/transaction";
import { carryOut, DIALECT, lookAt, type ModelHost } from "./model";

/** A session with a model of a host: changes are carried out on maps; scripts are logged and not run. */
export class ModelSession implements Host {
  readonly name = "hv-01";
  /** The purposes of all scripts, and all changes. */
  readonly log: string[] = [];
  /** What a snapshot contains besides: failures of the hook, sysctls. */
  found: Partial<Snapshot> = {};
  private last: { readonly model: ModelHost; readonly found: Partial<Snapshot>; readonly snapshot: Snapshot } | undefined;

  constructor(public model: ModelHost) {}

  async facts(): Promise<HostFacts> {
    return {
      plane: "xtables",
      hostname: "hv-01",
      kernel: "6.1.0",
      product: "Debian GNU/Linux 12 (bookworm)",
      brand: "Debian GNU/Linux",
      version: "12",
      installation: "b08dfa6083e7567a1921a715000001fb",
      boot: "the-boot",
      firstBootOver: true,
      packs: [],
      kernelFlavour: "standard",
      networkBackend: "bridge",
      nextBackend: "bridge",
      switchesBackend: false,
      tools: { iptables: "iptables v1.8.9 (nf_tables)", ebtables: "1.8.9", ipset: "7.17" },
      dialect: this.model.dialect,
      bridges: { learnsLinkLocal: false, forwardsLinkLocal: true, rawBeforeDefrag: true },
      callers: ["udev", "systemd"],
    };
  }

  look(): Promise<HostFacts> {
    return this.facts();
  }

  forget(): void {}

  async snapshot(): Promise<Snapshot> {
    const { model, found } = this;
    if (this.last?.model !== model || this.last.found !== found) this.last = { model, found, snapshot: { ...lookAt(model), ...found } };
    return this.last.snapshot;
  }

  async apply({ subject, edits, confirm }: Change): Promise<Outcome> {
    const snapshot = await this.snapshot();
    const desired = new DesiredHost(this.name, await this.facts(), snapshot);
    for (const edit of edits(snapshot)) desired.edit(edit);
    this.model = carryOut(this.model, desired.plan());
    this.log.push(`change ${subject}${confirm ? ", to be confirmed" : ""}`);
    return { together: 1, transaction: this.log.length, snapshot: await this.snapshot() };
  }

  expect(): () => void {
    return () => {};
  }

  async readState(path: string): Promise<string | undefined> {
    return this.model.files.get(path);
  }

  async ask(script: string, purpose: string): Promise<string> {
    if (purpose === "asking where csp comes from") return "192.0.2.10 50000 192.0.2.1 22\n";
    this.log.push(`ask ${purpose} ${sumOf(script).slice(0, 8)}`);
    return "";
  }

  async run(script: string, purpose: string): Promise<string> {
    if (purpose === "reading the guests' records")
      return [...this.model.files]
        .filter(([path]) => path.startsWith("guests/"))
        .flatMap(([, text]) => text.split("\n").filter((line) => /^(uuid|declaration) /.test(line)))
        .map((line) => `${line}\n`)
        .join("");
    this.log.push(`run ${purpose} ${sumOf(script).slice(0, 8)}`);
    return "";
  }

  start(): Promise<never> {
    throw new Error("a model streams nothing");
  }

  close(): void {}
}

/** Everything a test of a resource's life looks at. */
export interface ModelTask {
  readonly session: ModelSession;
  readonly context: Context;
  readonly warnings: string[];
}

export function modelTask(model: ModelHost, owner: string): ModelTask {
  const session = new ModelSession({ ...model, dialect: { ...DIALECT, ...model.dialect } });
  const warnings: string[] = [];
  const hosts: Hosts = { get: () => session, known: () => session, close: () => {} };
  const context: Context = {
    hosts,
    owner,
    signal: new AbortController().signal,
    status: (text) => session.log.push(`status ${text}`),
    warn: (text) => warnings.push(text),
  };
  return { session, context, warnings };
}

/** A model whose chains of a table are empty, as after `iptables -F`. */
export function flushed(model: ModelHost, table: keyof ModelHost["tables"], of: (chain: string) => boolean): ModelHost {
  const saved = model.tables[table];
  const chains = new Map([...saved.chains].map(([chain, rules]) => [chain, of(chain) ? [] : rules]));
  return { ...model, tables: { ...model.tables, [table]: { ...saved, chains } } };
}

/** A model without a record, or with another one. */
export function withFile(model: ModelHost, path: string, text: string | undefined): ModelHost {
  const files = new Map(model.files);
  if (text === undefined) files.delete(path);
  else files.set(path, text);
  return { ...model, files };
}

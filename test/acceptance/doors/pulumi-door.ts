import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { LabHost } from "../../../lab/netns";
import { type Trial, trial } from "../../doors/workspace";
import { Declared, entryOf, failureOf } from "../stack";
import { type Declaration, type Door, type Imported, type Ref, resolved } from "./declaration";

/** Through the Pulumi engine, with programs that run in this process. */
export async function pulumiDoor(name: string, hosts: readonly LabHost[]): Promise<Door> {
  const begin = async (): Promise<Trial> => {
    const engine = await trial(name);
    const inventory = Object.fromEntries(hosts.map((host) => [host.name, entryOf(host)]));
    await engine.stack.setConfig("csp:hosts", { value: JSON.stringify(inventory), secret: true });
    return engine;
  };
  let engine = await begin();
  const given = (program: readonly Declaration[]) => {
    engine.program = async () => {
      const made = new Map<string, Declared>();
      const output = ({ resource, output: field }: Ref) => (made.get(resource) as unknown as Record<string, unknown>)[field];
      for (const { token, name: own, args, after = [] } of program) {
        const dependsOn = after.map((each) => made.get(each)!);
        made.set(own, new Declared(token, own, resolved(args, output) as Record<string, unknown>, { dependsOn }));
      }
      return {};
    };
    return engine.stack;
  };
  return {
    plan: async (program) => {
      const changed: string[] = [];
      const onEvent = ({ resourcePreEvent }: EngineEvent) => {
        const { op, urn = "" } = resourcePreEvent?.metadata ?? {};
        if (op !== undefined && !["same", "read", "refresh"].includes(op) && urn.includes("::csp:"))
          changed.push(urn.split("::").at(-1) ?? "");
      };
      await given(program).preview({ color: "never", onEvent });
      return [...new Set(changed)].sort();
    },
    refused: async (program) => oneLine(await failureOf(given(program).preview({ color: "never" }))),
    apply: async (program) => {
      await given(program).up({ color: "never" });
    },
    importAll: async (program: readonly Declaration[], ids: readonly Imported[]) => {
      const typeOf = new Map(program.map((each) => [each.name, each.token]));
      const resources = ids.map(({ name: own, id }) => ({ type: typeOf.get(own) ?? "", name: own, id }));
      await engine.stack.import({ protect: false, generateCode: false, resources });
    },
    forget: async () => {
      engine.dispose();
      engine = await begin();
    },
    destroy: async () => {
      await engine.stack.destroy({ color: "never" });
    },
    end: async () => engine.dispose(),
  };
}

export const oneLine = (text: string): string => text.replace(/[│\s]+/g, " ");

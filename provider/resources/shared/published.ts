import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { keptDeclaration } from "../../host/records/declaration";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import type { Finding } from "../../install/finding";
import { firstDifference, type PublishedFile, PublishedFiles } from "../../install/publish/published-files";
import { openServer, type Server } from "../../install/publish/server";

/** Where a resource's files are. The resource's ID also says it. */
export interface Place {
  readonly server: string;
  /** The path of the record of what was published. */
  readonly record: string;
  readonly connection?: ConnectionFields;
}

interface Common {
  readonly server: string;
  readonly connection?: ConnectionFields | undefined;
}

/** What differs between resources that consist of a few files. The rest of their life is the same for all. */
export interface Publication<In extends Common> {
  readonly id: (inputs: In) => string;
  /** `paths`: all paths that files with this ID can have, whatever was declared. */
  readonly place: (id: string) => { readonly server: string; readonly record: string; readonly paths: readonly string[] };
  readonly files: (inputs: In) => ReadonlyMap<string, PublishedFile>;
  /** The name of the output that contains the files. Default: "files"; another name if an input has that name. */
  readonly output?: string;
  /** The findings of the files' rules. They are warnings, because errors have already refused the inputs. */
  readonly findings: (inputs: In) => readonly Finding[];
  /** Outputs besides the files. */
  readonly others?: (inputs: In) => Readonly<Record<string, unknown>>;
  /** Work besides its own files: for a file that it shares with other resources. */
  readonly afterPut?: (server: Server, inputs: In, signal: AbortSignal) => Promise<void>;
  readonly afterRemove?: (server: Server, inputs: In, signal: AbortSignal) => Promise<void>;
  /** What is not as it should be with such a file. */
  readonly sharedDrift?: (server: Server, inputs: In, signal: AbortSignal) => Promise<string[]>;
}

type Published<I extends z.ZodObject, O extends z.ZodObject> = Omit<Life<I, O>, "crossCheck" | "contents" | "expect">;

/** The life of a resource that consists of a few text files on a server. The fields of `I` are `server`, `connection` and its own. */
export function published<I extends z.ZodObject, O extends z.ZodObject>(publication: Publication<z.output<I> & Common>): Published<I, O> {
  type In = z.output<I> & Common;
  const open = (context: Context, id: string, connection: ConnectionFields | undefined) => {
    const { server, record, paths } = publication.place(id);
    const machine = openServer(context.hosts, server, connection);
    return { machine, paths, files: new PublishedFiles(machine, record) };
  };
  const outputsOf = (inputs: In, files: ReadonlyMap<string, PublishedFile>, drift: string[] = []) => ({
    [publication.output ?? "files"]: Object.fromEntries([...files].map(([path, { content }]) => [path, content])),
    ...publication.others?.(inputs),
    drift,
  });
  const put = async (context: Context, inputs: In, fresh: boolean): Promise<z.output<O>> => {
    const { machine, files } = open(context, publication.id(inputs), inputs.connection);
    const wanted = publication.files(inputs);
    await files.admit(context.owner, [...wanted.keys()], fresh, context.signal);
    await files.put(context.owner, keptDeclaration(inputs), wanted, context.signal);
    await publication.afterPut?.(machine, inputs, context.signal);
    return outputsOf(inputs, wanted) as unknown as z.output<O>;
  };
  return {
    preview: async (context, inputs, prior) => {
      const given = inputs as In;
      for (const { rule, severity, path, message, remedy } of publication.findings(given))
        if (severity === "warning") context.warn(`${rule} ${path}: ${message}; ${remedy}`);
      const wanted = publication.files(given);
      const { files } = open(context, publication.id(given), given.connection);
      await files.admit(context.owner, [...wanted.keys()], prior === undefined, context.signal);
      return outputsOf(given, wanted) as unknown as Partial<z.output<O>>;
    },
    create: async (context, inputs) => ({ id: publication.id(inputs as In), outputs: await put(context, inputs as In, true) }),
    recall: async (context, id, connection, known) => {
      const { files, paths } = open(context, id, connection);
      // If the state has a resource and the server does not, it is gone. An import searches more and explains more.
      const record = known === undefined ? await files.find(paths, context.signal) : await files.look(context.signal);
      return record?.declaration;
    },
    read: async (context, id, { inputs }: Recorded<I, O>): Promise<State<I, O> | undefined> => {
      const given = inputs as In;
      const { machine, files } = open(context, id, given.connection);
      const record = await files.look(context.signal);
      if (record === undefined) return undefined;
      const actual = await files.read(record, context.signal);
      if ([...actual.values()].every((content) => content === undefined)) return undefined;
      const wanted = publication.files(given);
      const own = [...wanted].flatMap(([path, { content }]) => firstDifference(path, content, actual.get(path)) ?? []);
      const shared = (await publication.sharedDrift?.(machine, given, context.signal)) ?? [];
      return { inputs, outputs: outputsOf(given, wanted, [...own, ...shared]) as unknown as z.output<O> };
    },
    update: (context, _id, _prior, inputs) => put(context, inputs as In, false),
    delete: async (context, id, prior) => {
      const given = prior.inputs as In;
      const { machine, files } = open(context, id, given.connection);
      await files.remove(context.signal);
      await publication.afterRemove?.(machine, given, context.signal);
    },
  };
}

import { sumOf } from "./sums";

/** Files below the state directory: new contents, and files to remove. */
export interface FilePlan {
  /** The contents are made when they are sent, and not kept: those of a hundred hosts at once would need more memory than all the rest. */
  readonly put: ReadonlyMap<string, () => string>;
  readonly remove: readonly string[];
}

/** A file that is compared as a whole, by its sum. */
export interface SummedFile {
  readonly text: string;
  readonly sum: string;
}

export function summed(text: string): SummedFile {
  return { text, sum: sumOf(text) };
}

/** How edits change a host's files. All paths are ours and below the state directory. */
export class FileChanges {
  private readonly contents = new Map<string, () => string>();
  private readonly removed = new Set<string>();
  private readonly known: Map<string, string>;

  /** `sums`: the sums of the existing files that are compared as a whole. */
  constructor(sums: ReadonlyMap<string, string>) {
    this.known = new Map(sums);
  }

  /** The sums once the changes are made. */
  get sums(): ReadonlyMap<string, string> {
    return this.known;
  }

  put(path: string, content: string | (() => string)): void {
    this.contents.set(path, typeof content === "string" ? () => content : content);
    this.removed.delete(path);
  }

  remove(path: string): void {
    this.contents.delete(path);
    this.removed.add(path);
    this.known.delete(path);
  }

  isRemoved(path: string): boolean {
    return this.removed.has(path);
  }

  /** Writes the file if it is not what it should be, and removes it if it should not be there. */
  keep(path: string, file: SummedFile | undefined): void {
    if (file === undefined) {
      this.remove(path);
      return;
    }
    if (this.known.get(path) !== file.sum) this.put(path, file.text);
    this.known.set(path, file.sum);
  }

  plan(): FilePlan {
    return { put: this.contents, remove: [...this.removed] };
  }
}

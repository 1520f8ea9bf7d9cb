import { isPlain } from "../../core/defaults";
import type { Issue } from "../../core/validate";
import { suggest } from "../../schema/suggest";
import { type Attribute, insideOf } from "./attributes";
import { attributePath, placeOf } from "./diagnostics";
import { snakeCase } from "./names";

/**
 * Keys that csp itself has to refuse: those of objects in a value of any type (`guests`, `groups`, `hosts`). Of a block, Terraform says which
 * there are.
 */
export class Keys {
  readonly strays: Issue[] = [];
  /** Of the core's fields. */
  private readonly path: (string | number)[] = [];
  /** The objects that the reader is in, from the outermost. */
  private readonly objects: { readonly attributes: readonly Attribute[]; readonly depth: number }[] = [];

  /** `top`: the attributes of the resource. */
  constructor(private readonly top: readonly Attribute[]) {}

  /** What `work` reads stands at this key or index. */
  at<T>(step: string | number, work: () => T): T {
    this.path.push(step);
    const result = work();
    this.path.pop();
    return result;
  }

  /** What `work` reads is an object of these attributes. */
  object<T>(attributes: readonly Attribute[], value: Readonly<Record<string, unknown>>, work: () => T): T {
    this.objects.push({ attributes, depth: this.path.length });
    const strays = Object.keys(value).filter((key) => attributes.every(({ name }) => name !== key));
    // `csp_security_group.web` in place of `csp_security_group.web.policy`.
    const meant = strays.find((key) => isMadeOf(attributes, value[key]));
    if (meant !== undefined) this.refuse(meant, `write what is in it, \`.${meant}\`, in place of the whole`);
    else for (const key of strays) this.refuse(key, this.remedy(attributes, key));
    const result = work();
    this.objects.pop();
    return result;
  }

  private refuse(key: string, remedy: string): void {
    const shown = key.length > 60 ? `${key.slice(0, 59)}…` : key;
    this.strays.push({ path: [...this.path, shown], cause: `there is no key ${JSON.stringify(shown)} here`, remedy });
  }

  private remedy(attributes: readonly Attribute[], key: string): string {
    const names = attributes.map(({ name }) => name);
    const snake = snakeCase(key);
    if (names.includes(snake)) return `write it in snake case: "${snake}"`;
    const below = attributes.find(({ type }) => insideOf(type)?.attributes.some(({ name }) => name === snake));
    if (below !== undefined) return `"${snake}" belongs into "${below.name}", one level deeper`;
    const above = this.objects.slice(0, -1).findLast((outer) => outer.attributes.some(({ name }) => name === snake));
    if (above !== undefined)
      return `"${snake}" belongs further out, into ${placeOf(attributePath(this.top, this.path.slice(0, above.depth)) ?? [])}`;
    const meant = suggest(snake, names);
    return meant === undefined ? `the keys are ${names.map((name) => `"${name}"`).join(", ")}` : `did you mean "${meant}"?`;
  }
}

function isMadeOf(attributes: readonly Attribute[], value: unknown): boolean {
  if (!isPlain(value)) return false;
  const keys = Object.keys(value);
  return keys.length > 1 && keys.every((key) => attributes.some(({ name }) => name === key));
}

/** Whether a property path is one that `ignoreChanges` names, or lies below one. `*` stands for one step: `ingress[*].log`. */
export function isIgnored(path: string, ignored: readonly string[]): boolean {
  const steps = stepsOf(path);
  return ignored.some((text) => {
    const pattern = stepsOf(text);
    return pattern.length <= steps.length && pattern.every((step, index) => step === "*" || step === steps[index]);
  });
}

/** `guests["web-1"].ingress[2]` as ["guests", "web-1", "ingress", "2"]. */
function stepsOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    quoted === undefined ? (index ?? plain ?? "") : (JSON.parse(`"${quoted}"`) as string),
  );
}

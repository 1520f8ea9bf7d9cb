/** The candidate that a misspelt word probably means: the nearest one, at most two edits away. Undefined if none is near. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 64) return undefined;
  let best: string | undefined;
  let distance = Math.min(3, Math.max(1, Math.floor(word.length / 2)) + 1);
  for (const candidate of candidates) {
    const edits = candidate.toLowerCase() === word.toLowerCase() ? 0 : editDistance(word, candidate);
    if (edits < distance) {
      best = candidate;
      distance = edits;
    }
  }
  return best;
}

/** Levenshtein distance with neighbouring letters swapped as one edit. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

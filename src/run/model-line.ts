/**
 * The line of a model that a line of its compiled text came from, one-based; null where that is not clear. A line
 * that stands unchanged once in both is found by its text. Any other is placed by its unchanged neighbours, where
 * as many lines lie between them in the model as in the compiled text.
 */
export function modelLine(compiled: string, raw: string, line: number): number | null {
  const from = compiled.trimEnd().split('\n');
  const to = raw.trimEnd().split('\n');
  const same = unchangedLines(from, to);
  const found = same.get(line);
  if (found !== undefined) return found;
  const above = neighbour(same, line, -1, 0) ?? { from: 0, to: 0 };
  const below = neighbour(same, line, 1, from.length + 1) ?? { from: from.length + 1, to: to.length + 1 };
  return below.from - above.from === below.to - above.to ? above.to + (line - above.from) : null;
}

/** Line numbers of the second text by those of the first, of lines whose text stands once in each. */
function unchangedLines(from: readonly string[], to: readonly string[]): ReadonlyMap<number, number> {
  const places = onlyPlaces(to);
  const out = new Map<number, number>();
  for (const [text, line] of onlyPlaces(from)) {
    const there = places.get(text);
    if (there !== undefined) out.set(line, there);
  }
  return out;
}

function onlyPlaces(lines: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (places.has(text)) repeated.add(text);
    places.set(text, index + 1);
  }
  for (const text of [...repeated, '']) places.delete(text);
  return places;
}

function neighbour(same: ReadonlyMap<number, number>, line: number, step: 1 | -1, end: number) {
  for (let at = line + step; at !== end; at += step) {
    const there = same.get(at);
    if (there !== undefined) return { from: at, to: there };
  }
  return null;
}

/**
 * The known name closest to a mistyped one, or null when none is close enough to be meant: at most a third of the
 * letters may differ (Damerau-Levenshtein, case ignored). Ties go to the first in alphabetical order.
 */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, 3) / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance || (distance === bestDistance && best !== null && candidate < best)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return bestDistance <= limit ? best : null;
}

/** `did you mean 'x'?`, or null when nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string | null {
  const guess = nearestName(name, known);
  return guess === null ? null : `did you mean '${guess}'?`;
}

/** The same where `wanted` is missing, and one of the `given` keys may have been meant to be it. */
export function didYouMeanKey(wanted: string, given: Iterable<string>): string | null {
  const misspelled = nearestName(wanted, given);
  return misspelled === null ? null : `did you mean '${wanted}' by '${misspelled}'?`;
}

/** Insertions, deletions, replacements and swaps of neighbours; gives up with `limit` once it is reached. */
function editDistance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforePrevious[j - 2]! + 1);
      }
      current.push(cost);
      if (cost < smallest) smallest = cost;
    }
    if (smallest > limit) return limit + 1;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}

import fc from 'fast-check';

/** A graph without cycles: node i depends on some of the nodes before it, in the order of a random shuffle. */
export interface RandomDag {
  readonly size: number;
  /** By node, the numbers of its parents. */
  readonly parents: readonly (readonly number[])[];
}

export function randomDag(maxSize: number): fc.Arbitrary<RandomDag> {
  return fc
    .integer({ min: 1, max: maxSize })
    .chain((size) =>
      fc.tuple(
        fc.shuffledSubarray(
          Array.from({ length: size }, (_, index) => index),
          { minLength: size, maxLength: size },
        ),
        fc.tuple(
          ...Array.from({ length: size }, (_, index) =>
            fc.subarray(
              Array.from({ length: index }, (_, earlier) => earlier),
              { maxLength: Math.min(index, 3) },
            ),
          ),
        ),
      ),
    )
    .map(([names, byRank]) => {
      const parents: number[][] = names.map(() => []);
      for (const [rank, list] of byRank.entries()) parents[names[rank]!] = list.map((each) => names[each]!);
      return { size: names.length, parents };
    });
}

/** Everything that can be reached from a node against the edges, found by brute force. */
export function naiveAncestors(parents: readonly (readonly number[])[], node: number): Set<number> {
  const found = new Set<number>();
  const visit = (each: number): void => {
    for (const parent of parents[each]!) {
      if (!found.has(parent)) {
        found.add(parent);
        visit(parent);
      }
    }
  };
  visit(node);
  return found;
}

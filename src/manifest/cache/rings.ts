import type { Rows } from './rows.ts';

/** Whether rows depend on each other in a ring. Says no more than that: who wants to know which ones builds the graph. */
export function hasRing({ keys, parentStart, parents }: Rows): boolean {
  const count = keys.length;
  const children = new Uint32Array(count);
  for (const parent of parents) children[parent]! += 1;
  // Taken away from the leaves on: what is left has a ring.
  const open: number[] = [];
  for (let row = 0; row < count; row += 1) if (children[row] === 0) open.push(row);
  let taken = 0;
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    taken += 1;
    for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1) {
      const parent = parents[at]!;
      children[parent]! -= 1;
      if (children[parent] === 0) open.push(parent);
    }
  }
  return taken < count;
}

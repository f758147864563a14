import type { WorkItem } from '../../src/intervals/work-item.ts';
import type { Dependencies } from '../../src/run/schedule/dependencies.ts';

/** A node worked as a whole. */
export function item(nodeId: string): WorkItem {
  return { id: nodeId, nodeId, interval: null, batchIndex: 0, batchCount: 1 };
}

/** Items `n0`, `n1`, ... that wait for each other as the list of parents by number says. */
export function workOf(parents: readonly (readonly number[])[]): Dependencies {
  return { items: parents.map((_, node) => item(`n${node}`)), parents };
}

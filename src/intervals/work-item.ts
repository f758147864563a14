import type { Graph } from '../graph/graph.ts';
import type { Selection } from '../graph/select.ts';
import { findNode, type Manifest } from '../manifest/manifest.ts';
import type { AnyNode, UniqueId } from '../manifest/node.ts';
import type { Interval } from './interval.ts';

/** What is scheduled, run and journaled as one: a node, or one batch of it. */
export interface WorkItem {
  /** The node's unique id; for a batch with its start behind an `@`. */
  readonly id: string;
  readonly nodeId: UniqueId;
  /** Null for a node that is worked as a whole. */
  readonly interval: Interval | null;
  readonly batchIndex: number;
  readonly batchCount: number;
}

/** The batches that a node is worked in, ascending; null for a node that is worked as a whole. */
export type BatchesOf = (node: AnyNode) => readonly Interval[] | null;

/**
 * The work that a selection means, in the manifest's order, the batches of a node in order of time. A node whose
 * list of batches is empty has nothing to do and gives no item.
 */
export function workItems(
  selection: Pick<Selection, 'ids'>,
  graph: Graph,
  manifest: Manifest,
  batchesOf: BatchesOf = wholeNodes,
): readonly WorkItem[] {
  const items: WorkItem[] = [];
  for (const nodeId of graph.ids) {
    if (!selection.ids.has(nodeId)) continue;
    const intervals = batchesOf(findNode(manifest, nodeId)!);
    if (intervals === null) {
      items.push({ id: nodeId, nodeId, interval: null, batchIndex: 0, batchCount: 1 });
      continue;
    }
    for (const [batchIndex, interval] of intervals.entries()) {
      items.push({
        id: batchItemId(nodeId, interval),
        nodeId,
        interval,
        batchIndex,
        batchCount: intervals.length,
      });
    }
  }
  return items;
}

/** Names a batch of a node. */
export const batchItemId = (nodeId: UniqueId, { start }: Interval): string =>
  `${nodeId}@${new Date(start).toISOString()}`;

const wholeNodes: BatchesOf = () => null;

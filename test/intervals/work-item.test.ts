import { expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/graph.ts';
import { batches } from '../../src/intervals/batches.ts';
import { workItems } from '../../src/intervals/work-item.ts';
import { manifestOf, model } from '../graph/manifest-of.ts';

const manifest = manifestOf([model('b', ['model.shop.a']), model('a'), model('c')]);
const graph = buildGraph(manifest);
const ids = new Set(['model.shop.a', 'model.shop.b']);

test('each selected node is one item, in the order of the manifest', () => {
  expect(workItems({ ids }, graph, manifest)).toEqual([
    { id: 'model.shop.b', nodeId: 'model.shop.b', interval: null, batchIndex: 0, batchCount: 1 },
    { id: 'model.shop.a', nodeId: 'model.shop.a', interval: null, batchIndex: 0, batchCount: 1 },
  ]);
});

test('a node with batches is one item for each, oldest first', () => {
  const range = { start: Date.UTC(2024, 1, 28), end: Date.UTC(2024, 2, 1) };
  const list = workItems({ ids }, graph, manifest, (node) =>
    node.name === 'a' ? batches(range, { unit: 'day', count: 1 }) : null,
  );
  expect(list.map(({ id, batchIndex, batchCount }) => [id, batchIndex, batchCount])).toEqual([
    ['model.shop.b', 0, 1],
    ['model.shop.a@2024-02-28T00:00:00.000Z', 0, 2],
    ['model.shop.a@2024-02-29T00:00:00.000Z', 1, 2],
  ]);
});

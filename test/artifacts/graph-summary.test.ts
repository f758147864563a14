import { expect, test } from 'vitest';
import { graphSummary } from '../../src/artifacts/graph-summary.ts';
import { manifestOf, model, type NodeFields } from '../graph/manifest-of.ts';

const dataTest = (name: string, parents: readonly string[]): NodeFields => ({
  unique_id: `test.shop.${name}`,
  resource_type: 'test',
  depends_on: { macros: [], nodes: parents },
});

/** Who is followed by whom, by name. */
function followers(nodes: Readonly<Record<number, { readonly name: string; readonly succ?: number[] }>>) {
  return Object.fromEntries(
    Object.values(nodes).map(({ name, succ = [] }) => [name, succ.map((number) => nodes[number]!.name)]),
  );
}

// a -> b -> d, c -> d; `both` tests a and c.
const manifest = manifestOf([
  model('d', ['model.shop.b', 'model.shop.c']),
  model('a'),
  model('b', ['model.shop.a']),
  model('c'),
  dataTest('of_a', ['model.shop.a']),
  dataTest('both', ['model.shop.a', 'model.shop.c']),
]);

test('nodes are numbered as they are met, parents behind the first that names them', () => {
  const { linked } = graphSummary(manifest, { invocationId: 'x', withTestEdges: false });
  expect(Object.values(linked).map(({ name }) => name)).toEqual([
    'model.shop.d',
    'model.shop.b',
    'model.shop.c',
    'model.shop.a',
    'test.shop.of_a',
    'test.shop.both',
  ]);
  expect(followers(linked)).toMatchObject({
    'model.shop.a': ['model.shop.b', 'test.shop.of_a', 'test.shop.both'],
    'model.shop.d': [],
  });
});

test('a build adds edges from each test to what stands on everything that it tests', () => {
  const summary = graphSummary(manifest, { invocationId: 'x', withTestEdges: true });
  if (!('with_test_edges' in summary)) throw new Error('the second graph is missing');
  expect(followers(summary.with_test_edges)).toMatchObject({
    'test.shop.of_a': ['model.shop.b', 'model.shop.d'],
    'test.shop.both': ['model.shop.d'],
  });
  expect(followers(summary.linked)).toMatchObject({ 'test.shop.of_a': [] });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiagnosticError, formatDiagnostic } from '../../src/core/diagnostic.ts';
import { ancestors, buildGraph, descendants } from '../../src/graph/graph.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import { manifestOf, model } from './manifest-of.ts';
import { naiveAncestors, type RandomDag, randomDag } from './random-dag.ts';

const id = (node: number): string => `model.shop.m${node}`;
const manifestOfDag = ({ parents }: RandomDag): Manifest =>
  manifestOf(parents.map((list, node) => model(`m${node}`, list.map(id))));

describe('the graph of a manifest', () => {
  test('orders every node once, behind all of its parents', () => {
    fc.assert(
      fc.property(randomDag(30), (dag) => {
        const { order } = buildGraph(manifestOfDag(dag));
        const position = new Map(order.map((each, index) => [each, index]));
        expect([...position.keys()].sort()).toEqual(dag.parents.map((_, node) => id(node)).sort());
        for (const [node, list] of dag.parents.entries()) {
          for (const parent of list) expect(position.get(id(parent))).toBeLessThan(position.get(id(node))!);
        }
      }),
    );
  });

  test('keeps the order of the manifest where dependencies leave a choice', () => {
    const graph = buildGraph(
      manifestOf([model('d', ['model.shop.a']), model('c'), model('b'), model('a', ['model.shop.b'])]),
    );
    expect(graph.order.map((each) => each.slice(-1)).join('')).toBe('badc');
    expect(graph.ids.map((each) => each.slice(-1)).join('')).toBe('dcba');
  });

  test('knows parents and children, each once', () => {
    const graph = buildGraph(
      manifestOf([model('a'), model('b', ['model.shop.a', 'model.shop.a']), model('c', ['model.shop.a'])]),
    );
    expect(graph.parents('model.shop.b')).toEqual(['model.shop.a']);
    expect(graph.children('model.shop.a')).toEqual(['model.shop.b', 'model.shop.c']);
    expect(graph.edgeCount).toBe(2);
    expect(graph.parents('model.shop.unknown')).toEqual([]);
    expect([graph.has('model.shop.a'), graph.has('model.shop.unknown')]).toEqual([true, false]);
  });

  test('a chain of 20,000 models has an order', () => {
    const chain = Array.from({ length: 20_000 }, (_, node) =>
      model(`m${node}`, node < 19_999 ? [id(node + 1)] : []),
    );
    expect(buildGraph(manifestOf(chain)).order[0]).toBe(id(19_999));
  });
});

describe('ancestors and descendants', () => {
  test('are what brute force finds', () => {
    fc.assert(
      fc.property(randomDag(25), fc.nat(), (dag, pick) => {
        const graph = buildGraph(manifestOfDag(dag));
        const node = pick % dag.size;
        const expected = naiveAncestors(dag.parents, node);
        expect(ancestors(graph, [id(node)])).toEqual(new Set([...expected].map(id)));
        const below = dag.parents.flatMap((_, other) =>
          naiveAncestors(dag.parents, other).has(node) ? [id(other)] : [],
        );
        expect(descendants(graph, [id(node)])).toEqual(new Set(below));
      }),
    );
  });

  test('with a depth go over that many edges only', () => {
    const graph = buildGraph(
      manifestOf([model('a'), model('b', ['model.shop.a']), model('c', ['model.shop.b', 'model.shop.a'])]),
    );
    expect([...ancestors(graph, ['model.shop.c'], 1)]).toEqual(['model.shop.b', 'model.shop.a']);
    expect([...descendants(graph, ['model.shop.a'], 0)]).toEqual([]);
    expect([...descendants(graph, ['model.shop.a'], 1)]).toEqual(['model.shop.b', 'model.shop.c']);
  });
});

describe('a ring of dependencies', () => {
  const errorsOf = (manifest: Manifest): string[] => {
    try {
      buildGraph(manifest);
    } catch (caught) {
      if (caught instanceof DiagnosticError) return caught.diagnostics.map(formatDiagnostic);
      throw caught;
    }
    return [];
  };

  test('is printed whole, with the file of each node', () => {
    const nodes = [
      model('before'),
      model('a', ['model.shop.c', 'model.shop.before']),
      model('b', ['model.shop.a']),
      model('c', ['model.shop.b']),
      model('after', ['model.shop.c']),
    ];
    expect(errorsOf(manifestOf(nodes))).toEqual([
      [
        'error[dependency-cycle] Found a cycle: model.shop.a -> model.shop.b -> model.shop.c -> model.shop.a',
        '  model.shop.a (models/a.sql)',
        '  model.shop.b (models/b.sql)',
        '  model.shop.c (models/c.sql)',
        '  hint: each of these nodes needs the one before it; take one of the references out',
      ].join('\n'),
    ]);
  });

  test('of one node is a ring too, and every separate ring is told', () => {
    const nodes = [
      model('x', ['model.shop.y']),
      model('y', ['model.shop.x']),
      model('self', ['model.shop.self', 'model.shop.x']),
    ];
    const firstLines = errorsOf(manifestOf(nodes)).map((text) => text.split('\n')[0]);
    expect(firstLines.sort()).toEqual([
      'error[dependency-cycle] Found a cycle: model.shop.self -> model.shop.self',
      'error[dependency-cycle] Found a cycle: model.shop.x -> model.shop.y -> model.shop.x',
    ]);
  });

  test('of 10,000 models is found', () => {
    const ring = Array.from({ length: 10_000 }, (_, node) => model(`m${node}`, [id((node + 1) % 10_000)]));
    expect(errorsOf(manifestOf(ring))).toHaveLength(1);
  });
});

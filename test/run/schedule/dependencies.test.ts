import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResultStatus } from '../../../src/core/event.ts';
import { ancestors, buildGraph, type Graph } from '../../../src/graph/graph.ts';
import { workItems } from '../../../src/intervals/work-item.ts';
import type { Manifest } from '../../../src/manifest/manifest.ts';
import { dependenciesOf } from '../../../src/run/schedule/dependencies.ts';
import { createSchedule, isFailure } from '../../../src/run/schedule/schedule.ts';
import { dataTest, manifestOf, model, type NodeFields } from '../../graph/manifest-of.ts';
import { randomDag } from '../../graph/random-dag.ts';

const modelId = (node: number): string => `model.shop.m${node}`;

/** Runs everything one by one; returns the order of starts, and by skipped id who is to blame. */
function runAll(
  manifest: Manifest,
  graph: Graph,
  selected: ReadonlySet<string>,
  statusOf: (id: string) => ResultStatus,
  testsFirst = true,
): { started: string[]; skipped: Map<string, string | null> } {
  const items = workItems({ ids: selected }, graph, manifest);
  const schedule = createSchedule(dependenciesOf(items, graph, manifest, { testsFirst }));
  const started: string[] = [];
  const skipped = new Map<string, string | null>();
  for (let next = schedule.next(); next !== null; next = schedule.next()) {
    schedule.start(next.id);
    started.push(next.id);
    for (const { item, because } of schedule.finish(next.id, statusOf(next.id)).skipped)
      skipped.set(item.id, because);
  }
  expect(schedule.isOver).toBe(true);
  return { started, skipped };
}

interface Project {
  readonly manifest: Manifest;
  readonly graph: Graph;
  readonly tests: readonly NodeFields[];
}

/** Random models, and tests on one to three of them. */
const project: fc.Arbitrary<Project> = randomDag(14).chain((dag) => {
  const nodes = dag.parents.map((list, node) => model(`m${node}`, list.map(modelId)));
  const parents = fc.uniqueArray(fc.nat(dag.size - 1), { minLength: 1, maxLength: 3 });
  return fc.array(parents, { maxLength: 12 }).map((lists) => {
    const tests = lists.map((list, index) => dataTest(`t${index}`, list.map(modelId)));
    const manifest = manifestOf([...nodes, ...tests]);
    return { manifest, graph: buildGraph(manifest), tests };
  });
});

/** The rule itself: who must be over, and well, before a node may start. */
function naiveBlockers({ graph, tests }: Project, id: string, selected: ReadonlySet<string>): Set<string> {
  const above = ancestors(graph, [id]);
  const blockers = new Set([...above].filter((each) => selected.has(each)));
  // An unselected node hands on what blocks it, so a test of a node above blocks whoever is below it as well.
  const places = id.startsWith('test.') ? [...above] : [id, ...above];
  for (const test of tests) {
    const isBlocker = places.some((place) => {
      const abovePlace = ancestors(graph, [place]);
      return graph.parents(test.unique_id).every((parent) => abovePlace.has(parent));
    });
    if (isBlocker && selected.has(test.unique_id) && test.unique_id !== id) blockers.add(test.unique_id);
  }
  return blockers;
}

const pick = <T>(list: readonly T[]): fc.Arbitrary<Set<T>> =>
  fc.subarray([...list]).map((some) => new Set(some));

describe('tests before what is built from the tested data', () => {
  test('block exactly the nodes of which all of their parents are ancestors', () => {
    const cases = project.chain((each) =>
      fc.record({
        each: fc.constant(each),
        selected: fc.oneof(pick(each.graph.ids), fc.constant(new Set(each.graph.ids))),
        failing: pick(each.graph.ids),
      }),
    );
    fc.assert(
      fc.property(cases, ({ each, selected, failing }) => {
        const statusOf = (id: string): ResultStatus => (failing.has(id) ? 'fail' : 'pass');
        const { started, skipped } = runAll(each.manifest, each.graph, selected, statusOf);
        const failed = new Set(started.filter((id) => isFailure(statusOf(id))));
        for (const id of selected) {
          const blockers = naiveBlockers(each, id, selected);
          const guilty = [...blockers].filter((blocker) => failed.has(blocker));
          expect(skipped.has(id), id).toBe(guilty.length > 0);
          if (guilty.length > 0) expect(guilty).toContain(skipped.get(id));
          for (const blocker of blockers) {
            if (started.includes(id)) expect(started.indexOf(blocker)).toBeLessThan(started.indexOf(id));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('that only warn block nothing', () => {
    const manifest = manifestOf([model('a'), model('b', ['model.shop.a']), dataTest('t', ['model.shop.a'])]);
    const { started, skipped } = runAll(
      manifest,
      buildGraph(manifest),
      new Set(buildGraph(manifest).ids),
      (id) => (id === 'test.shop.t' ? 'warn' : 'success'),
    );
    expect(started).toEqual(['model.shop.a', 'test.shop.t', 'model.shop.b']);
    expect(skipped.size).toBe(0);
  });

  test('do not block where the command runs tests as leaves', () => {
    const manifest = manifestOf([model('a'), model('b', ['model.shop.a']), dataTest('t', ['model.shop.a'])]);
    const graph = buildGraph(manifest);
    const { skipped } = runAll(
      manifest,
      graph,
      new Set(graph.ids),
      (id) => (id === 'test.shop.t' ? 'fail' : 'pass'),
      false,
    );
    expect(skipped.size).toBe(0);
  });

  test('hold back a node that is reached through metrics and the like, but not those themselves', () => {
    const saved = {
      ...model('sq', ['metric.shop.m']),
      resource_type: 'saved_query' as const,
      unique_id: 'saved_query.shop.sq',
    };
    const metric = {
      ...model('m', ['model.shop.a']),
      resource_type: 'metric' as const,
      unique_id: 'metric.shop.m',
    };
    const manifest = manifestOf([
      model('a'),
      model('b', ['metric.shop.m']),
      metric,
      saved,
      dataTest('t', ['model.shop.a']),
    ]);
    const graph = buildGraph(manifest);
    const selected = new Set(graph.ids.filter((id) => id !== 'metric.shop.m'));
    const { skipped } = runAll(manifest, graph, selected, (id) =>
      id === 'test.shop.t' ? 'fail' : 'success',
    );
    expect([...skipped]).toEqual([['model.shop.b', 'test.shop.t']]);
  });

  test('need edges in proportion to tests and references, however many tests a model has', () => {
    const edgesOf = (size: number): { edges: number; bound: number } => {
      const nodes: NodeFields[] = [];
      let references = 0;
      for (let node = 0; node < size; node += 1) {
        const parents = [1, 2, 7].map((back) => node - back).filter((parent) => parent >= 0);
        references += parents.length;
        nodes.push(model(`m${node}`, parents.map(modelId)));
      }
      const tests: NodeFields[] = [];
      for (let node = 0; node < size; node += 1) {
        for (let index = 0; index < 14; index += 1)
          tests.push(dataTest(`t${node}_${index}`, [modelId(node)]));
        tests.push(dataTest(`r${node}`, [modelId(node), modelId(Math.max(0, node - 5))]));
      }
      const testReferences = tests.length + size;
      const manifest = manifestOf([...nodes, ...tests]);
      const graph = buildGraph(manifest);
      const items = workItems({ ids: new Set(graph.ids) }, graph, manifest);
      const { parents } = dependenciesOf(items, graph, manifest, { testsFirst: true });
      const edges = parents.reduce((sum, list) => sum + list.length, 0);
      return { edges, bound: 3 * (size + tests.length + references + testReferences) };
    };
    const small = edgesOf(100);
    const large = edgesOf(800);
    expect(small.edges).toBeLessThanOrEqual(small.bound);
    expect(large.edges).toBeLessThanOrEqual(large.bound);
    expect(large.edges / small.edges).toBeLessThan(8.5);
  });
});

describe('unit tests', () => {
  const unitTest = {
    ...model('u', ['model.shop.b']),
    resource_type: 'unit_test' as const,
    unique_id: 'unit_test.shop.b.u',
  };
  const manifest = manifestOf([
    model('a'),
    model('b', ['model.shop.a']),
    dataTest('t', ['model.shop.a']),
    unitTest,
  ]);
  const graph = buildGraph(manifest);
  const everything = new Set(graph.ids);

  test('run before their model, once what the model reads is there and tested', () => {
    expect(runAll(manifest, graph, everything, () => 'success').started).toEqual([
      'model.shop.a',
      'test.shop.t',
      'unit_test.shop.b.u',
      'model.shop.b',
    ]);
  });

  test('that fail keep their model from being built', () => {
    const { skipped } = runAll(manifest, graph, everything, (id) =>
      id === 'unit_test.shop.b.u' ? 'fail' : 'success',
    );
    expect([...skipped]).toEqual([['model.shop.b', 'unit_test.shop.b.u']]);
  });

  test('are skipped with their model', () => {
    const { skipped } = runAll(manifest, graph, everything, (id) =>
      id === 'test.shop.t' ? 'fail' : 'success',
    );
    expect([...skipped.keys()].sort()).toEqual(['model.shop.b', 'unit_test.shop.b.u']);
  });

  test('without their model wait for what it reads', () => {
    const selected = new Set(['model.shop.a', 'unit_test.shop.b.u']);
    const { skipped } = runAll(manifest, graph, selected, (id) =>
      id === 'model.shop.a' ? 'error' : 'success',
    );
    expect([...skipped]).toEqual([['unit_test.shop.b.u', 'model.shop.a']]);
  });
});

describe('a node in batches', () => {
  const manifest = manifestOf([model('a'), model('b', ['model.shop.a']), model('c', ['model.shop.b'])]);
  const graph = buildGraph(manifest);
  const day = 86_400_000;
  const items = workItems({ ids: new Set(graph.ids) }, graph, manifest, ({ name }) =>
    name === 'b' ? [0, 1, 2].map((index) => ({ start: index * day, end: (index + 1) * day })) : null,
  );
  const schedule = () => createSchedule(dependenciesOf(items, graph, manifest, { testsFirst: true }));

  test('starts its batches in ascending order, and its descendants after the last one', () => {
    const run = schedule();
    const order: string[] = [];
    for (let next = run.next(); next !== null; next = run.next()) {
      run.start(next.id);
      order.push(next.id.replace('model.shop.', '').replace(/T.*/, ''));
      run.finish(next.id, 'success');
    }
    expect(order).toEqual(['a', 'b@1970-01-01', 'b@1970-01-02', 'b@1970-01-03', 'c']);
  });

  test('skips its descendants, not its other batches, when one fails', () => {
    const run = schedule();
    run.start('model.shop.a');
    run.finish('model.shop.a', 'success');
    const [first] = run.ready();
    run.start(first!.id);
    expect(run.finish(first!.id, 'error').skipped.map(({ item, because }) => [item.id, because])).toEqual([
      ['model.shop.c', 'model.shop.b'],
    ]);
    expect(run.ready()).toHaveLength(2);
  });
});

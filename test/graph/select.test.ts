import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DiagnosticError, formatDiagnostic } from '../../src/core/diagnostic.ts';
import { criterionUnmatched } from '../../src/graph/errors.ts';
import { buildGraph } from '../../src/graph/graph.ts';
import { type Selection, type SelectOptions, select } from '../../src/graph/select.ts';
import { parseSelection } from '../../src/graph/selector-grammar.ts';
import { noSelectionState } from '../../src/graph/state/selection-state.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import type { ResourceType } from '../../src/manifest/node.ts';
import { dataTest, manifestOf, model } from './manifest-of.ts';
import { naiveAncestors, randomDag } from './random-dag.ts';

const resourceTypes = new Set<ResourceType>(['model', 'test', 'seed', 'source']);

function selectFrom(
  manifest: Manifest,
  specs: string | readonly string[],
  exclude: readonly string[] = [],
  more: Partial<SelectOptions> = {},
): Selection {
  const selector = parseSelection({
    select: typeof specs === 'string' ? [specs] : specs,
    exclude,
    indirect: 'eager',
  });
  return select(buildGraph(manifest), manifest, selector, { resourceTypes, ...more });
}

describe('random expressions', () => {
  /** A selector as text, and the same one over plain sets of node numbers. */
  interface Expression {
    readonly text: string;
    readonly meaning: (parents: readonly (readonly number[])[]) => Set<number>;
  }

  const size = 12;

  function within(
    parents: readonly (readonly number[])[],
    start: ReadonlySet<number>,
    depth: number,
    up: boolean,
  ): Set<number> {
    const found = new Set<number>();
    let layer = new Set(start);
    for (let step = 0; step < Math.min(depth, size); step += 1) {
      const next = new Set<number>();
      for (const [child, list] of parents.entries()) {
        for (const parent of list) {
          if (up && layer.has(child)) next.add(parent);
          if (!up && layer.has(parent)) next.add(child);
        }
      }
      for (const node of next) found.add(node);
      layer = next;
    }
    return found;
  }

  const depth = fc.option(fc.option(fc.integer({ min: 0, max: 3 })));
  const depthText = (value: number | null): string => (value === null ? '' : String(value));

  const criterion: fc.Arbitrary<Expression> = fc
    .record({
      target: fc.oneof(
        fc.nat(size - 1).map((node) => ({ text: `m${node}`, nodes: (index: number) => index === node })),
        fc.nat(2).map((tag) => ({ text: `tag:t${tag}`, nodes: (index: number) => index % 3 === tag })),
        fc.nat(9).map((digit) => ({ text: `*${digit}`, nodes: (index: number) => index % 10 === digit })),
      ),
      up: depth,
      down: depth,
      isAt: fc.boolean(),
    })
    .map(({ target, up, down, isAt }) => {
      const useAt = isAt && down === null;
      const before = up === null ? '' : `${depthText(up)}+`;
      const after = down === null ? '' : `+${depthText(down)}`;
      const depthOf = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;
      return {
        text: `${useAt ? '@' : ''}${before}${target.text}${after}`,
        meaning: (parents) => {
          const start = new Set(parents.flatMap((_, node) => (target.nodes(node) ? [node] : [])));
          const result = new Set(start);
          const add = (nodes: Iterable<number>): void => {
            for (const node of nodes) result.add(node);
          };
          if (up !== null) add(within(parents, start, depthOf(up), true));
          if (down !== null) add(within(parents, start, depthOf(down), false));
          if (useAt) {
            const below = new Set([...start, ...within(parents, start, size, false)]);
            add(below);
            for (const node of below) add(naiveAncestors(parents, node));
          }
          return result;
        },
      };
    });

  const intersection: fc.Arbitrary<Expression> = fc
    .array(criterion, { minLength: 1, maxLength: 3 })
    .map((parts) => ({
      text: parts.map(({ text }) => text).join(','),
      meaning: (parents) => {
        const [first, ...others] = parts.map(({ meaning }) => meaning(parents));
        return new Set([...first!].filter((node) => others.every((other) => other.has(node))));
      },
    }));

  const union: fc.Arbitrary<Expression> = fc
    .array(intersection, { minLength: 1, maxLength: 3 })
    .map((parts) => ({
      text: parts.map(({ text }) => text).join(' '),
      meaning: (parents) => new Set(parts.flatMap(({ meaning }) => [...meaning(parents)])),
    }));

  test('select what plain set operations select', () => {
    fc.assert(
      fc.property(randomDag(size), union, fc.option(union), (dag, included, excluded) => {
        const manifest = manifestOf(
          dag.parents.map((list, node) =>
            model(
              `m${node}`,
              list.map((parent) => `model.shop.m${parent}`),
              { tags: [`t${node % 3}`] },
            ),
          ),
        );
        const { ids } = selectFrom(manifest, included.text, excluded === null ? [] : [excluded.text]);
        const taken = excluded?.meaning(dag.parents) ?? new Set();
        const expected = [...included.meaning(dag.parents)].filter((node) => !taken.has(node));
        expect([...ids].sort()).toEqual(expected.map((node) => `model.shop.m${node}`).sort());
      }),
      { numRuns: 400 },
    );
  });

  test('of any text are answered or refused with a diagnostic', () => {
    const manifest = manifestOf([model('orders'), dataTest('t', ['model.shop.orders'])]);
    const symbols = fc.constantFrom(
      ...'+@:,.*?[]!/ 12ab-',
      'tag',
      'config',
      'path',
      'orders',
      'source',
      'version',
    );
    fc.assert(
      fc.property(fc.string({ unit: symbols, maxLength: 30 }), (text) => {
        try {
          selectFrom(manifest, text);
        } catch (caught) {
          expect(caught).toBeInstanceOf(DiagnosticError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a selection', () => {
  const manifest = manifestOf([
    model('orders', [], { tags: ['nightly'] }),
    model('blank', [], { raw_code: ' \n' }),
    dataTest('positive', ['model.shop.orders']),
  ]);

  test('stands in the order of the manifest, whatever the order of the criteria', () => {
    expect([...selectFrom(manifest, 'positive orders').ids]).toEqual([
      'model.shop.orders',
      'test.shop.positive',
    ]);
  });

  test('holds the resource types of the command only', () => {
    const { ids } = selectFrom(manifest, 'orders', [], { resourceTypes: new Set(['test']) });
    expect([...ids]).toEqual(['test.shop.positive']);
  });

  test('leaves files without a statement out unless asked for them', () => {
    expect(selectFrom(manifest, 'blank').ids.size).toBe(0);
    expect(selectFrom(manifest, 'blank', [], { includeEmpty: true }).ids.size).toBe(1);
  });

  test('names the criteria that met nothing, with what was probably meant', () => {
    const { unmatched } = selectFrom(
      manifest,
      ['order tag:nightli', 'orders,tag:weekly'],
      ['path:models/order.sql'],
    );
    expect(unmatched).toEqual([
      { spec: 'order', nearest: 'orders' },
      { spec: 'tag:nightli', nearest: 'nightly' },
      { spec: 'orders,tag:weekly', nearest: null },
      { spec: 'path:models/order.sql', nearest: 'models/orders.sql' },
    ]);
    expect(formatDiagnostic(criterionUnmatched('order', 'orders'))).toBe(
      [
        "warning[selection-criterion-unmatched] The selection criterion 'order' does not match any enabled nodes",
        "  hint: did you mean 'orders'?",
      ].join('\n'),
    );
  });

  test('refuses values that a method does not know, all at once', () => {
    const specs = 'test_type:unti resource_type:modell version:x source:a.b.c.d exposure:a.b.c';
    try {
      selectFrom(manifest, specs);
      expect.unreachable();
    } catch (caught) {
      expect((caught as DiagnosticError).diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
        ["Invalid test_type selector 'unti' in 'test_type:unti'", "did you mean 'unit'?"],
        ["Invalid resource_type selector 'modell' in 'resource_type:modell'", "did you mean 'model'?"],
        ["Invalid version selector 'x' in 'version:x'", 'expected one of: latest, prerelease, old, none'],
        [
          "Invalid source selector value 'a.b.c.d' in 'source:a.b.c.d'",
          'write source:source_name or source:source_name.table_name or source:package_name.source_name.table_name',
        ],
        [
          "Invalid exposure selector value 'a.b.c' in 'exposure:a.b.c'",
          'write exposure:exposure_name or exposure:package_name.exposure_name',
        ],
      ]);
    }
  });
});

describe('methods that compare with an earlier run', () => {
  const manifest = manifestOf([model('a'), model('b', ['model.shop.a'])]);

  test('say what they need where nothing was given', () => {
    for (const [spec, needs] of [
      ['state:modified', 'the manifest of an earlier run'],
      ['result:error', 'the run results of an earlier run'],
      ['source_status:fresher', 'the source freshness of an earlier run, and of this one,'],
    ] as const) {
      expect(() => selectFrom(manifest, spec)).toThrow(`in '${spec}' needs ${needs} to compare with`);
    }
  });

  test('select what the earlier run answers for the value', () => {
    const state = {
      ...noSelectionState,
      result: (status: string) => new Set(status === 'error' ? ['model.shop.a', 'model.shop.gone'] : []),
    };
    expect([...selectFrom(manifest, 'result:error+', [], { state }).ids]).toEqual([
      'model.shop.a',
      'model.shop.b',
    ]);
    expect(selectFrom(manifest, 'result:fail', [], { state }).ids.size).toBe(0);
  });
});

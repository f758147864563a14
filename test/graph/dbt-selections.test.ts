import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/graph.ts';
import { select } from '../../src/graph/select.ts';
import type { IndirectSelection, Selector } from '../../src/graph/selector.ts';
import { parseSelectorDefinitions } from '../../src/graph/selector-file.ts';
import { parseSelection } from '../../src/graph/selector-grammar.ts';
import type { AnyNode, GroupNode, ResourceType, UniqueId } from '../../src/manifest/node.ts';
import { manifestOf, type NodeFields } from './manifest-of.ts';

interface Fixture {
  readonly tables: Readonly<Record<string, Readonly<Record<UniqueId, NodeFields>>>> & {
    readonly disabled: Readonly<Record<UniqueId, readonly AnyNode[]>>;
    readonly groups: Readonly<Record<UniqueId, GroupNode>>;
  };
  readonly selectors: readonly unknown[];
  readonly cases: readonly {
    readonly args: readonly string[];
    readonly ids: readonly string[];
    readonly unmatched: readonly string[];
  }[];
}

// What `dbt ls --output json` of dbt-core 1.11.16 answered for a project that has every kind of node.
const fixture = JSON.parse(
  readFileSync(new URL('fixtures/dbt-selections.json', import.meta.url), 'utf8'),
) as Fixture;

const { disabled, groups, ...tables } = fixture.tables;
const manifest = manifestOf(
  Object.values(tables).flatMap((table) => Object.values(table)),
  { disabled: new Map(Object.entries(disabled)), groups: new Map(Object.entries(groups)) },
);
const graph = buildGraph(manifest);

const listed: readonly ResourceType[] = [
  'model',
  'snapshot',
  'seed',
  'test',
  'source',
  'exposure',
  'metric',
  'saved_query',
  'semantic_model',
  'unit_test',
  'function',
];

/** Reads the options of `ls` that choose nodes. */
function run(args: readonly string[]): { ids: string[]; unmatched: string[] } {
  const values = (option: string): string[] => {
    const found: string[] = [];
    for (let index = 0; index < args.length; index += 1) {
      if (args[index] !== option) continue;
      while (args[index + 1] !== undefined && !args[index + 1]!.startsWith('--')) found.push(args[++index]!);
    }
    return found;
  };
  const indirect = (values('--indirect-selection')[0] ?? 'eager') as IndirectSelection;
  const [named] = values('--selector');
  const selector: Selector =
    named === undefined
      ? parseSelection({ select: values('--select'), exclude: values('--exclude'), indirect })
      : parseSelectorDefinitions(fixture.selectors, { indirect }).get(named)!.selector;
  const types = values('--resource-type').flatMap((type) =>
    type === 'all' ? [...listed, 'analysis' as const] : type === 'default' ? listed : [type as ResourceType],
  );
  const left = new Set<ResourceType>(types.length === 0 ? listed : types);
  for (const type of values('--exclude-resource-type')) left.delete(type as ResourceType);
  const { ids, unmatched } = select(graph, manifest, selector, { resourceTypes: left, includeEmpty: true });
  return { ids: [...ids].sort(), unmatched: unmatched.map(({ spec }) => spec) };
}

describe('nodes are selected as dbt selects them', () => {
  for (const { args, ids, unmatched } of fixture.cases) {
    const title = args.join(' ').replace('--resource-type all', '').trim();
    test(`ls ${title}`, () => {
      expect(run(args)).toEqual({ ids, unmatched });
    });
  }
});

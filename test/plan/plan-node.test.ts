import { expect, test } from 'vitest';
import { duckdbFacts } from '../../adapters/duckdb/facts.ts';
import { recipes as duckdbRecipes } from '../../adapters/duckdb/recipes.ts';
import { postgresFacts } from '../../adapters/postgres/facts.ts';
import { recipes as postgresRecipes } from '../../adapters/postgres/recipes.ts';
import type { Relation } from '../../src/adapter/relation.ts';
import { DiagnosticError } from '../../src/core/diagnostic.ts';
import type { GraphNode } from '../../src/manifest/node.ts';
import type { NodePlan, PlannedStep } from '../../src/plan/plan.ts';
import { type MaterializedViewChange, planNode } from '../../src/plan/plan-node.ts';

const model = (config: Readonly<Record<string, unknown>>): GraphNode =>
  ({
    resource_type: 'model',
    name: 'orders',
    alias: 'orders',
    contract: { enforced: false },
    config,
  }) as unknown as GraphNode;

const standing = (type: Relation['type']): Relation => ({
  database: 'shop',
  schema: 'main',
  identifier: 'orders',
  type,
});

const plan = (
  config: Readonly<Record<string, unknown>>,
  existing: Relation | null = null,
  fullRefresh = false,
): NodePlan =>
  planNode({
    node: model(config),
    recipes: duckdbRecipes,
    facts: duckdbFacts,
    existing,
    fullRefresh,
    hasMacro: () => false,
  });

/** Names of the steps, block by block; `!` begins a block outside of a transaction. */
const steps = ({ blocks }: NodePlan): string[] =>
  blocks.map(({ transaction, parts }) => {
    const names = parts
      .flatMap(({ steps }) => steps)
      .map((step) =>
        step.kind === 'hook'
          ? `${step.phase} ${step.hook.sql}`
          : step.kind === 'macro'
            ? step.macro
            : step.kind === 'decide'
              ? step.decision
              : step.kind,
      );
    return `${transaction ? '' : '! '}${names.join(', ')}`;
  });

const refused = (config: Readonly<Record<string, unknown>>, existing: Relation | null = null) => {
  try {
    plan(config, existing);
  } catch (caught) {
    if (caught instanceof DiagnosticError) return caught.diagnostics[0];
    throw caught;
  }
  throw new Error('it was planned');
};

test('a view or table is one block, which drops only what is of another type', () => {
  expect(steps(plan({ materialized: 'view' }))).toEqual(['get_create_view_as_sql']);
  expect(steps(plan({ materialized: 'view' }, standing('view')))).toEqual(['get_create_view_as_sql']);
  expect(steps(plan({ materialized: 'view' }, standing('table')))).toEqual([
    'drop_relation, get_create_view_as_sql',
  ]);
  expect(steps(plan({ materialized: 'table' }, standing('view')))).toEqual([
    'drop_relation, get_create_table_as_sql',
  ]);
});

test('an incremental model that is new, a view so far, or fully refreshed is built as a table', () => {
  const incremental = { materialized: 'incremental', unique_key: 'id' };
  expect(plan(incremental).recipe).toBe('table');
  expect(plan(incremental, standing('view')).recipe).toBe('table');
  expect(plan(incremental, standing('table'), true).recipe).toBe('table');
  expect(plan(incremental, standing('table')).recipe).toBe('delete+insert');
});

test('the strategy is the model’s own, or the adapter’s for models with and without a key', () => {
  const existing = standing('table');
  expect(plan({ materialized: 'incremental' }, existing).recipe).toBe(
    duckdbFacts.defaultIncrementalStrategy.withoutKey,
  );
  expect(plan({ materialized: 'incremental', unique_key: ['a', 'b'] }, existing).recipe).toBe(
    duckdbFacts.defaultIncrementalStrategy.withKey,
  );
  expect(plan({ materialized: 'incremental', unique_key: [] }, existing).recipe).toBe(
    duckdbFacts.defaultIncrementalStrategy.withoutKey,
  );
  const append = { materialized: 'incremental', unique_key: 'id', incremental_strategy: 'append' };
  expect(plan(append, existing).recipe).toBe('append');
});

test('hooks inside the transaction join the recipe’s block, the others stand around it', () => {
  const config = {
    materialized: 'table',
    'pre-hook': [
      { sql: 'a', transaction: false, index: null },
      { sql: 'b', transaction: true, index: null },
    ],
    'post-hook': [
      { sql: 'c', transaction: true, index: null },
      { sql: 'd', transaction: false, index: null },
    ],
  };
  expect(steps(plan(config))).toEqual(['! pre a', 'pre b, get_create_table_as_sql, post c', '! post d']);
});

test('indexes are made where they are configured', () => {
  expect(steps(plan({ materialized: 'table', indexes: [{ columns: ['id'] }] }))).toEqual([
    'get_create_table_as_sql, create_indexes',
  ]);
});

test('a snapshot makes its table once and adds to it ever after, whatever a full refresh says', () => {
  const snapshot = { materialized: 'snapshot', strategy: 'check' };
  expect(plan(snapshot).recipe).toBe('new-snapshot');
  expect(plan(snapshot, standing('table'), true).recipe).toBe('snapshot');
  expect(plan({ ...snapshot, full_refresh: true }, standing('table')).recipe).toBe('snapshot');
  expect(refused(snapshot, standing('view'))?.code).toBe('snapshot-target');
  expect(refused(snapshot, standing('external'))?.code).toBe('snapshot-target');
});

test('what no recipe is for is refused with the nearest name', () => {
  expect(refused({ materialized: 'tabel' })).toMatchObject({
    code: 'materialization-not-found',
    hint: "did you mean 'table'?",
  });
  expect(refused({ materialized: 'incremental', incremental_strategy: 'apend' })).toMatchObject({
    code: 'incremental-strategy-unknown',
    hint: "did you mean 'append'?",
  });
});

/** What must have changed for a recipe of a materialized view to be chosen. */
const changes: Readonly<Record<string, MaterializedViewChange>> = {
  refresh_materialized_view: 'refresh',
  alter_materialized_view: 'alter',
};

test('a materialized view that is kept runs its hooks outside of the transaction, and nothing else', () => {
  const hook = (sql: string, transaction: boolean) => ({ sql, transaction, index: null });
  const config = {
    materialized: 'materialized_view',
    'pre-hook': [hook('first', false), hook('inside', true)],
    'post-hook': [hook('last', false)],
  };
  const kept = planNode({
    node: model(config),
    recipes: postgresRecipes,
    facts: postgresFacts,
    existing: standing('materialized_view'),
    change: 'keep',
    fullRefresh: false,
    hasMacro: () => false,
  });
  expect(steps(kept)).toEqual(['! pre first', '! post last']);
  expect(kept).toMatchObject({ makes: 'materialized_view', recipe: 'none' });
});

/** The steps of a plan, way by way: `either` makes two of one. A snapshot has changed. */
function waysOf(steps: readonly PlannedStep[]): readonly (readonly PlannedStep[])[] {
  return steps.reduce<readonly (readonly PlannedStep[])[]>(
    (ways, step) => {
      const next =
        step.kind === 'either'
          ? [...waysOf(step.first), ...waysOf(step.otherwise)]
          : step.kind === 'changed'
            ? waysOf(step.steps)
            : [[step]];
      return ways.flatMap((way) => next.map((more) => [...way, ...more]));
    },
    [[]],
  );
}

test.each([
  ['DuckDB', duckdbFacts, duckdbRecipes],
  ['PostgreSQL', postgresFacts, postgresRecipes],
] as const)(
  'on %s every way through a recipe has exactly one main step, whatever it finds',
  (_, facts, recipes) => {
    for (const name of Object.keys(recipes)) {
      const change = changes[name];
      const isSnapshot = name.endsWith('snapshot');
      const isStrategy =
        !isSnapshot && change === undefined && !['view', 'table', 'seed', 'materialized_view'].includes(name);
      const config = isStrategy
        ? { materialized: 'incremental', incremental_strategy: name, unique_key: 'id' }
        : { materialized: isSnapshot ? 'snapshot' : change === undefined ? name : 'materialized_view' };
      const others = isSnapshot ? [] : [standing('view'), standing('materialized_view')];
      for (const existing of [null, standing('table'), ...others]) {
        for (const refills of [false, true]) {
          const { blocks } = planNode({
            node: model(config),
            recipes,
            facts,
            existing,
            refills,
            ...(change === undefined ? {} : { change }),
            fullRefresh: false,
            hasMacro: () => true,
          });
          const steps = blocks.flatMap(({ parts }) => parts.flatMap((part) => part.steps));
          for (const way of waysOf(steps)) {
            const mains = way.filter((step) => 'main' in step && step.main);
            expect(mains, `${name} on ${existing?.type ?? 'nothing'}`).toHaveLength(1);
          }
        }
      }
    }
  },
);

test('an external model and a table function are known where the warehouse has recipes of them', () => {
  expect(plan({ materialized: 'external' })).toMatchObject({ makes: 'view', recipe: 'external' });
  expect(steps(plan({ materialized: 'table_function' }))).toEqual(['dbt.get_create_table_function_sql']);
  const elsewhere = (materialized: string) => () =>
    planNode({
      node: model({ materialized }),
      recipes: postgresRecipes,
      facts: postgresFacts,
      existing: null,
      fullRefresh: false,
      hasMacro: () => false,
    });
  expect(elsewhere('external')).toThrow("No materialization 'external' was found for model 'orders'");
  expect(elsewhere('table_function')).toThrow('No materialization');
});

import { Teller } from '../../src/cli/log/teller.ts';
import { error } from '../../src/core/diagnostic.ts';
import type { Event, NodeOutcome, NodeRef } from '../../src/core/event.ts';

/** 2026-01-31 06:00:00 UTC. */
export const sixOClock = Date.UTC(2026, 0, 31, 6);

/** Eighty columns, at six o'clock, in a process that has used nothing. */
export const sampleTeller = (): Teller =>
  new Teller({
    calledAs: 'build',
    width: 80,
    now: () => sixOClock,
    resources: () => ({ userCPUTime: 0, systemCPUTime: 0, maxRSS: 0, fsRead: 0, fsWrite: 0 }),
    showsResources: false,
  });

export function ref(name: string, fields: Partial<NodeRef> = {}): NodeRef {
  const resourceType = fields.resourceType ?? 'model';
  return {
    uniqueId: `${resourceType}.shop.${name}`,
    name,
    resourceType,
    batched: false,
    sourceName: null,
    group: null,
    materialized: resourceType === 'model' ? 'table' : resourceType,
    path: resourceType === 'model' ? `models/${name}.sql` : `${resourceType}s/${name}`,
    nodePath: `${name}.sql`,
    checksum: '',
    meta: {},
    attachedNode: null,
    relationName: `"dev"."main"."${name}"`,
    database: 'dev',
    schema: 'main',
    alias: name,
    ...fields,
  };
}

export function outcome(fields: Partial<NodeOutcome> = {}): NodeOutcome {
  return {
    status: 'success',
    message: 'OK',
    failures: null,
    failingRows: null,
    rowsAffected: null,
    executionTimeMs: 50,
    diagnostic: null,
    compiledPath: null,
    skippedBecause: null,
    config: null,
    response: {},
    timings: [],
    ...fields,
  };
}

export const orders = ref('orders');
export const customers = ref('customers');
export const rawOrders = ref('raw_orders', { resourceType: 'seed', path: 'seeds/raw_orders.csv' });
const yamlTest = { resourceType: 'test', path: 'models/schema.yml', relationName: null };
export const unique = ref('unique_orders_id', yamlTest);
export const notNull = ref('not_null_orders_id', yamlTest);

const sql = 'select id\nfrom missing_table\n';

export const missingTable = error({
  code: 'statement-failed',
  family: 'Database Error',
  message: 'Catalog Error: Table with name missing_table does not exist!',
  span: { file: 'models/customers.sql', text: sql, start: 15, end: 28 },
  hint: 'is a ref() missing?',
});

const failed = outcome({
  status: 'error',
  message: missingTable.message,
  diagnostic: missingTable,
  compiledPath: 'target/compiled/shop/models/customers.sql',
  executionTimeMs: 380,
});
const failedTest = outcome({
  status: 'fail',
  message: 'Got 2 results, configured to fail if != 0',
  failures: 2,
  executionTimeMs: 40,
  compiledPath: 'target/compiled/shop/models/schema.yml/unique_orders_id.sql',
});
const warnedTest = outcome({
  status: 'warn',
  message: 'Got 1 result, configured to warn if != 0',
  failures: 1,
  executionTimeMs: 30,
});
const skipped = outcome({
  status: 'skipped',
  message: null,
  executionTimeMs: 0,
  skippedBecause: customers.uniqueId,
});

export const dependent = ref('dependent');

/** A build with one of everything: a seed, a model, a failure, a failing and a warning test, a skip, a hook. */
export function sampleRun(): readonly Event[] {
  const at = (index: number) => ({ index, total: 6, threadId: `Thread-${index} (worker)` });
  const hook = ref('shop-on-run-start-0', {
    resourceType: 'operation',
    path: 'dbt_project.yml',
    relationName: null,
  });
  return [
    {
      name: 'invocation-started',
      invocationId: 'the-id',
      command: 'build',
      version: '0.1.0',
      dbtVersion: '1.11.16',
      startedAt: sixOClock,
    },
    { name: 'adapter-registered', adapterType: 'duckdb' },
    {
      name: 'project-parsed',
      projectName: 'shop',
      profileName: 'shop',
      targetName: 'dev',
      adapterType: 'duckdb',
      embeddedDatabase: null,
      elapsedMs: 12,
      extent: 'whole',
      counts: { model: 3, seed: 1, analysis: 2, 'data test': 2, 'saved query': 0 },
    },
    { name: 'run-started', threads: 4, total: 6 },
    { name: 'hook-started', hook, index: 1, total: 1 },
    { name: 'hook-finished', hook, index: 1, total: 1, outcome: outcome({ executionTimeMs: 10 }) },
    { name: 'node-started', node: rawOrders, ...at(1) },
    {
      name: 'node-finished',
      node: rawOrders,
      ...at(1),
      outcome: outcome({ message: 'INSERT 99', rowsAffected: 99, executionTimeMs: 380 }),
    },
    { name: 'node-started', node: orders, ...at(2) },
    { name: 'node-started', node: customers, ...at(3) },
    { name: 'statement-sent', connection: 'model.shop.orders', uniqueId: orders.uniqueId, sql: 'select 1' },
    { name: 'node-finished', node: orders, ...at(2), outcome: outcome({ rowsAffected: 5 }) },
    { name: 'node-finished', node: customers, ...at(3), outcome: failed },
    { name: 'node-finished', node: dependent, ...at(4), outcome: skipped },
    { name: 'node-started', node: unique, ...at(5) },
    { name: 'node-finished', node: unique, ...at(5), outcome: failedTest },
    { name: 'node-started', node: notNull, ...at(6) },
    { name: 'node-finished', node: notNull, ...at(6), outcome: warnedTest },
    {
      name: 'run-finished',
      counts: {
        success: 3,
        error: 1,
        skipped: 1,
        'partial success': 0,
        'no-op': 0,
        pass: 0,
        fail: 1,
        warn: 1,
        'runtime error': 0,
      },
      kinds: { seed: 1, 'table model': 3, 'data test': 2, 'project hook': 1 },
      elapsedMs: 3_661_230,
      problems: [
        { node: customers, outcome: failed },
        { node: unique, outcome: failedTest },
        { node: notNull, outcome: warnedTest },
      ],
      interrupted: false,
    },
    { name: 'invocation-finished', command: 'build', success: false, elapsedMs: 3_700_000 },
  ];
}

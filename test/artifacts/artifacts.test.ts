import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noStats, writeCatalog } from '../../src/artifacts/catalog.ts';
import { manifestMetadata, writeManifest } from '../../src/artifacts/manifest-writer.ts';
import { readCatalog, readManifest, readRunResults } from '../../src/artifacts/read.ts';
import { writeRunResults } from '../../src/artifacts/run-results.ts';
import { writeWhole } from '../../src/artifacts/write-whole.ts';
import type { DiagnosticError } from '../../src/core/diagnostic.ts';
import { PyFloat } from '../../src/jinja/values.ts';
import { jsonText } from '../../src/manifest/json-text.ts';
import { resultRecord } from '../../src/run/result-record.ts';
import { manifest, model, orders, result, seed, startedAt } from './sample.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'sluice-artifacts-'));

const context = {
  invocationId: '7ea6a6f0-5984-489c-ba1f-8f12ddaa3403',
  invocationStartedAt: startedAt,
  generatedAt: startedAt + 1500,
  env: new Map([
    ['DBT_ENV_CUSTOM_ENV_TEAM', 'data'],
    ['PATH', '/bin'],
  ]),
};
const quoting = { database: true, schema: true, identifier: true };

function written(project = manifest()): string {
  const path = join(folder(), 'target', 'manifest.json');
  writeManifest(project, manifestMetadata(project, context, quoting), path);
  return path;
}

test('a manifest is read back by its schema, with the metadata that dbt writes', async () => {
  const { metadata } = await readManifest(written());
  expect(metadata).toEqual({
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    dbt_version: '1.11.16',
    generated_at: '2026-01-31T06:00:01.623000Z',
    invocation_id: '7ea6a6f0-5984-489c-ba1f-8f12ddaa3403',
    invocation_started_at: '2026-01-31T06:00:00.123000Z',
    env: { TEAM: 'data' },
    project_name: 'shop',
    project_id: 'fb54f3c5992b96d001bb16e8e92d968d',
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: 'duckdb',
    quoting: { database: true, schema: true, identifier: true, column: null },
    run_started_at: '2026-01-31T06:00:00.123000+00:00',
  });
});

test('the manifest has its members in the order of dbt, and nodes in that of the project', async () => {
  const artifact = JSON.parse(readFileSync(written(), 'utf8'));
  expect(Object.keys(artifact)).toEqual(
    `metadata nodes sources macros docs exposures metrics groups selectors disabled parent_map child_map group_map
     saved_queries semantic_models unit_tests functions`.split(/\s+/),
  );
  expect(Object.keys(artifact.nodes)).toEqual([
    'model.shop.orders',
    'seed.shop.raw_orders',
    'test.shop.unique_orders_id.abc',
  ]);
  expect(artifact.selectors).toEqual({ nightly: { definition: 'tag:daily' } });
  expect(artifact.disabled['model.shop.old'][0].name).toBe('old');
});

test('every node stands in both maps of edges, with its neighbours sorted', async () => {
  const { parent_map, child_map, group_map } = await readManifest(
    written(manifest(model('b', ['model.shop.orders', 'model.shop.gone']))),
  );
  expect(parent_map).toEqual({
    'model.shop.orders': ['seed.shop.raw_orders', 'source.shop.stripe.payments'],
    'seed.shop.raw_orders': [],
    'test.shop.unique_orders_id.abc': ['model.shop.orders'],
    'model.shop.b': ['model.shop.gone', 'model.shop.orders'],
    'source.shop.stripe.payments': [],
    'exposure.shop.board': ['model.shop.orders'],
  });
  expect(child_map).toEqual({
    'model.shop.orders': ['exposure.shop.board', 'model.shop.b', 'test.shop.unique_orders_id.abc'],
    'seed.shop.raw_orders': ['model.shop.orders'],
    'test.shop.unique_orders_id.abc': [],
    'model.shop.b': [],
    'source.shop.stripe.payments': ['model.shop.orders'],
    'exposure.shop.board': [],
  });
  expect(group_map).toEqual({ finance: ['model.shop.orders'] });
});

test('Python floats and big integers keep their kind in the file', () => {
  const text = readFileSync(written(), 'utf8');
  expect(text).toContain('"meta":{"ratio":2.0,"rows":1152921504606846976,');
});

test.each([
  [new PyFloat(1), '1.0'],
  [new PyFloat(1e300), '1e+300'],
  [new PyFloat(-0), '-0.0'],
  [{ a: 10n ** 20n, b: undefined, c: [1n, undefined] }, '{"a":100000000000000000000,"c":[1,null]}'],
  [Number.NaN, 'null'],
  [undefined, 'null'],
  [{ f: new PyFloat(0.5), d: { toJSON: () => '*****' } }, '{"f":0.5,"d":"*****"}'],
])('jsonText(%o) is %s', (value, text) => {
  expect(jsonText(value)).toBe(text);
});

test('what JSON can say is said as JSON.stringify says it, beside floats or not', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(jsonText(value)).toBe(JSON.stringify(value));
      expect(jsonText([value, 1n])).toBe(`[${JSON.stringify(value)},1]`);
    }),
  );
});

test('a result becomes a record with every field of run-results v6', async () => {
  const path = join(folder(), 'run_results.json');
  const results = [
    result({ node: orders }),
    result({ node: seed, compiledCode: null }),
    result({
      node: orders,
      status: 'skipped',
      message: null,
      timings: [],
      compiledCode: null,
      executionTimeMs: 0,
      response: {},
    }),
  ];
  const args = { which: 'build', select: ['orders'], vars: { ratio: new PyFloat(1) } };
  writeRunResults({ context, results: results.map(resultRecord), elapsedMs: 2345, args }, path);
  const artifact = await readRunResults(path);
  expect(artifact.elapsed_time).toBe(2.345);
  expect(artifact.results[0]).toEqual({
    status: 'success',
    timing: [
      {
        name: 'compile',
        started_at: '2026-01-31T06:00:00.123000Z',
        completed_at: '2026-01-31T06:00:00.173000Z',
      },
      {
        name: 'execute',
        started_at: '2026-01-31T06:00:00.173000Z',
        completed_at: '2026-01-31T06:00:00.373000Z',
      },
    ],
    thread_id: 'Thread-1 (worker)',
    execution_time: 0.25,
    adapter_response: { _message: 'OK', rows_affected: 5 },
    message: 'OK',
    failures: null,
    unique_id: 'model.shop.orders',
    compiled: true,
    compiled_code: 'select 1 as id',
    relation_name: '"dev"."main"."orders"',
    batch_results: null,
  });
  expect(artifact.results[1]).toMatchObject({ compiled: null, compiled_code: null, relation_name: null });
  expect(artifact.results[2]).toMatchObject({
    compiled: false,
    timing: [],
    relation_name: '"dev"."main"."orders"',
  });
  expect(readFileSync(path, 'utf8')).toContain('"vars":{"ratio":1.0}');
});

test('a run without results, and an empty manifest member, are valid', async () => {
  const path = join(folder(), 'run_results.json');
  writeRunResults({ context, results: [], elapsedMs: 0, args: {} }, path);
  expect((await readRunResults(path)).results).toEqual([]);
});

test('a catalog is read back as it was written', async () => {
  const path = join(folder(), 'catalog.json');
  const table = {
    metadata: {
      type: 'BASE TABLE',
      schema: 'main',
      name: 'orders',
      database: 'dev',
      comment: null,
      owner: null,
    },
    columns: { id: { type: 'INTEGER', index: 1, name: 'id', comment: null } },
    stats: noStats,
    unique_id: 'model.shop.orders',
  };
  writeCatalog(
    { nodes: new Map([['model.shop.orders', table]]), sources: new Map(), errors: null },
    context,
    path,
  );
  const { nodes, sources, errors } = await readCatalog(path);
  expect({ nodes, sources, errors }).toEqual({
    nodes: { 'model.shop.orders': table },
    sources: {},
    errors: null,
  });
});

test('a file is replaced whole, and nothing is left beside it', () => {
  const directory = folder();
  const path = join(directory, 'deep', 'file.json');
  writeWhole(path, (write) => write('old'));
  expect(() =>
    writeWhole(path, (write) => {
      write('half');
      throw new RangeError('broken off');
    }),
  ).toThrow(RangeError);
  expect(readFileSync(path, 'utf8')).toBe('old');
  writeWhole(path, (write) => {
    for (let index = 0; index < 100_000; index += 1) write(`${index} ✓😀\n`);
  });
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines[99_999]).toBe('99999 ✓😀');
  expect(readdirSync(join(directory, 'deep'))).toEqual(['file.json']);
});

test('a target that cannot be written is told with its path and the way out', () => {
  const file = join(folder(), 'target');
  writeFileSync(file, '');
  const failure = (path: string) => {
    try {
      writeWhole(path, () => {});
    } catch (caught) {
      return (caught as DiagnosticError).diagnostics[0];
    }
    return undefined;
  };
  expect(failure(join(file, 'manifest.json'))).toMatchObject({
    code: 'file-not-written',
    family: 'Runtime Error',
    message: `cannot write ${join(file, 'manifest.json')}: a part of its path is a file`,
    hint: 'choose another folder with --target-path, or make this one writable',
  });
  const taken = join(folder(), 'manifest.json');
  mkdirSync(taken);
  expect(failure(taken)?.message).toBe(`cannot write ${taken}: a folder is in its place`);
});

test('reading tells a missing file from one that is something else', async () => {
  const path = join(folder(), 'manifest.json');
  const codeOf = (reading: Promise<unknown>) =>
    reading.then(
      () => null,
      (caught: DiagnosticError) => [caught.diagnostics[0]?.code, caught.diagnostics[0]?.message],
    );
  expect(await codeOf(readManifest(path))).toEqual([
    'artifact-not-read',
    `cannot read ${path}: no such file`,
  ]);
  writeFileSync(path, '{"metadata": ');
  expect(await codeOf(readManifest(path))).toEqual([
    'artifact-not-understood',
    `${path} is not a manifest v12 artifact: it is no JSON`,
  ]);
  writeFileSync(path, readFileSync(written(), 'utf8').replace('manifest/v12', 'manifest/v11'));
  expect((await codeOf(readManifest(path)))?.[1]).toContain('metadata.dbt_schema_version');
});

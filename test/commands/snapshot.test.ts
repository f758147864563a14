import { expect, test } from 'vitest';
import { cli, type TestProject, testProject } from '../rig.ts';

const project = (config: string): TestProject =>
  testProject({
    'snapshots/history.yml': `snapshots: [{name: history, relation: ref('source'), config: {unique_key: id, strategy: check, check_cols: [v]}}]`,
    'models/source.sql': `{{ config(materialized='table') }} ${config}`,
  });

interface Line {
  readonly info: {
    readonly name: string;
    readonly code: string;
    readonly level: string;
    readonly msg: string;
  };
  readonly data: Readonly<Record<string, unknown>>;
}

test('the lines of a snapshot are those of dbt, in text and as JSON', async () => {
  const shop = project('select 1 as id, 2 as v');
  await cli(shop, ['run']);
  const { code, out } = await cli(shop, ['snapshot', '--no-use-colors']);
  expect(code).toBe(0);
  expect(out).toMatch(/1 of 1 OK snapshotted main\.history \.+ \[OK/);
  const json = await cli(shop, ['snapshot', '--log-format', 'json']);
  const lines = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const { info, data } = lines.find(({ info }) => info.name === 'LogSnapshotResult')!;
  expect([info.code, info.level]).toEqual(['Q015', 'info']);
  expect(data).toMatchObject({ description: 'main.history', status: 'success', index: 1, total: 1 });
  expect(lines.find(({ info }) => info.name === 'LogStartLine')!.data['description']).toBe(
    'snapshot main.history',
  );
});

test('the line of a snapshot has its configuration, as dbt’s log spells it', async () => {
  const shop = testProject({
    'snapshots/two.sql': `{% snapshot two %}
{{ config(unique_key='id', strategy='timestamp', updated_at='made', snapshot_meta_column_names={'dbt_valid_to': 'until'}) }}
select 2 as id, cast('2024-01-01' as timestamp) as made
{% endsnapshot %}`,
  });
  const { out } = await cli(shop, ['snapshot', '--log-format', 'json']);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  expect(lines.find(({ info }) => info.name === 'LogSnapshotResult')!.data['cfg']).toEqual({
    column_types: '{}',
    contract: "{'enforced': False, 'alias_types': True}",
    docs: "{'show': True}",
    enabled: 'True',
    grants: '{}',
    lookback: '1',
    materialized: 'snapshot',
    meta: '{}',
    on_configuration_change: 'apply',
    on_schema_change: 'ignore',
    packages: '[]',
    persist_docs: '{}',
    'post-hook': '[]',
    'pre-hook': '[]',
    quoting: '{}',
    snapshot_meta_column_names: "{'dbt_valid_to': 'until'}",
    strategy: 'timestamp',
    tags: '[]',
    unique_key: 'id',
    updated_at: 'made',
  });
});

test('a snapshot that is refused is an error of its node, told with its keys, and the exit code is 1', async () => {
  const shop = project('select 1 as id, 2 as v union all select 1, 3');
  const { code, out } = await cli(shop, ['build', '--no-use-colors']);
  expect(code).toBe(1);
  expect(out).toMatch(/2 of 2 ERROR snapshotting main\.history \.+ \[ERROR/);
  expect(out).toContain(
    "error[snapshot-keys] the unique_key of snapshot 'history' (id) does not tell the rows of its query apart: '1' in 2 rows",
  );
  const results = shop.json<{ results: { status: string; message: string }[] }>(
    'target/run_results.json',
  ).results;
  expect(results.map(({ status }) => status)).toEqual(['success', 'error']);
  expect(results[1]!.message).toMatch(/^Runtime Error in snapshot history \(snapshots\/history\.yml\)\n/);
});

test('results of a snapshot have the answer to its merge, its compiled code and its relation', async () => {
  const shop = project('select {{ var("id", 1) }} as id, 2 as v');
  for (const [id, rows] of [
    [1, undefined],
    [1, 0],
    [2, 1],
  ] as const) {
    await cli(shop, ['build', '--vars', `id: ${id}`]);
    const [, result] = shop.json<{ results: Record<string, unknown>[] }>('target/run_results.json').results;
    expect(result).toMatchObject({
      unique_id: 'snapshot.shop.history',
      status: 'success',
      message: 'OK',
      failures: null,
      compiled: true,
      relation_name: '"shop"."main"."history"',
      compiled_code: expect.stringContaining('"shop"."main"."source"'),
    });
    expect((result!['adapter_response'] as { rows_affected?: number }).rows_affected).toBe(rows);
  }
});

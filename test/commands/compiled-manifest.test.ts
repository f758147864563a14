import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sluice, testProject } from '../rig.ts';

/** What is compiled of every kind, with texts that look like the entry of a node around them. */
const shop = {
  'seeds/raw.csv': 'id\n1\n',
  'macros/numbers.sql': '{% macro soon() %}0{% endmacro %}{% macro late() %}1{% endmacro %}',
  'models/hidden.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
  'models/plain.sql': "select id from {{ ref('hidden') }} union all select id from {{ ref('raw') }}",
  'models/odd.sql': `{{ config(meta={'compiled_path': none, 'contract': {'depends_on': {'macros': []}}, 'ratio': 1.0}) }}
select '"compiled_path":null,"contract":' as "depends_on", {{ soon() }} + {% if execute %}{{ late() }}{% endif %} as n`,
  'models/schema.yml': `models:
  - name: plain
    columns: [{name: id, data_tests: [not_null]}]
`,
  'snapshots/kept.sql': `{% snapshot kept %}
{{ config(unique_key='id', strategy='check', check_cols='all', target_schema='main') }}
select 1 as id
{% endsnapshot %}`,
  'analyses/look.sql': "select * from {{ ref('plain') }}",
  'tests/alone.sql': "select * from {{ ref('odd') }} where n <> 1",
};

test('a manifest that is made of the parse cache says of compiled nodes what one that is written anew says', async () => {
  const project = testProject(shop);
  /** The lines of the nodes, without the time at which they were parsed. */
  const nodes = async (command: 'build' | 'compile', partialParse: boolean): Promise<readonly string[]> => {
    const { outcome } = await sluice(project, command, { partialParse });
    expect(outcome?.success).toBe(true);
    const manifest = readFileSync(join(project.directory, 'target/manifest.json'), 'utf8');
    return manifest
      .split('\n')
      .map((line) => line.replace(/"created_at":[\d.]+/g, '"created_at":0').replace(/,$/, ''));
  };
  const withCode = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.includes('"compiled_code":')).sort();
  for (const command of ['build', 'compile'] as const) {
    const anew = withCode(await nodes(command, false));
    await nodes(command, true);
    expect(withCode(await nodes(command, true))).toEqual(anew);
    const odd = anew.find((line) => line.startsWith('"model.shop.odd"'));
    expect(JSON.parse(`{${odd}}`)['model.shop.odd']).toMatchObject({
      compiled: true,
      meta: { compiled_path: null },
      depends_on: { macros: ['macro.shop.soon', 'macro.shop.late'] },
    });
    expect(anew).toHaveLength(command === 'build' ? 6 : 7);
  }
});

test('what was compiled and not sent has no message', async () => {
  const project = testProject(shop);
  await sluice(project, 'compile');
  const { results } = JSON.parse(project.read('target/run_results.json'));
  expect(results).toHaveLength(7);
  expect(results.filter(({ message }: { message: unknown }) => message !== null)).toEqual([]);
});

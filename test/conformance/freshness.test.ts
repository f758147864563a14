import { describe, expect, test } from 'vitest';
import { readSources } from '../../src/artifacts/read.ts';
import { cli, sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { warehouses } from './warehouses.ts';

/** Tables of a source in the target's schema, each with what stands below its name in YAML. */
const sources = (tables: Readonly<Record<string, string>>, more = ''): string => `sources:
  - name: raw
    schema: "{{ target.schema }}"
    loaded_at_field: loaded
    freshness: {warn_after: {count: 12, period: hour}, error_after: {count: 1, period: day}}
    tables:
${Object.entries(tables)
  .map(([name, yaml]) => `      - ${yaml === '' ? `{name: ${name}}` : `{name: ${name}, ${yaml}}`}`)
  .join('\n')}
${more}`;

/** A moment so many hours ago, as a time without a zone that counts as UTC. */
const ago = (hours: number): string =>
  `cast(now() at time zone 'UTC' as timestamp) - interval '${hours} hours'`;

/** Makes the source's tables, each of what a select of these columns gives. */
async function load(shop: WarehouseProject, tables: Readonly<Record<string, string>>): Promise<void> {
  const { rows, close } = await shop.client();
  await rows(`create schema if not exists ${shop.schema}`);
  for (const [name, columns] of Object.entries(tables)) {
    await rows(`drop table if exists ${shop.schema}.${name}`);
    await rows(`create table ${shop.schema}.${name} as select ${columns}`);
  }
  await close();
}

describe.each(warehouses)('$name', ({ project }) => {
  test('a source passes, warns, is stale, or cannot be asked', async () => {
    const tables: Readonly<Record<string, readonly [columns: string, yaml: string, status: string | null]>> =
      {
        fresh: [`${ago(1)} as loaded`, '', 'pass'],
        old: [`${ago(13)} as loaded`, '', 'warn'],
        stale: [`${ago(30)} as loaded`, '', 'error'],
        zoned: [`now() - interval '13 hours' as zoned`, 'loaded_at_field: zoned', 'warn'],
        text: [
          `cast(${ago(1)} as varchar(60)) as loaded`,
          'loaded_at_field: "cast(loaded as timestamp)"',
          'pass',
        ],
        unread: [`cast(${ago(1)} as varchar(60)) as loaded`, '', 'runtime error'],
        dated: [`cast(${ago(1)} as date) as loaded`, '', 'runtime error'],
        nulls: ['cast(null as timestamp) as loaded', '', 'error'],
        quoted: [`${ago(1)} as "At It"`, `loaded_at_field: '"At It"'`, 'pass'],
        bare: ['1 as id', '', 'runtime error'],
        lenient: [
          `${ago(30)} as loaded`,
          'freshness: {warn_after: {count: 9, period: day}, error_after: null}',
          'pass',
        ],
        minutes: [`${ago(1)} as loaded`, 'freshness: {error_after: {count: 59, period: minute}}', 'error'],
        configured: [
          `${ago(30)} as loaded`,
          'config: {freshness: {warn_after: {count: 1, period: day}, error_after: null}}',
          'warn',
        ],
        unlimited: ['1 as id', 'freshness: null', null],
        filtered: [
          `${ago(13)} as loaded, 1 as id union all select ${ago(1)}, 2`,
          'freshness: {filter: id = 1}',
          'warn',
        ],
        asked: [
          `${ago(13)} as loaded, 1 as id union all select ${ago(1)}, 2`,
          `loaded_at_query: "select min(loaded) from {{ this }} where id in ({{ var('ids') }}, 2)"`,
          'warn',
        ],
        elsewhere: [
          '1 as id',
          `loaded_at_query: "select max(loaded) from {{ source('raw', 'old') }}"`,
          'warn',
        ],
      };
    const yaml = Object.entries(tables).map(([name, [, more]]) => [name, more]);
    const shop = project({
      'models/sources.yml': sources(
        { ...Object.fromEntries(yaml), gone: '', empty: '' },
        `  - name: silent
    schema: "{{ target.schema }}"
    tables:
      - {name: unlimited, loaded_at_field: id}
      - {name: fresh, freshness: {warn_after: {count: 1, period: day}}}
`,
      ),
    });
    await load(shop, {
      ...Object.fromEntries(Object.entries(tables).map(([name, [columns]]) => [name, columns])),
      empty: `${ago(1)} as loaded where false`,
    });
    const { outcome, warnings } = await sluice(shop, 'sourceFreshness', { vars: { ids: 1 } });
    const expected = Object.entries(tables).filter(([, [, , status]]) => status !== null);
    expect(
      Object.fromEntries(outcome!.results.map(({ node, status }) => [node.fqn!.slice(1).join('.'), status])),
    ).toEqual({
      ...Object.fromEntries(expected.map(([name, [, , status]]) => [`raw.${name}`, status])),
      'raw.gone': 'runtime error',
      'raw.empty': 'error',
      'silent.fresh': 'runtime error',
    });
    expect(outcome!.success).toBe(false);
    expect(warnings.map(({ event, message }) => [event, /'(.*)'/.exec(message)?.[1]])).toEqual([
      ['FreshnessConfigProblem', 'silent.fresh'],
    ]);
    const { results } = await readSources(shop.path('target/sources.json'));
    // What gave no answer is left out, as dbt does.
    expect(results.map(({ unique_id, status }) => [unique_id, status]).sort()).toEqual(
      [...expected, ['empty', ['', '', 'error']] as const]
        .filter(([, [, , status]]) => status !== 'runtime error')
        .map(([name, [, , status]]) => [`source.shop.raw.${name}`, status])
        .sort(),
    );
    const byName = new Map(results.map((result) => [result.unique_id.split('.').at(-1), result]));
    expect(byName.get('empty')).toMatchObject({ max_loaded_at: '0001-01-01T00:00:00+00:00' });
    expect(byName.get('lenient')).toMatchObject({
      criteria: { warn_after: { count: 9, period: 'day' }, error_after: null, filter: null },
    });
    const { max_loaded_at, snapshotted_at, max_loaded_at_time_ago_in_s } = byName.get('zoned') as Record<
      string,
      string
    >;
    const seconds = (Date.parse(snapshotted_at!) - Date.parse(max_loaded_at!)) / 1000;
    expect(Number(max_loaded_at_time_ago_in_s)).toBeCloseTo(seconds, 2);
    expect(shop.has('target/run_results.json')).toBe(false);
    expect(shop.has('target/runs')).toBe(false);
  });

  test('the macros that ask are the project’s where it has some', async () => {
    const shop = project({
      'models/sources.yml': sources({ a: '', b: "loaded_at_query: 'select 1'", c: '' }),
      'macros/ask.sql': `{% macro collect_freshness(source, loaded_at_field, filter) %}
        {% if source.identifier == 'c' %}{{ return('nothing') }}{% endif %}
        {% call statement('x', fetch_result=true) %}
          select ${ago(13)} as m, now() as s, '{{ loaded_at_field }} {{ filter }}' as t from {{ source }}
        {% endcall %}
        {{ return(load_result('x').table.select(['m', 's'])) }}
      {% endmacro %}
      {% macro default__collect_freshness_custom_sql(source, loaded_at_query) %}
        {% call statement('x', fetch_result=true) %}select now(), now() {% endcall %}
        {{ return(load_result('x')) }}
      {% endmacro %}`,
    });
    await load(shop, { a: '1 as id' });
    const { statuses, warnings, diagnostics } = await sluice(shop, 'sourceFreshness');
    expect(statuses).toEqual({ a: 'warn', b: 'pass', c: 'runtime error' });
    expect(warnings.map(({ event }) => event)).toEqual(['CollectFreshnessReturnSignature']);
    expect(diagnostics.map(({ code }) => code)).toEqual(['freshness-result-shape']);
  });

  test('what has new rows since the former look is built, and nothing else', async () => {
    const shop = project({
      'models/sources.yml': sources({ a: '', b: '' }),
      'models/of_a.sql': "select * from {{ source('raw', 'a') }}",
      'models/below_a.sql': "select * from {{ ref('of_a') }}",
      'models/of_b.sql': "select * from {{ source('raw', 'b') }}",
    });
    await load(shop, { a: `${ago(3)} as loaded`, b: `${ago(3)} as loaded` });
    await sluice(shop, 'sourceFreshness');
    shop.write({ 'state/sources.json': shop.read('target/sources.json') });
    await load(shop, { a: `${ago(2)} as loaded` });
    await sluice(shop, 'sourceFreshness');
    const { statuses } = await succeeds(shop, 'build', {
      select: ['source_status:fresher+'],
      state: 'state',
    });
    expect(statuses).toEqual({ of_a: 'success', below_a: 'success' });
  });

  test('hooks run around it, and see the ages; a flag of the project keeps them away', async () => {
    const shop = project({
      'models/sources.yml': sources({ a: '', b: '' }),
      'macros/told.sql': `{% macro told(results) %}{% for r in results if r.max_loaded_at %}
        {% do log(r.node.source_name ~ '.' ~ r.node.name ~ ' ' ~ r.status ~ ' '
          ~ ((r.snapshotted_at - r.max_loaded_at).total_seconds() == r.age)
          ~ (r.age // 3600) ~ ' ' ~ r.to_dict()['max_loaded_at'][:2], info=true) %}
      {% endfor %}{% endmacro %}`,
      'dbt_project.yml': 'name: shop\nprofile: shop\non-run-end: "{{ told(results) }}"\n',
    });
    await load(shop, { a: `${ago(13)} as loaded` });
    const logged = async () => {
      const { events, warnings } = await sluice(shop, 'sourceFreshness');
      const texts = events.flatMap((event) => (event.name === 'template-log' ? [event.text] : []));
      return [texts, warnings.map(({ event }) => event)];
    };
    expect(await logged()).toEqual([['raw.a warn True13.0 20'], []]);
    const flags = 'flags: {source_freshness_run_project_hooks: false}\n';
    shop.write({ 'dbt_project.yml': `${shop.read('dbt_project.yml')}${flags}` });
    expect(await logged()).toEqual([[], ['SourceFreshnessProjectHooksNotRun']]);
  });

  test('the console tells of each source, and the exit code of the worst', async () => {
    const shop = project({ 'models/sources.yml': sources({ fresh: '', old: '', stale: '', gone: '' }) });
    await load(shop, {
      fresh: `${ago(1)} as loaded`,
      old: `${ago(13)} as loaded`,
      stale: `${ago(30)} as loaded`,
    });
    const run = async (...words: string[]) => {
      const { code, out } = await cli(shop, words);
      const lines = out.split('\n').map((line) => line.slice(10).replace(/ \.+ \[.*/, ''));
      return {
        code,
        lines: lines.filter((line) => /freshness of|(Failure|Error) in|Status:|^Done/.test(line)),
      };
    };
    const all = await run('source', 'freshness', '--threads', '1');
    expect(all.code).toBe(1);
    expect(all.lines).toEqual([
      '1 of 4 PASS freshness of raw.fresh',
      '2 of 4 WARN freshness of raw.old',
      '3 of 4 ERROR STALE freshness of raw.stale',
      '4 of 4 ERROR freshness of raw.gone',
      'Failure in source stale (models/sources.yml)',
      '  Status: error',
      '  Database Error in source gone (models/sources.yml)',
      'Done.',
    ]);
    const two = ['source:raw.old', 'source:raw.fresh'];
    const some = await run('source', 'snapshot-freshness', '--threads', '1', '-s', ...two);
    expect(some).toEqual({
      code: 0,
      lines: ['1 of 2 PASS freshness of raw.fresh', '2 of 2 WARN freshness of raw.old', 'Done.'],
    });
  });

  test('the report goes where it is asked to, and is written where nothing is selected, too', async () => {
    const shop = project({ 'models/sources.yml': sources({ a: '' }) });
    await load(shop, { a: `${ago(1)} as loaded` });
    const { warnings } = await sluice(shop, 'sourceFreshness', { output: 'reports/a.json' });
    expect(warnings.map(({ event }) => event)).toEqual(['CustomOutputPathInSourceFreshnessDeprecation']);
    expect((await readSources(shop.path('reports/a.json'))).results).toHaveLength(1);
    expect(shop.has('target/sources.json')).toBe(false);
    const nothing = await sluice(shop, 'sourceFreshness', { select: ['source:nosuch'] });
    expect(nothing.outcome).toMatchObject({ success: true, results: [] });
    expect(nothing.warnings.map(({ event }) => event)).toEqual(['NoNodesForSelectionCriteria']);
    expect((await readSources(shop.path('target/sources.json'))).results).toEqual([]);
  });

  test('failing fast stops at a source that is too old, and not at one that cannot be asked', async () => {
    const shop = project({ 'models/sources.yml': sources({ gone: '', stale: '', fresh: '' }) });
    await load(shop, { stale: `${ago(30)} as loaded`, fresh: `${ago(1)} as loaded` });
    const { statuses } = await sluice(shop, 'sourceFreshness', { failFast: true, threads: 1 });
    expect(statuses).toEqual({ gone: 'runtime error', stale: 'error', fresh: 'skipped' });
  });

  test('retry passes over it to the run before', async () => {
    const shop = project({
      'models/sources.yml': sources({ stale: '' }),
      'models/a.sql': 'select nothing',
    });
    await load(shop, { stale: `${ago(30)} as loaded` });
    await sluice(shop, 'run');
    await sluice(shop, 'sourceFreshness');
    shop.write({ 'models/a.sql': 'select 1 as id' });
    const { statuses } = await succeeds(shop, 'retry');
    expect(statuses).toEqual({ a: 'success' });
  });
});

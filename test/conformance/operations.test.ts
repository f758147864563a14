import { describe, expect, test } from 'vitest';
import { cli, sluice } from '../rig.ts';
import { warehouses } from './warehouses.ts';

const create = (name: string): string => `create table {{ target.schema }}.${name} as select 1 as id`;

/** Macros that make a table each in a way of its own; none is told to commit but where its name says so. */
const macros = `
{% macro by_query() %}{% do run_query("create table " ~ target.schema ~ ".by_query as select 1 as id") %}{% endmacro %}
{% macro by_statement() %}{% call statement('x') %}${create('by_statement')}{% endcall %}{% endmacro %}
{% macro by_statement_alone() %}
  {% call statement('x', auto_begin=false) %}${create('by_statement_alone')}{% endcall %}
{% endmacro %}
{% macro committed() %}{% call statement('x') %}${create('committed')}{% endcall %}{% do adapter.commit() %}{% endmacro %}
{% macro committed_by_text() %}{% call statement('x') %}${create('committed_by_text')}; commit{% endcall %}{% endmacro %}
{% macro whole_by_text() %}{% do run_query("begin; ${create('whole_by_text').replace('{{ target.schema }}', '" ~ target.schema ~ "')}; commit;") %}{% endmacro %}
{% macro rolled_back() %}
  {% do run_query("begin") %}{% do run_query("create table " ~ target.schema ~ ".rolled_back as select 1 as id") %}
  {% do run_query("rollback") %}
{% endmacro %}
{% macro printed_only() %}${create('printed_only')}{% endmacro %}
{% macro fails_after_commit() %}
  {% call statement('x') %}${create('before_failure')}{% endcall %}{% do adapter.commit() %}
  {% call statement('x') %}select nothing{% endcall %}
{% endmacro %}
`;

describe.each(warehouses)('$name', ({ project, facts }) => {
  test('the statements of a macro take effect as they do under dbt', async () => {
    const shop = project({ 'models/a.sql': 'select 1 as id', 'macros/m.sql': macros });
    await sluice(shop, 'build');
    const names = macros.matchAll(/macro (\w+)/g);
    for (const [, macro] of names) {
      const { outcome } = await sluice(shop, 'runOperation', { macro: macro! });
      expect([macro, outcome?.success]).toEqual([macro, macro !== 'fails_after_commit']);
    }
    const everywhere = [
      'before_failure',
      'by_query',
      'by_statement_alone',
      'committed',
      'committed_by_text',
      'whole_by_text',
    ];
    const expected = facts.implicitTransactions ? [...everywhere, 'by_statement'] : everywhere;
    expect(await shop.relations()).toEqual(['a view', ...expected.map((name) => `${name} table`)].sort());
  });

  test('a macro reads the warehouse, its graph and its arguments', async () => {
    const shop = project({
      'models/a.sql': 'select 7 as id',
      'macros/m.sql': `{% macro m(name, more=2) %}
        {% do log(run_query('select id from ' ~ ref(name)).columns[0].values()[0], info=true) %}
        {% do log([more, execute, this is defined, model.unique_id, flags.WHICH, graph.nodes.keys() | list], info=true) %}
        {% do print(adapter.get_relation(target.database, target.schema, name).type) %}
      {% endmacro %}`,
    });
    await sluice(shop, 'build');
    const { events, outcome } = await sluice(shop, 'runOperation', {
      macro: 'm',
      macroArgs: { name: 'a', more: [1, { deep: true }] },
    });
    expect(outcome?.success).toBe(true);
    const told = events.flatMap((event) =>
      event.name === 'template-print' || (event.name === 'template-log' && event.level === 'info')
        ? [event.text]
        : [],
    );
    expect(told).toEqual([
      '7',
      "[[1, {'deep': True}], True, False, 'macro.shop.m', 'run-operation', ['model.shop.a']]",
      'view',
    ]);
  });

  test('a failure is told with the way into the macro, and results are as dbt writes them', async () => {
    const shop = project({
      'macros/m.sql':
        '{% macro outer() %}\n{{ inner() }}\n{% endmacro %}\n{% macro inner() %}\n{% do run_query("select nothing") %}\n{% endmacro %}\n',
    });
    const { diagnostics } = await sluice(shop, 'runOperation', { macro: 'outer' });
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.message).toContain('nothing');
    expect(diagnostics[0]!.related.map(({ message }) => message)).toEqual([
      "sent from macro 'statement'",
      "sent from macro 'run_query'",
      "sent from macro 'inner'",
      "sent from macro 'outer'",
    ]);
    const { results, args } = shop.json<{ results: Record<string, unknown>[]; args: object }>(
      'target/run_results.json',
    );
    const { timing, execution_time, ...result } = results[0]!;
    expect(result).toEqual({
      status: 'error',
      thread_id: 'MainThread',
      adapter_response: {},
      message: null,
      failures: 1,
      unique_id: 'macro.shop.outer',
      compiled: false,
      compiled_code: null,
      relation_name: null,
      batch_results: null,
    });
    expect(args).toMatchObject({ which: 'run-operation', macro: 'outer' });
  });
});

describe('run-operation', () => {
  const [{ project }] = warehouses as [(typeof warehouses)[number]];
  const files = {
    'macros/m.sql': "{% macro grant_all(role, to='all') %}{% do log(role ~ to, info=true) %}{% endmacro %}",
    'models/e.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
    'macros/e.sql': "{% macro uses_e() %}{{ ref('e') }}{% endmacro %}",
  };

  test('exits with 0, with 1 where the macro fails, with 2 where there is none', async () => {
    const shop = project(files);
    const ran = async (...argv: string[]) => {
      const { code, out, err } = await cli(shop, ['run-operation', ...argv]);
      return [code, `${out}${err}`.match(/error\[.*|hint: .*/g) ?? []];
    };
    expect(await ran('grant_all', '--args', '{role: me}')).toEqual([0, []]);
    expect(await ran('shop.grant_all')).toEqual([0, []]);
    expect(await ran('dbt.run_query', '--args', 'sql: select 1')).toEqual([0, []]);
    expect(await ran('grant_all', '--args', '{rol: me}')).toEqual([
      1,
      [
        "error[template-type-error] TypeError: macro 'grant_all' takes no keyword argument 'rol'",
        "hint: did you mean 'role'?",
      ],
    ]);
    expect(await ran('uses_e')).toEqual([
      1,
      [
        'error[ephemeral-in-operation] Operations can not ref() ephemeral nodes, but e is ephemeral',
        'hint: it makes no relation that could be named; materialize it as a view',
      ],
    ]);
    expect(await ran('grant_al')).toEqual([
      2,
      [
        'error[macro-not-found] dbt could not find a macro with the name "grant_al" in any package',
        "hint: did you mean 'grant_all'?",
      ],
    ]);
    expect(await ran('shp.grant_all')).toEqual([
      2,
      [
        'error[macro-not-found] dbt could not find a macro with the name "grant_all" in the "shp" package',
        "hint: did you mean 'shop'?",
      ],
    ]);
    expect(await ran()).toEqual([
      2,
      [
        'error[macro-name-missing] run-operation needs the name of a macro',
        "hint: sluice run-operation my_macro --args '{name: value}'",
      ],
    ]);
    expect((await ran('grant_all', '--args', '[1]'))[0]).toBe(2);
  });

  test("a plain name means the project's macro before a package's, and names in it are the project's", async () => {
    const shop = project({
      ...files,
      'packages.yml': 'packages: [{local: near}]',
      'near/dbt_project.yml': 'name: near',
      'near/macros/m.sql': `{% macro grant_all() %}{% do log('near', info=true) %}{% endmacro %}
        {% macro only_near() %}{{ who() }}{% endmacro %}
        {% macro who() %}{% do log('who of near', info=true) %}{% endmacro %}`,
      'macros/who.sql': "{% macro who() %}{% do log('who of shop', info=true) %}{% endmacro %}",
    });
    await sluice(shop, 'deps');
    const logs = async (macro: string) => {
      const { events } = await sluice(shop, 'runOperation', { macro });
      return events.flatMap((event) => (event.name === 'template-log' ? [event.text] : []));
    };
    expect(await logs('grant_all')).toEqual(['all']);
    expect(await logs('near.grant_all')).toEqual(['near']);
    expect(await logs('only_near')).toEqual(['who of shop']);
    expect(await logs('near.only_near')).toEqual(['who of near']);
  });
});

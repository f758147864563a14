import { describe, expect, test } from 'vitest';
import { sluice } from '../rig.ts';
import { succeeds } from './succeeds.ts';
import { warehouses } from './warehouses.ts';

/** A value in SQL, and what dbt makes of it in a template: as text, and in a list. */
const portable: readonly (readonly [sql: string, printed: string, listed: string])[] = [
  ['cast(1 as smallint)', '1', '1'],
  ['cast(9007199254740993 as bigint)', '9007199254740993', '9007199254740993'],
  ['cast(1.50 as decimal(10, 2))', '1.50', "Decimal('1.50')"],
  ['cast(2.00 as decimal(10, 2))', '2.00', "Decimal('2.00')"],
  [
    "cast('12345678901234567890.123' as decimal(30, 3))",
    '12345678901234567890.123',
    "Decimal('12345678901234567890.123')",
  ],
  ['cast(0.1 as double precision)', '0.1', "Decimal('0.1')"],
  ['cast(2 as double precision)', '2.0', "Decimal('2.0')"],
  ['cast(1.5 as real)', '1.5', "Decimal('1.5')"],
  ['1 = 1', 'True', 'True'],
  ["'007'", '007', "'007'"],
  ["'2024-01-01'", '2024-01-01', "'2024-01-01'"],
  ["'grün 🌱'", 'grün 🌱', "'grün 🌱'"],
  ["''", '', "''"],
  ['cast(null as varchar)', 'None', 'None'],
  ['cast(null as integer)', 'None', 'None'],
  ['cast(null as date)', 'None', 'None'],
  ["date '2024-02-29'", '2024-02-29', 'datetime.date(2024, 2, 29)'],
  [
    "timestamp '2024-02-29 12:30:00.5'",
    '2024-02-29 12:30:00.500000',
    'datetime.datetime(2024, 2, 29, 12, 30, 0, 500000)',
  ],
  ["timestamp '2024-02-29 00:00:00'", '2024-02-29 00:00:00', 'datetime.datetime(2024, 2, 29, 0, 0)'],
  [
    "timestamptz '2024-02-29 12:30:00+02'",
    '2024-02-29 10:30:00+00:00',
    'datetime.datetime(2024, 2, 29, 10, 30, tzinfo=datetime.timezone.utc)',
  ],
  ["time '10:20:30'", '10:20:30', "'10:20:30'"],
  ['count(*)', '1', '1'],
  ['sum(2)', '2', '2'],
  [
    `cast('{"a": [1, 2.5, null], "b": "x"}' as json)`,
    '{"a": [1, 2.5, null], "b": "x"}',
    `'{"a": [1, 2.5, null], "b": "x"}'`,
  ],
];

describe.each(warehouses)('$name', ({ project, types, ownValues }) => {
  test('values of queries are in templates what they are in dbt', async () => {
    const values = [...portable, ...ownValues];
    const selected = values.map(([sql], index) => `${sql} as v${index}`).join(', ');
    const shop = project({
      'models/a.sql': `{% if execute %}
{% do run_query("set timezone = 'UTC'") %}
{% set table = run_query(${JSON.stringify(`select ${selected}`)}) %}
{% for column in table.columns %}{% do log(column.name ~ ' ' ~ column.values()[0] ~ ' ' ~ [column.values()[0]], info=true) %}{% endfor %}
{% do log('rows ' ~ table.rows | length ~ ' ' ~ table.columns[0].values() ~ table.columns[1].values(), info=true) %}
{% endif %} select 1 as id`,
    });
    const { events } = await succeeds(shop, 'run');
    const said = events.flatMap((event) => (event.name === 'template-log' ? [event.text] : []));
    expect(said).toEqual([
      ...values.map(([, printed, listed], index) => `v${index} ${printed} [${listed}]`),
      'rows 1 (1,)(9007199254740993,)',
    ]);
  });

  test('values of queries may build the statement that follows', async () => {
    const shop = project({
      'seeds/raw.csv': 'kind,day,amount\na,2024-01-01,1.5\nb,2024-02-01,2\na,2024-02-01,3\n',
      'models/a.sql': `{{ config(materialized='table') }}
-- depends_on: {{ ref('raw') }}
{% set kinds = run_query('select distinct kind from ' ~ ref('raw') ~ ' order by 1').columns[0].values() if execute else [] %}
{% set last = run_query('select max(day), max(amount) from ' ~ ref('raw')).rows[0] if execute else [none, 0] %}
select
  {% for kind in kinds %}sum(case when kind = '{{ kind }}' then amount end) as of_{{ kind }}, {% endfor %}
  cast('{{ last[0] }}' as date) as last_day,
  {{ last[1] }} as most,
  '{{ dbt_utils_free(ref('raw')) }}' as columns
from {{ ref('raw') }}`,
      'macros/columns.sql': `{% macro dbt_utils_free(relation) %}{{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | join(' ') if execute else '') }}{% endmacro %}`,
    });
    await succeeds(shop, 'build');
    expect(await shop.rows('select * from a')).toEqual([[4.5, 2, '2024-02-01', 3, 'kind day amount']]);
  });

  test('show gives rows and their types, of models and of any query, and writes nothing', async () => {
    const shop = project({
      'models/a.sql': "select 1 as id, 'x' as name, cast(9007199254740993 as bigint) as big",
    });
    const shown = async (options: object) => (await sluice(shop, 'show', options)).outcome!.shown[0]!;
    const { columns, rows } = await shown({ select: ['a'] });
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      `id ${types.integer}`,
      `name ${types.text}`,
      `big ${types.bigint}`,
    ]);
    expect(rows).toEqual([[1, 'x', 9007199254740993n]]);
    const many = "select i from generate_series(1, 20) as g(i) order by i -- {{ 'a comment' }}";
    expect((await shown({ inline: many })).rows).toHaveLength(5);
    expect((await shown({ inline: many, limit: -1 })).rows).toHaveLength(20);
    expect((await shown({ inline: 'select 1 as id where 1 = 0' })).rows).toEqual([]);
    expect(await shop.relations()).toEqual([]);
  });

  test('the catalog tells of every relation of the project its columns and their types', async () => {
    const shop = project({
      'seeds/raw.csv': 'id,Name,day\n1,x,2024-01-01\n',
      'models/a.sql':
        "{{ config(materialized='table') }} select id, day, cast(1.5 as decimal(10, 2)) as amount from {{ ref('raw') }}",
      'models/b.sql': "{{ config(schema='marts') }} select id as \"Odd Name\" from {{ ref('a') }}",
      'models/c.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
      'models/sources.yml':
        'sources: [{name: own, schema: "{{ target.schema }}", tables: [{name: raw}, {name: nowhere}]}]',
    });
    await succeeds(shop, 'build');
    expect((await sluice(shop, 'docsGenerate')).diagnostics).toEqual([]);
    interface Table {
      readonly metadata: { readonly name: string; readonly schema: string; readonly type: string };
      readonly columns: Readonly<Record<string, { readonly type: string; readonly index: number }>>;
    }
    const { nodes, sources } = shop.json<Record<string, Record<string, Table>>>('target/catalog.json');
    const told = Object.entries({ ...nodes, ...sources }).map(([id, { metadata, columns }]) => [
      `${id} ${metadata.schema}.${metadata.name} ${metadata.type}`,
      Object.entries(columns).map(([name, { type }]) => `${name} ${type}`),
    ]);
    expect(Object.fromEntries(told)).toEqual({
      [`seed.shop.raw ${shop.schema}.raw BASE TABLE`]: await shop.columns('raw'),
      [`model.shop.a ${shop.schema}.a BASE TABLE`]: await shop.columns('a'),
      [`model.shop.b ${shop.schema}_marts.b VIEW`]: [`Odd Name ${types.integer}`],
      [`source.shop.own.raw ${shop.schema}.raw BASE TABLE`]: await shop.columns('raw'),
    });
  });
});

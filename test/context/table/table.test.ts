import { expect, test } from 'vitest';
import type { Cell, ColumnKind, ResultColumn } from '../../../src/adapter/cell.ts';
import { rendered, tableOfResult } from './render-table.ts';

const kinds: readonly (readonly [string, ColumnKind])[] = [
  ['id', 'integer'],
  ['a long column name over twenty', 'text'],
  ['amount', 'decimal'],
  ['flag', 'boolean'],
  ['d', 'date'],
  ['ts', 'timestamp'],
  ['extra', 'text'],
];
const wide = tableOfResult({
  columns: kinds.map(([name, kind]): ResultColumn => ({ name, kind, type: kind })),
  rows: [
    [1, 'x', '1234.5', true, '2024-01-02', '2024-01-02 03:04:05', 'e'],
    [20000, 'a value that is longer than twenty', '-0.123456', null, null, '2024-01-02 03:04:05.000600', 'é'],
    [null, null, '1000000', false, '2020-01-01', null, null],
  ],
});

function pairs(rows: readonly (readonly Cell[])[]) {
  const columns: ResultColumn[] = [
    { name: 'id', kind: 'integer', type: 'int' },
    { name: 'v', kind: 'text', type: 'text' },
  ];
  return tableOfResult({ columns, rows }).table;
}
const u = pairs([
  [1, 'one'],
  [3, 'three'],
  [1, 'uno'],
]);
const w = pairs([
  [1, 'x'],
  [2, 'y'],
  [3, 'z'],
]);

async function printed(call: string): Promise<string> {
  wide.printed.length = 0;
  await rendered(`{% do ${call} %}`, { t: wide.table });
  return wide.printed.join('\n');
}

// Layouts below are agate's own output for the same rows.
test('print_table lays out as agate does', async () => {
  expect(await printed('t.print_table()')).toBe(
    `
|    id | a long column nam... |         amount |  flag |          d |                   ts | ... |
| ----- | -------------------- | -------------- | ----- | ---------- | -------------------- | --- |
|     1 | x                    |     1,234.500… |  True | 2024-01-02 |  2024-01-02 03:04:05 | ... |
| 20000 | a value that is l... |        -0.123… |       |            | 2024-01-02 03:04:... | ... |
|       |                      | 1,000,000.000… | False | 2020-01-01 |                      | ... |`.trim(),
  );
});

test('print_table keeps to its limits of rows and columns', async () => {
  expect(await printed('t.print_table(max_rows=2, max_columns=3)')).toBe(
    `
|    id | a long column nam... |     amount | ... |
| ----- | -------------------- | ---------- | --- |
|     1 | x                    | 1,234.500… | ... |
| 20000 | a value that is l... |    -0.123… | ... |
|   ... | ...                  |        ... | ... |`.trim(),
  );
});

test('print_table shows everything where no limit is set', async () => {
  expect(await printed('t.print_table(max_precision=none, max_columns=3, max_column_width=none)')).toBe(
    `
|    id | a long column name over twenty     |           amount | ... |
| ----- | ---------------------------------- | ---------------- | --- |
|     1 | x                                  |     1,234.500000 | ... |
| 20000 | a value that is longer than twenty |        -0.123456 | ... |
|       |                                    | 1,000,000.000000 | ... |`.trim(),
  );
});

test('print_csv and print_json write as agate does', async () => {
  expect(await printed('t.print_csv()')).toBe(
    `
id,a long column name over twenty,amount,flag,d,ts,extra
1,x,1234.5,True,2024-01-02,2024-01-02T03:04:05,e
20000,a value that is longer than twenty,-0.123456,,,2024-01-02T03:04:05.000600,é
,,1000000,False,2020-01-01,,`.trim(),
  );
  expect(await printed("t.select(['id', 'amount']).print_json(indent=2)")).toBe(
    `
[
  {
    "id": 1,
    "amount": 1234.5
  },
  {
    "id": 20000,
    "amount": -0.123456
  },
  {
    "id": null,
    "amount": 1000000.0
  }
]`.trim(),
  );
  expect(await printed("t.select(['id', 'd']).print_json(newline=true)")).toBe(
    '{"id": 1, "d": "2024-01-02"}\n{"id": 20000, "d": null}\n{"id": null, "d": "2020-01-01"}',
  );
  expect(await printed("t.select(['id', 'd']).limit(1).print_json(key='id')")).toBe(
    '{"1": {"id": 1, "d": "2024-01-02"}}',
  );
});

test.each([
  ["t.order_by('id').columns['id'].values()", '(1, 20000, None)'],
  ["t.order_by('id', reverse=true).columns['id'].values()", '(None, 20000, 1)'],
  ["t.select(['id', 'amount']).column_names", "('id', 'amount')"],
  ["t.select('id').column_names", "('id',)"],
  [
    "t.exclude(['id', 'amount', 'ts', 'd']).column_names",
    "('a long column name over twenty', 'flag', 'extra')",
  ],
  ["t.limit(2).columns['id'].values()", '(1, 20000)'],
  ["t.limit(1, 3).columns['id'].values()", '(20000, None)'],
  ["t.limit(0, 3, 2).columns['id'].values()", '(1, None)'],
  ["t.rename({'id': 'key'}).column_names[0]", 'key'],
  ["t.rename(['a', 'b', 'c', 'd', 'e', 'f', 'g']).column_names", "('a', 'b', 'c', 'd', 'e', 'f', 'g')"],
  ['t.columns[0].name ~ t.columns.amount.index ~ t.columns["d"].name', 'id2d'],
  ['t.columns.keys()[0]', 'id'],
  ["t.columns | map(attribute='name') | list | length", '7'],
  ['t.columns.get("nope")', 'None'],
  ['t.columns.flag.values_without_nulls()', '(True, False)'],
  ['t.columns.id.values_sorted()', '[1, 20000, None]'],
  ['t.rows[-1].flag', 'False'],
  ['t.rows[5] is defined', 'False'],
  ['t.rows[0:2] | length', '2'],
  ['t.rows.keys()', 'None'],
  ['t[1].id', '20000'],
  ['t | length', '3'],
  ['t is mapping', 'False'],
  ['t.row_names', 'None'],
])('%s is what agate gives', async (expression, expected) => {
  expect(await rendered(`{{ ${expression} }}`, { t: wide.table })).toBe(expected);
});

test.each([
  ['r', "<agate.Row: (1, 'one')>"],
  ["r[0] ~ r['v'] ~ r.v", '1oneone'],
  ["r.get('zz') ~ r.get('zz', 'd')", 'Noned'],
  ['r.items()', "(('id', 1), ('v', 'one'))"],
  ['r.dict().v', 'one'],
  ['r.values()', "(1, 'one')"],
  ['r.keys()', "('id', 'v')"],
  ["r.index('one') ~ r.count(1)", '11'],
  ['1 in r', 'True'],
  ["r == (1, 'one')", 'True'],
  ["r == [1, 'one']", 'True'],
  ['r == u.rows[2]', 'False'],
  ['r | length', '2'],
  ['r[0:1]', '(1,)'],
  ["r['zz'] is defined", 'False'],
  ['r is sequence and r is iterable and r is not mapping', 'True'],
  ['u.columns[0].values_distinct()', '(1, 3)'],
  ['u.columns.index(u.columns[1])', '1'],
  ["u.distinct('id').columns[1].values()", "('one', 'three')"],
  ["u.group_by('id').keys()", '(1, 3)'],
  ["u.group_by('id').values()[0].rows | length", '2'],
])('a row or column gives %s as in agate', async (expression, expected) => {
  expect(await rendered(`{{ ${expression} }}`, { u, r: u.rows.values[0]! })).toBe(expected);
});

test.each([
  ["left_key='id'", "('id', 'v', 'v2')", '1 x one;1 x uno;2 y None;3 z three;'],
  ["left_key='id', inner=true", "('id', 'v', 'v2')", '1 x one;1 x uno;3 z three;'],
  [
    "left_key='id', full_outer=true",
    "('id', 'v', 'id2', 'v2')",
    '1 x 1 one;1 x 1 uno;2 y None None;3 z 3 three;',
  ],
  ["left_key='id', columns=['v']", "('id', 'v', 'v2')", '1 x one;1 x uno;2 y None;3 z three;'],
  ['', "('id', 'v', 'id2', 'v2')", '1 x 1 one;2 y 3 three;3 z 1 uno;'],
])('join(%s) joins as agate does', async (options, names, rows) => {
  const call = `w.join(u${options === '' ? '' : `, ${options}`})`;
  const text = `{% set j = ${call} %}{{ j.column_names }}|{% for r in j.rows %}{{ r.values() | join(' ') }};{% endfor %}`;
  expect(await rendered(text, { u, w })).toBe(`${names}|${rows}`);
});

test('a join that needs matches names the key without one', async () => {
  await expect(rendered("{{ w.join(u, 'id', require_match=true) }}", { u, w })).rejects.toThrow(
    'has the key 2',
  );
});

test('macros can test and order rows', async () => {
  const macros =
    "{% macro big(row) %}{{ 'yes' if row.id > 1 else '' }}{% endmacro %}{% macro last(row) %}{{ row.v[-1] }}{% endmacro %}";
  const text = `${macros}{{ w.where(dbt_macro__big).rows | length }} {{ w.find(dbt_macro__big).v }} {{ w.order_by(dbt_macro__last, reverse=true).rows[0].v }}`;
  expect(await rendered(text, { w })).toBe('2 y z');
});

test('what tables cannot do says so by name', async () => {
  await expect(rendered("{{ w.pivot('id') }}", { w })).rejects.toThrow(
    'tables of sluice do not have pivot()',
  );
  await expect(rendered("{{ w.to_csv('x.csv') }}", { w })).rejects.toThrow(
    'table.to_csv() would write a file',
  );
  await expect(rendered("{{ w.select('nope') }}", { w })).rejects.toThrow("'nope' is not a column");
});

import { expect, test } from 'vitest';
import type { Cell, ColumnKind, ResultColumn } from '../../../src/adapter/cell.ts';
import { emptyTable, rowsOf } from '../../../src/context/table/from-result.ts';
import { repr, str } from '../../../src/jinja/text.ts';
import { postgresLike } from '../sample-facts.ts';
import { rendered, tableOfResult } from './render-table.ts';

type Field = readonly [name: string, kind: ColumnKind, type: string, cell: Cell];

// One row of every kind, as dbt-duckdb's driver returns it; the expected texts below are what dbt printed for it.
const fields: readonly Field[] = [
  ['a', 'integer', 'INTEGER', 1],
  ['b', 'decimal', 'DECIMAL(2,1)', '1.5'],
  ['c', 'boolean', 'BOOLEAN', true],
  ['d', 'date', 'DATE', '2024-01-02'],
  ['e', 'timestamp', 'TIMESTAMP', '2024-01-02 03:04:05.678000'],
  ['f', 'text', 'VARCHAR', 'x'],
  ['g', 'integer', 'INTEGER', null],
  ['h', 'float', 'DOUBLE', 1.5],
  ['i', 'list', 'INTEGER[]', [1, 2]],
  [
    'j',
    'struct',
    'STRUCT(k VARCHAR, n INTEGER)',
    {
      fields: [
        ['k', 'v'],
        ['n', 2],
      ],
    },
  ],
  ['l', 'integer', 'HUGEINT', 9007199254740993n],
  ['m', 'timestamptz', 'TIMESTAMP WITH TIME ZONE', '2024-01-02 01:04:05+00:00'],
  ['n', 'time', 'TIME', '01:02:03'],
  ['p', 'bytes', 'BLOB', new Uint8Array([1, 0x61, 0x62])],
  ['q', 'json', 'JSON', '{"a":1}'],
  ['s', 'float', 'DOUBLE', 2],
  ['u', 'decimal', 'DECIMAL(30,2)', '100000000000000000000.50'],
  ['w', 'float', 'DOUBLE', 1e30],
  ['y', 'list', 'DATE[]', ['2024-01-01', null]],
  ['z', 'float', 'DOUBLE', 1e-7],
  ['aa', 'text', 'VARCHAR', '2020-01-01'],
  ['bb', 'text', 'VARCHAR', ''],
  ['cc', 'text', 'VARCHAR', 'null'],
];

const result = {
  columns: fields.map(([name, kind, type]): ResultColumn => ({ name, kind, type })),
  rows: [fields.map(([, , , cell]) => cell)],
};
const { table } = tableOfResult(result);

const column = (name: string, kind: ColumnKind, cells: readonly Cell[], type = 'any') =>
  tableOfResult({ columns: [{ name, kind, type }], rows: cells.map((cell) => [cell]) }).table;

test.each([
  ['a', 'Integer', '1', '1'],
  ['b', 'Number', '1.5', "Decimal('1.5')"],
  ['c', 'Boolean', 'True', 'True'],
  ['d', 'Date', '2024-01-02', 'datetime.date(2024, 1, 2)'],
  ['e', 'DateTime', '2024-01-02 03:04:05.678000', 'datetime.datetime(2024, 1, 2, 3, 4, 5, 678000)'],
  ['f', 'Text', 'x', "'x'"],
  ['g', 'Integer', 'None', 'None'],
  ['h', 'Number', '1.5', "Decimal('1.5')"],
  ['i', 'Text', '[1, 2]', "'[1, 2]'"],
  ['j', 'Text', '{"k": "v", "n": 2}', '\'{"k": "v", "n": 2}\''],
  ['l', 'Integer', '9007199254740993', '9007199254740993'],
  ['n', 'Text', '01:02:03', "'01:02:03'"],
  ['p', 'Text', "b'\\x01ab'", '"b\'\\\\x01ab\'"'],
  ['q', 'Text', '{"a":1}', '\'{"a":1}\''],
  ['s', 'Number', '2.0', "Decimal('2.0')"],
  ['u', 'Number', '100000000000000000000.50', "Decimal('100000000000000000000.50')"],
  ['w', 'Number', '1E+30', "Decimal('1E+30')"],
  ['y', 'Text', '["2024-01-01", null]', '\'["2024-01-01", null]\''],
  ['z', 'Number', '1E-7', "Decimal('1E-7')"],
  ['aa', 'Text', '2020-01-01', "'2020-01-01'"],
  ['bb', 'Text', '', "''"],
  ['cc', 'Text', 'null', "'null'"],
])('the value of column %s is a %s as in dbt', async (name, type, text, represented) => {
  const value = table.rows.values[0];
  const read = await rendered(
    `{{ (t.columns[n].data_type | string).split(' ')[0].split('.')[-1] }}|{{ t.rows[0][n] }}|{{ (t.rows[0][n],) }}`,
    { t: table, n: name },
  );
  expect(value).toBeDefined();
  expect(read).toBe(`${type}|${text}|(${represented},)`);
});

test.each([
  ['a', '1', "'1'"],
  ['b', '1.5', "'1.5'"],
  ['c', 'True', "'True'"],
  ['d', "'2024-01-02'", "'2024-01-02'"],
  ['e', "'2024-01-02T03:04:05.678000'", "'2024-01-02T03:04:05.678000'"],
  ['f', "'x'", "'x'"],
  ['g', 'None', 'None'],
  ['s', '2.0', "'2.0'"],
])('the data type of column %s makes its value fit for JSON and CSV', async (name, json, csv) => {
  const cell = (how: string) => `{{ (t.columns[n].data_type.${how}(t.rows[0][n]),) }}`;
  const read = await rendered(`${cell('jsonify')} ${cell('csvify')}`, { t: table, n: name });
  expect(read).toBe(`(${json},) (${csv},)`);
});

test('a timestamp with a time zone keeps its offset', async () => {
  expect(await rendered('{{ t.rows[0].m }}', { t: table })).toBe('2024-01-02 01:04:05+00:00');
});

test('rows, columns and the table print as in dbt', () => {
  expect(repr(table.rows.values[0]!)).toBe(
    "<agate.Row: (1, Decimal('1.5'), True, datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5, 678000), ...)>",
  );
  expect(repr(table.columns.values[0]!)).toBe('<agate.Column: (1)>');
  expect(repr(table.rows)).toBe(`<agate.MappedSequence: (${repr(table.rows.values[0]!)})>`);
  const small = column('a', 'integer', []);
  expect(str(small)).toBe('| column | data_type |\n| ------ | --------- |\n| a      | Integer   |\n');
});

test('a column takes the narrowest type that all its values have', () => {
  const types = (kind: ColumnKind, cells: readonly Cell[]) => column('a', kind, cells).data;
  expect(types('integer', []).types[0]!.name).toBe('Integer');
  expect(types('text', [null, null]).types[0]!.name).toBe('Integer');
  expect(repr([...types('json', ['2', '"x"']).rows.map((row) => row[0]!)])).toBe("['2', '\"x\"']");
  const parsed = tableOfResult(
    { columns: [{ name: 'a', kind: 'json', type: 'jsonb' }], rows: [['2'], ['1.5'], [null]] },
    postgresLike,
  ).table;
  expect(repr(parsed.columns.values[0]!)).toBe("<agate.Column: (Decimal('2'), Decimal('1.5'), None)>");
});

test('JSON of PostgreSQL is written as Python writes it', () => {
  const parsed = tableOfResult(
    { columns: [{ name: 'j', kind: 'json', type: 'json' }], rows: [['{"a":[1,2.5,null,true,"é"]}']] },
    postgresLike,
  ).table;
  expect(repr(parsed.rows.values[0]!)).toBe('<agate.Row: (\'{"a": [1, 2.5, null, true, "\\\\u00e9"]}\')>');
});

test('elements of lists are written by the type of the list', () => {
  const cells: Cell[] = [['1.50', null]];
  expect(column('a', 'list', cells, 'DECIMAL(3,2)[]').data.rows[0]![0]).toBe('[1.5, null]');
  expect(column('a', 'list', [['2020-01-01 02:03:04']], 'TIMESTAMP[]').data.rows[0]![0]).toBe(
    '["2020-01-01T02:03:04"]',
  );
});

test('dates that Python has no calendar for stay text', () => {
  expect(column('a', 'timestamp', ['infinity', '2020-01-01 00:00:00']).data.rows).toEqual([
    ['infinity'],
    ['2020-01-01 00:00:00'],
  ]);
});

test('bytes print with the quotes that Python chooses', () => {
  const bytes = new Uint8Array([1, 0x61, 0x27, 0x22, 0xff]);
  expect(column('b', 'bytes', [bytes]).data.rows[0]![0]).toBe(`b'\\x01a\\'"\\xff'`);
});

test('columns of one name are told apart', () => {
  const columns = ['a', 'a', 'B', 'a'].map(
    (name): ResultColumn => ({ name, kind: 'integer', type: 'INTEGER' }),
  );
  expect(tableOfResult({ columns, rows: [] }).table.names).toEqual(['a', 'a_2', 'B', 'a_3']);
});

test('an empty table has no columns and no rows', async () => {
  expect(
    await rendered('{{ t.columns | length }} {{ t.rows | length }} {{ "full" if t else "empty" }}', {
      t: emptyTable(),
    }),
  ).toBe('0 0 empty');
});

test('the data of a result is a list of tuples', () => {
  expect(repr(rowsOf(column('a', 'integer', [1, 2])))).toBe('[(1,), (2,)]');
  expect(rowsOf(null)).toEqual([]);
});

test('infinities stay what they are', () => {
  const floats = column('a', 'float', [1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect(repr(rowsOf(floats))).toBe("[(Decimal('1.5'),), (inf,), (-inf,)]");
});

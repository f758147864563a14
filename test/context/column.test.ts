import { expect, test } from 'vitest';
import { ColumnClass } from '../../src/context/column.ts';
import { equals } from '../../src/jinja/operations.ts';
import { repr, str } from '../../src/jinja/text.ts';
import { hostTypeOf, type Value } from '../../src/jinja/values.ts';
import { attr, call, duckdbLike, postgresLike } from './sample-facts.ts';

const duckdb = new ColumnClass(duckdbLike);
const postgres = new ColumnClass(postgresLike);

function make(columns: ColumnClass, ...args: Value[]): Value {
  return hostTypeOf(columns)!.call!(columns, args, null) as Value;
}

const kinds = ['is_string', 'is_number', 'is_float', 'is_integer', 'is_numeric'];
const traits = (columns: ColumnClass, type: string): Value[] => {
  const column = make(columns, 'a', type);
  return [attr(column, 'data_type')!, ...kinds.map((kind) => call(column, kind))];
};

test.each([
  ['VARCHAR', 'character varying(256)', true, false, false, false, false],
  ['text', 'character varying(256)', true, false, false, false, false],
  ['INTEGER', 'INTEGER', false, true, false, true, false],
  ['hugeint', 'hugeint', false, true, false, true, false],
  ['serial', 'serial', false, false, false, false, false],
  ['DECIMAL', 'DECIMAL', false, true, false, false, true],
  ['DECIMAL(18,3)', 'DECIMAL(18,3)', false, false, false, false, false],
  ['double', 'double', false, true, true, false, false],
  ['double precision', 'double precision', false, false, false, false, false],
  ['timestamp', 'timestamp', false, false, false, false, false],
])('DuckDB tells the kind of %s as dbt-duckdb does', (type, ...expected) => {
  expect(traits(duckdb, type)).toEqual(expected);
});

test.each([
  ['VARCHAR', 'character varying(256)', true, false, false, false, false],
  ['text', 'text', true, false, false, false, false],
  ['TEXT', 'TEXT', true, false, false, false, false],
  ['character varying', 'character varying', true, false, false, false, false],
  ['character', 'character varying(256)', true, false, false, false, false],
  ['serial', 'serial', false, true, false, true, false],
  ['int', 'int', false, false, false, false, false],
  ['int4', 'int4', false, true, false, true, false],
  ['hugeint', 'hugeint', false, false, false, false, false],
  ['double precision', 'double precision', false, true, true, false, false],
])('PostgreSQL tells the kind of %s as dbt-postgres does', (type, ...expected) => {
  expect(traits(postgres, type)).toEqual(expected);
});

test('sizes become part of the type', () => {
  expect(attr(make(postgres, 'a', 'character varying', 20), 'data_type')).toBe('character varying(20)');
  expect(attr(make(duckdb, 'a', 'text', 20), 'data_type')).toBe('character varying(256)');
  expect(attr(make(duckdb, 'a', 'TEXT', 20), 'data_type')).toBe('character varying(20)');
  expect(attr(make(postgres, 'a', 'numeric', null, 10, 2), 'data_type')).toBe('numeric(10,2)');
  expect(attr(make(postgres, 'a', 'numeric', null, 10), 'data_type')).toBe('numeric');
});

test('text columns know whether they can hold another', () => {
  const short = make(postgres, 'a', 'varchar', 20);
  expect(call(short, 'can_expand_to', [make(postgres, 'b', 'varchar', 30)])).toBe(true);
  expect(call(short, 'can_expand_to', [make(postgres, 'b', 'varchar', 10)])).toBe(false);
  expect(call(short, 'can_expand_to', [make(postgres, 'b', 'integer')])).toBe(false);
  expect(() => call(make(postgres, 'a', 'integer'), 'string_size')).toThrow('no text column');
});

test('the class translates labels and reads descriptions', () => {
  expect(call(duckdb, 'translate_type', ['string'])).toBe('TEXT');
  expect(call(duckdb, 'translate_type', ['foo'])).toBe('foo');
  expect(attr(call(duckdb, 'create', ['a', 'string']), 'dtype')).toBe('TEXT');
  expect(call(duckdb, 'numeric_type', ['decimal', 1, 2])).toBe('decimal(1,2)');
  expect(call(duckdb, 'string_type', [3])).toBe('character varying(3)');
});

test.each([
  ['varchar(20)', "dtype='varchar', char_size=20, numeric_precision=None, numeric_scale=None"],
  ['numeric( 10 , 2 )', "dtype='numeric', char_size=None, numeric_precision=10, numeric_scale=2"],
  [
    'timestamp(6) with time zone',
    "dtype='timestamp', char_size=6, numeric_precision=None, numeric_scale=None",
  ],
  ['numeric(1,2,3)', "dtype='numeric', char_size=None, numeric_precision=None, numeric_scale=None"],
  ['a(b', "dtype='a', char_size=None, numeric_precision=None, numeric_scale=None"],
])('the description %s is taken apart', (description, expected) => {
  expect(repr(call(postgres, 'from_description', ['a', description]))).toBe(
    `PostgresColumn(column='a', ${expected})`,
  );
});

test.each(['numeric(x)', 'numeric(10,y)', ''])('the description %j is refused', (description) => {
  expect(() => call(postgres, 'from_description', ['a', description])).toThrow('Could not interpret');
});

test('a column prints its fields, quotes its name and makes literals', () => {
  expect(str(make(duckdb, 'a', 'text'))).toBe(
    "DuckDBColumn(column='a', dtype='text', char_size=None, numeric_precision=None, numeric_scale=None, fields=[])",
  );
  expect(attr(make(duckdb, 'a"b', 'x'), 'quoted')).toBe('"a""b"');
  expect(call(make(duckdb, 'a', 'varchar', 20), 'literal', ["'x'"])).toBe("'x'::character varying(20)");
});

test('columns are equal by their fields', () => {
  expect(equals(make(duckdb, 'a', 'x'), make(duckdb, 'a', 'x'))).toBe(true);
  expect(equals(make(duckdb, 'a', 'x'), make(duckdb, 'a', 'y'))).toBe(false);
  expect(equals(make(duckdb, 'a', 'x'), make(postgres, 'a', 'x'))).toBe(false);
});

test('structs of DuckDB have fields that flatten to their leaves', () => {
  const column = make(duckdb, 'a', 'STRUCT(a STRUCT(b INTEGER, c VARCHAR[]), d DECIMAL(3,2))');
  const leaves = call(column, 'flatten') as Value[];
  expect(leaves.map((leaf) => `${attr(leaf, 'name')} ${attr(leaf, 'dtype')}`)).toEqual([
    'a.a.b INTEGER',
    'a.a.c VARCHAR[]',
    'a.d DECIMAL(3,2)',
  ]);
  expect(call(column, 'is_struct')).toBe(true);
  expect((call(make(duckdb, 'q', 'int'), 'flatten') as Value[]).length).toBe(1);
  expect(attr(make(postgres, 'q', 'int'), 'fields')).toBeUndefined();
});

test('columns of the warehouse keep sizes where its class keeps them', () => {
  const described = {
    name: 'a',
    type: 'character varying(20)',
    characterLength: 20,
    numericPrecision: null,
    numericScale: null,
  };
  expect(attr(postgres.fromAdapter(described), 'dtype')).toBe('character varying');
  expect(attr(postgres.fromAdapter(described), 'data_type')).toBe('character varying(20)');
  const decimal = {
    name: 'a',
    type: 'DECIMAL(18,3)',
    characterLength: null,
    numericPrecision: 18,
    numericScale: 3,
  };
  expect(attr(duckdb.fromAdapter(decimal), 'data_type')).toBe('DECIMAL(18,3)');
  expect(attr(duckdb.fromType('a', 'DECIMAL(18,3)'), 'dtype')).toBe('DECIMAL(18,3)');
});

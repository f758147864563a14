import { expect, test } from 'vitest';
import { RelationValue, toAdapter } from '../../src/context/relation.ts';
import { RelationClass } from '../../src/context/relation-class.ts';
import { contains, equals, iterate, truth } from '../../src/jinja/operations.ts';
import { repr, str } from '../../src/jinja/text.ts';
import { hostTypeOf, PyDict, type Value } from '../../src/jinja/values.ts';
import { attr, call, duckdbLike, postgresLike } from './sample-facts.ts';

const duckdb = new RelationClass(duckdbLike);
const postgres = new RelationClass(postgresLike);
const parts = { database: 'db', schema: 's', identifier: 'i' };
const table = call(duckdb, 'create', [], { ...parts, type: 'table' });
const view = call(postgres, 'create', [], { ...parts, type: 'view' });
const dict = (record: Record<string, Value>): PyDict => PyDict.fromRecord(record);

test('a relation prints its quoted parts and shows its class', () => {
  expect(str(table)).toBe('"db"."s"."i"');
  expect(repr(table)).toBe('<DuckDBRelation "db"."s"."i">');
  expect(repr(view)).toBe('<PostgresRelation "db"."s"."i">');
  expect(call(table, 'render')).toBe('"db"."s"."i"');
});

test('parts that are not set are left out', () => {
  expect(str(call(duckdb, 'create', [], { identifier: 'x' }))).toBe('"x"');
  expect(str(call(duckdb, 'create', [], { schema: 's' }))).toBe('"s"');
  expect(repr(call(duckdb, 'create'))).toBe('<DuckDBRelation >');
});

test('a quote within a name cannot end it', () => {
  expect(str(call(duckdb, 'create', [], { identifier: 'a"; drop table x; --' }))).toBe(
    '"a""; drop table x; --"',
  );
});

test('parts and flags are read as attributes and as items', () => {
  const read = (name: string): Value | undefined => attr(table, name);
  expect(['database', 'schema', 'identifier', 'table', 'name', 'type'].map(read)).toEqual([
    ...['db', 's', 'i', 'i', 'i', 'table'],
  ]);
  expect(['is_table', 'is_view', 'is_cte', 'is_materialized_view', 'is_pointer'].map(read)).toEqual([
    ...[true, false, false, false, false],
  ]);
  expect(hostTypeOf(table)?.item?.(table, 'schema')).toBe('s');
  expect(hostTypeOf(table)?.item?.(table, 'nope')).toBeUndefined();
  expect(read('is_dynamic_table')).toBeUndefined();
  expect(repr(read('path')!)).toBe("Path(database='db', schema='s', identifier='i')");
  expect(repr(read('quote_policy')!)).toBe('Policy(database=True, schema=True, identifier=True)');
});

test('packages recognise a relation as a mapping with metadata', () => {
  expect(hostTypeOf(table)?.isMapping).toBe(true);
  expect(repr(call(table, 'get', ['metadata']))).toBe("{'type': 'DuckDBRelation'}");
  expect(call(table, 'get', ['nope', 'other'])).toBe('other');
  expect(contains(table, 'schema')).toBe(true);
  expect(contains(table, 'nope')).toBe(false);
  expect(truth(call(duckdb, 'create'))).toBe(true);
});

test('a relation has no entries to walk over', () => {
  expect(() => iterate(table)).toThrow('used as a dictionary');
  expect(() => call(table, 'items')).toThrow('used as a dictionary');
});

test('include and quote change single parts and leave the rest', () => {
  expect(str(call(table, 'include', [], { database: false, schema: false }))).toBe('"i"');
  expect(str(call(table, 'include', [false]))).toBe('"s"."i"');
  expect(str(call(table, 'quote', [], { database: false, identifier: false }))).toBe('db."s".i');
  expect(str(table)).toBe('"db"."s"."i"');
});

test('incorporate merges parts and ignores names that are no fields', () => {
  expect(str(call(table, 'incorporate', [], { path: dict({ identifier: 'x' }) }))).toBe('"db"."s"."x"');
  expect(str(call(table, 'incorporate', [], { path: dict({ schema: null }) }))).toBe('"db"."i"');
  expect(attr(call(table, 'incorporate', [], { type: 'view' }), 'type')).toBe('view');
  expect(attr(call(table, 'incorporate', [], { type: null }), 'type')).toBeNull();
  expect(str(call(table, 'incorporate', [], { foo: 1 }))).toBe('"db"."s"."i"');
  expect(() => call(table, 'incorporate', [], { type: 'zz' })).toThrow('invalid value');
});

test('replace and replace_path refuse names that are no fields', () => {
  expect(() => call(table, 'replace', [], { foo: 1 })).toThrow(
    "DuckDBRelation.__init__() got an unexpected keyword argument 'foo'",
  );
  expect(() => call(table, 'replace_path', [], { foo: 1 })).toThrow(
    "Path.__init__() got an unexpected keyword argument 'foo'",
  );
  expect(() => call(table, 'replace_path', [], { identifier: 3 })).toThrow(
    'Got an invalid path identifier: 3',
  );
  expect(str(call(table, 'replace_path', [], { identifier: 'n' }))).toBe('"db"."s"."n"');
  expect(str(call(table, 'replace', [], { path: attr(view, 'path')!, type: null }))).toBe('"db"."s"."i"');
});

test('a row filter changes what is printed and never what is rendered', () => {
  const none = call(table, 'replace', [], { limit: 0 });
  expect(str(none)).toBe('(select * from "db"."s"."i" where false limit 0)');
  expect(repr(none)).toBe('<DuckDBRelation "db"."s"."i">');
  expect(call(none, 'render')).toBe('"db"."s"."i"');
  expect(str(call(table, 'replace', [], { limit: 5 }))).toBe('(select * from "db"."s"."i" limit 5)');
  expect(str(call(view, 'replace', [], { limit: 0 }))).toBe(
    '(select * from "db"."s"."i" where false limit 0) _dbt_limit_subq_i',
  );
  const name = { database: 'db', schema: 's', identifier: 'i' };
  const where = "ts >= '2024-01-01 00:00:00+00:00' and ts < '2024-01-02 00:00:00+00:00'";
  expect(str(postgres.ofNode(name, { limit: 3, where }))).toBe(
    `(select * from (select * from "db"."s"."i" limit 3) _dbt_limit_subq_i where ${where}) _dbt_et_filter_subq_i`,
  );
  expect(str(duckdb.ofNode(name, { where }))).toBe(`(select * from "db"."s"."i" where ${where})`);
});

test('the information schema drops the schema and is not quoted', () => {
  const tables = call(table, 'information_schema', ['tables']);
  expect(str(tables)).toBe('"db".INFORMATION_SCHEMA.tables');
  expect(repr(tables)).toBe('<InformationSchema "db".INFORMATION_SCHEMA.tables>');
  expect(str(call(table, 'information_schema_only'))).toBe('"db".INFORMATION_SCHEMA');
  expect(repr(call(tables, 'to_dict'))).toBe(
    "{'path': {'database': 'db', 'schema': None, 'identifier': 'INFORMATION_SCHEMA'}, 'type': 'view', 'quote_character': '\"', 'include_policy': {'database': True, 'schema': False, 'identifier': True}, 'quote_policy': {'database': True, 'schema': True, 'identifier': False}, 'dbt_created': False, 'limit': None, 'event_time_filter': None, 'require_alias': True, 'catalog': None, 'renameable_relations': [], 'replaceable_relations': [], 'information_schema_view': 'tables'}",
  );
});

test('to_dict has the keys of the adapter class', () => {
  expect(repr(call(table, 'to_dict'))).toBe(
    "{'path': {'database': 'db', 'schema': 's', 'identifier': 'i'}, 'type': 'table', 'quote_character': '\"', 'include_policy': {'database': True, 'schema': True, 'identifier': True}, 'quote_policy': {'database': True, 'schema': True, 'identifier': True}, 'dbt_created': False, 'limit': None, 'event_time_filter': None, 'require_alias': False, 'catalog': None, 'renameable_relations': [], 'replaceable_relations': [], 'external': None}",
  );
  expect(repr(call(view, 'to_dict'))).toContain("'renameable_relations': ['table', 'view']");
  expect(repr(call(table, 'to_dict', [], { omit_none: true }))).not.toContain('None');
});

test('without_identifier names the schema', () => {
  const schema = call(table, 'without_identifier');
  expect(str(schema)).toBe('"db"."s"');
  expect(attr(schema, 'identifier')).toBeNull();
});

test('matches compares the parts that are given and refuses near misses', () => {
  expect(call(table, 'matches', [], parts)).toBe(true);
  expect(call(table, 'matches', [], { identifier: 'x' })).toBe(false);
  expect(() => call(table, 'matches', [], { database: 'DB', schema: 's' })).toThrow('differs in case only');
  expect(() => call(table, 'matches')).toThrow('needs a database, schema or identifier');
});

test('equality counts every field and the class', () => {
  expect(equals(table, call(duckdb, 'create', [], { ...parts, type: 'table' }))).toBe(true);
  expect(equals(table, call(duckdb, 'create', [], parts))).toBe(false);
  expect(equals(table, call(postgres, 'create', [], { ...parts, type: 'table' }))).toBe(false);
  expect(equals(table, str(table))).toBe(false);
  const found = new PyDict().set(table, 1);
  expect(found.get(call(duckdb, 'create', [], { ...parts, type: 'table' }))).toBe(1);
  expect(contains([view, table], table)).toBe(true);
});

test('a postgres relation with a type refuses a name that would be cut', () => {
  const long = 'a'.repeat(64);
  expect(() => call(postgres, 'create', [], { identifier: long, type: 'table' })).toThrow(
    'longer than 63 characters',
  );
  expect(str(call(postgres, 'create', [], { identifier: long }))).toBe(`"${long}"`);
});

test('create checks what it is given', () => {
  expect(() => call(duckdb, 'create', [], { identifier: 3 })).toThrow('invalid path identifier');
  expect(() => call(duckdb, 'create', [], { type: 'nope' })).toThrow('invalid value');
  expect(() => call(duckdb, 'create', ['a', 'b', 'c', 'view', 'd'])).toThrow('positional arguments');
  expect(
    str(call(duckdb, 'create', ['a', 'b', 'c'], { unknown: 1, quote_policy: dict({ schema: false }) })),
  ).toBe('"a".b."c"');
});

test('api.Relation quotes as the project says, a node over it', () => {
  const unquoted = new RelationClass(duckdbLike, { database: false, identifier: false });
  expect(str(call(unquoted, 'create', [], parts))).toBe('db."s".i');
  expect(
    str(unquoted.ofNode({ database: 'db', schema: 's', identifier: 'i' }, { quoting: { schema: false } })),
  ).toBe('db.s.i');
});

test('the class has the type constants and the helpers of ephemeral models', () => {
  const names = ['View', 'Table', 'CTE', 'External', 'MaterializedView'];
  expect(names.map((name) => attr(duckdb, name))).toEqual([
    'view',
    'table',
    'cte',
    'external',
    'materialized_view',
  ]);
  expect(names.map((name) => attr(table, name))).toEqual([
    'view',
    'table',
    'cte',
    'external',
    'materialized_view',
  ]);
  expect(call(duckdb, 'add_ephemeral_prefix', ['x'])).toBe('__dbt__cte__x');
  const ephemeral = duckdb.ephemeral('x');
  expect(str(ephemeral)).toBe('__dbt__cte__x');
  expect(attr(ephemeral, 'is_cte')).toBe(true);
  expect(str(call(duckdb, 'create_ephemeral_from', [dict({ alias: 'y', name: 'x' })]))).toBe('__dbt__cte__y');
});

test('an external source prints its location', () => {
  const name = { database: 'db', schema: 's', identifier: 'i' };
  expect(str(duckdb.ofNode(name, { external: "'x.csv'" }))).toBe("'x.csv'");
});

test('relations of the warehouse come and go without loss', () => {
  const listed = { database: 'db', schema: 'S', identifier: 'Mixed', type: 'view' } as const;
  const relation = duckdb.fromAdapter(listed);
  expect(str(relation)).toBe('"db"."S"."Mixed"');
  expect(toAdapter(relation)).toEqual(listed);
  expect(toAdapter(duckdb.ephemeral('x'))).toBeNull();
  expect(relation).toBeInstanceOf(RelationValue);
});

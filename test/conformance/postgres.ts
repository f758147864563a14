import pg from 'pg';
import { inject, onTestFinished, vi } from 'vitest';
import { postgresFacts } from '../../adapters/postgres/facts.ts';
import { type PostgresProject, postgresProject, serverOutput } from '../postgres.ts';
import type { ServerAddress } from '../postgres-server.ts';
import { type Files, testProject } from '../rig.ts';
import { commonValues } from './fixture-values.ts';
import { type Client, plainNumber, type Rows, type Warehouse, type WarehouseProject } from './warehouse.ts';

export const postgres: Warehouse = {
  name: 'PostgreSQL',
  facts: postgresFacts,
  project,
  types: {
    integer: 'integer',
    bigint: 'bigint',
    double: 'double precision',
    text: 'text',
    boolean: 'boolean',
    date: 'date',
    timestamp: 'timestamp without time zone',
    timestamptz: 'timestamp with time zone',
    time: 'time without time zone',
  },
  endless: '(select count(*) from pg_sleep(600))',
  lockHolder: /waits for another run: process \d+ of the server, user \w+, '[^']*model\.shop\.built[^']*'$/,
  slow: '(select count(*) from pg_sleep(0.3))',
  snapshot: 'begin isolation level repeatable read',
  ownValues: [
    ['array[1, 2, 3]', '[1, 2, 3]', "'[1, 2, 3]'"],
    ["array['a', null, 'b,c']", '["a", null, "b,c"]', `'["a", null, "b,c"]'`],
    ["array[date '2024-01-01']", '["2024-01-01"]', `'["2024-01-01"]'`],
    ['array[1.50, 2]', '[1.5, 2.0]', "'[1.5, 2.0]'"],
    ['array[[1, 2], [3, 4]]', '[[1, 2], [3, 4]]', "'[[1, 2], [3, 4]]'"],
    [`cast('{"b": 1}' as jsonb)`, '{"b": 1}', `'{"b": 1}'`],
    [`cast('"s"' as jsonb)`, 's', "'s'"],
    [
      "uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    ],
    ["cast('ab' as char(4))", 'ab  ', "'ab  '"],
    ["row(1, 'x')", '(1,x)', "'(1,x)'"],
    ["inet '10.0.0.1'", '10.0.0.1', "'10.0.0.1'"],
    // dbt prints the address of the driver's buffer.
    ["cast('\\xdead' as bytea)", "b'\\xde\\xad'", `"b'\\\\xde\\\\xad'"`],
  ],
  fixtureValues: [
    ...commonValues,
    { type: 'json', value: '{a: [1, 2]}', other: '\'{"a": [1, 3]}\'' },
    { type: 'jsonb', value: '{a: [1, 2], b: null}', other: '[1]' },
    { type: 'integer[]', value: '[1, 2]', other: "'{1}'" },
    { type: 'text[]', value: "[a, it's, null]", other: '[]' },
    { type: 'integer[]', value: '[[1, 2], [3, 4]]', other: '[[1, 2]]' },
    { type: 'character(3)', value: 'abc', other: 'abd' },
    { type: 'bytea', value: '"\\\\x6162"', other: '"\\\\x6163"' },
    { type: 'inet', value: '10.0.0.1', other: '10.0.0.2' },
    { type: 'int4range', value: "'[1,5)'", other: "'[1,6)'" },
    { type: 'money', value: "'1.50'", other: "'1.60'" },
    { type: 'time with time zone', value: "'10:00:00+01'", other: "'10:00:00+02'" },
  ],
  watch,
  // Around them go the set-up of the session and the end of it, the fence and its release, a look at what is missing,
  // each transaction, and for a swap short locks. What a table replaces is looked through for what hangs on it.
  statements: {
    // The question for a transaction's number counts, though it goes along in another statement's message.
    view: { recipe: 1, first: 11, again: 10 },
    table: { recipe: 2, first: 15, again: 17 },
  },
  listing: /c\.relkind in \([^)]*\)\s+order by c\.relname/,
  lacks: { files: 'the server does not reach the files of who asks it' },
};

function project(files: Files = {}): WarehouseProject {
  return standing(postgresProject(files), inject('postgres'));
}

/** A project on a server of the test's own, which may be ended and come back meanwhile. */
export function projectOn(
  server: ServerAddress,
  files: Files = {},
  changes: Readonly<Record<string, unknown>> = {},
): WarehouseProject {
  projects += 1;
  const schema = `test_${projects}`;
  const outputs = { dev: serverOutput({ ...server, schema, ...changes }) };
  const made = testProject({
    'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs } }),
    ...files,
  });
  return standing({ ...made, schema }, server);
}

let projects = 0;

function standing(made: PostgresProject, server: ServerAddress): WarehouseProject {
  let own: Promise<PostgresClient> | null = null;
  const rows = async (sql: string): Promise<Rows> => {
    // One that the server has ended meanwhile is of no use any more.
    if ((await own)?.isLost() !== false) own = open(made, server);
    return (await own!).rows(sql);
  };
  const { schema } = made;
  return {
    ...made,
    database: server.dbname,
    rows,
    client: () => open(made, server),
    relations: async () => {
      const listed = await rows(
        `select n.nspname, c.relname,
           case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where starts_with(n.nspname, '${schema}') and c.relkind in ('r', 'p', 'v', 'm')`,
      );
      const place = (name: string): string => (name === schema ? '' : `${name.slice(schema.length + 1)}.`);
      return listed.map(([where, name, type]) => `${place(String(where))}${name} ${type}`).sort();
    },
    columns: async (relation) => {
      const listed = await rows(
        `select attname, format_type(atttypid, atttypmod) from pg_attribute
         where attrelid = format('%I.%I', '${schema}', '${relation}')::regclass and attnum > 0 and not attisdropped
         order by attnum`,
      );
      return listed.map(([name, type]) => `${name} ${type}`);
    },
    clear: async () => void (await rows(`drop schema if exists ${schema} cascade`)),
    running: async () => {
      const [row] = await rows(
        `select count(*) from pg_stat_activity
         where state <> 'idle' and pid <> pg_backend_pid() and query like '%${schema}%'`,
      );
      return Number(row![0]);
    },
  };
}

interface PostgresClient extends Client {
  isLost(): boolean;
}

async function open({ schema }: PostgresProject, server: ServerAddress): Promise<PostgresClient> {
  const { host, port, user, password, dbname } = server;
  const client = new pg.Client({ host, port, user, password, database: dbname });
  let lost = false;
  client.on('error', () => {
    lost = true;
  });
  await client.connect();
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await client.end();
  };
  onTestFinished(close);
  await client.query(`set search_path = ${schema}`);
  return { rows: (sql) => ask(client, sql), close, isLost: () => lost };
}

/** Integers, floats and decimals, by the numbers of their types. */
const numbers: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700]);
const boolean = 16;

async function ask(client: pg.Client, sql: string): Promise<Rows> {
  const text = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig;
  const { rows, fields } = await client.query<(string | null)[]>({
    text: sql,
    rowMode: 'array',
    types: text,
  });
  return rows.map((row) =>
    row.map((value, column) => {
      const { dataTypeID } = fields[column]!;
      if (value === null) return null;
      if (dataTypeID === boolean) return value === 't';
      return numbers.has(dataTypeID) ? plainNumber(value) : value;
    }),
  );
}

function watch(): readonly string[] {
  const sent: string[] = [];
  const { prototype } = pg.Connection;
  const parse = prototype.parse;
  const spy = vi.spyOn(prototype, 'parse').mockImplementation(function (this: pg.Connection, query, more) {
    sent.push(query.text);
    return parse.call(this, query, more);
  });
  onTestFinished(() => spy.mockRestore());
  return sent;
}

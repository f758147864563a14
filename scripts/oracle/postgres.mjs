import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { loadSource } from '../load-source.mjs';

const database = 'oracle';

/**
 * A PostgreSQL server for both tools, one after the other: the one that `PG*` variables name, else one of our own.
 * `profile` are the flags that send a tool there; `fresh` gives it an empty database; `tables` tells what it left.
 */
export async function openServer() {
  const { givenServer, startServer } = await loadSource(
    resolve(import.meta.dirname, '../../test/postgres-server.ts'),
  );
  const given = givenServer();
  const started = given === null ? await startServer() : null;
  const address = given ?? started.address;
  const profiles = mkdtempSync(join(tmpdir(), 'oracle-profiles-'));
  const output = { type: 'postgres', ...address, dbname: database, schema: 'oracle', threads: 4 };
  const text = JSON.stringify({ oracle: { target: 'dev', outputs: { dev: output } } });
  writeFileSync(join(profiles, 'profiles.yml'), text);
  return {
    profile: ['--profile', 'oracle', '--profiles-dir', profiles],
    fresh: () =>
      withClient(address, address.dbname, async (client) => {
        await client.query(`drop database if exists ${database} with (force)`);
        await client.query(`create database ${database}`);
      }),
    tables: () => withClient(address, database, tablesIn),
    stop: async () => started?.stop(),
  };
}

async function withClient({ host, port, user, password }, name, work) {
  const client = new pg.Client({ host, port, user, password, database: name });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every table and view outside of the server's own schemas: columns with types, number of rows, and a hash of them. */
async function tablesIn(client) {
  const ask = async (text) => (await client.query({ text, rowMode: 'array' })).rows;
  const relations = await ask(`
    select n.nspname, c.relname, c.oid::text,
      case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    order by 1, 2`);
  const tables = {};
  for (const [schema, name, oid, kind] of relations) {
    const columns = await ask(`
      select attname || ' ' || format_type(atttypid, atttypmod)
      from pg_attribute where attrelid = ${oid} and attnum > 0 and not attisdropped order by attnum`);
    const quoted = `"${schema.replaceAll('"', '""')}"."${name.replaceAll('"', '""')}"`;
    const content = await ask(`select t::text from ${quoted} as t order by 1`);
    const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    const described = columns.map(([column]) => column);
    tables[`${schema}.${name} ${kind}`] = { columns: described, rows: content.length, hash };
  }
  return tables;
}

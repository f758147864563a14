import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import { loadSource } from '../../../scripts/load-source.mjs';

/**
 * A warehouse to measure: `output` for a profile, `floor` for a replay by hand, `keep` and `reset` to take the whole
 * database back to how it was.
 */
export function duckdbFile(scratch) {
  const path = join(scratch, 'bench.duckdb');
  const kept = join(scratch, 'kept.duckdb');
  return {
    type: 'duckdb',
    title: 'DuckDB',
    output: (threads) => ({ type: 'duckdb', path, threads }),
    floor: { type: 'duckdb', path },
    table: (name) => `"bench"."main"."${name}"`,
    clear: async () => {
      remove(path);
      (await DuckDBInstance.create(path)).closeSync();
    },
    keep: async () => copyFileSync(path, kept),
    reset: async () => {
      remove(path);
      copyFileSync(kept, path);
    },
    stop: async () => {},
  };
}

/** Synced to disk as servers usually are, which the one of the tests is not. */
export async function postgresServer() {
  const source = fileURLToPath(new URL('../../postgres-server.ts', import.meta.url));
  const { givenServer, startServer } = await loadSource(source);
  const server = givenServer() === null ? await startServer({ settings: ['fsync=on'] }) : null;
  const owner = givenServer() ?? server.address;
  const address = { ...owner, dbname: 'sluice_bench' };
  const ask = async (...statements) => {
    const { dbname: database, ...rest } = owner;
    const client = new pg.Client({ ...rest, database });
    await client.connect();
    for (const sql of statements) await client.query(sql);
    await client.end();
  };
  const drop = (name) => `drop database if exists ${name} with (force)`;
  return {
    type: 'postgres',
    title: 'PostgreSQL',
    output: (threads) => ({ type: 'postgres', ...address, schema: 'main', threads }),
    floor: { type: 'postgres', address },
    table: (name) => `"sluice_bench"."main"."${name}"`,
    clear: () => ask(drop('sluice_bench'), 'create database sluice_bench'),
    keep: () => ask(drop('sluice_kept'), 'create database sluice_kept template sluice_bench'),
    reset: () => ask(drop('sluice_bench'), 'create database sluice_bench template sluice_kept', 'checkpoint'),
    stop: async () => {
      await ask(drop('sluice_bench'), drop('sluice_kept'));
      await server?.stop();
    },
  };
}

function remove(path) {
  for (const file of [path, `${path}.wal`]) if (existsSync(file)) rmSync(file);
}

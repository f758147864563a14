import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/**
 * A warehouse by its driver alone: `connect` gives a function that sends one statement, or on PostgreSQL
 * `{ copy, file }`, a COPY that reads a file.
 */
export async function openDuckDB({ path }) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.fromCache(path);
  const connections = [];
  return {
    connect: async () => {
      const connection = await instance.connect();
      connections.push(connection);
      return (sql) => connection.run(sql);
    },
    close: async () => {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
    },
  };
}

export async function openPostgres({ address }) {
  const { default: pg } = await import('pg');
  const { dbname: database, ...rest } = address;
  const clients = [];
  return {
    connect: async () => {
      const client = new pg.Client({ ...rest, database });
      await client.connect();
      clients.push(client);
      return async (sql) => {
        if (typeof sql === 'string') return client.query({ text: sql, queryMode: 'extended' });
        const { from } = await import('pg-copy-streams');
        return pipeline(createReadStream(sql.file), client.query(from(sql.copy)));
      };
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

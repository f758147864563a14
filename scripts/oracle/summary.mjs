import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Fields of a node that both tools must agree on. */
export const comparedFields = [
  'resource_type',
  'name',
  'package_name',
  'path',
  'original_file_path',
  'alias',
  'schema',
  'fqn',
  'tags',
  'description',
  'columns',
  'meta',
  'checksum',
  'refs',
  'sources',
  'patch_path',
  'primary_key',
  'column_name',
  'attached_node',
  'test_metadata',
  'config',
  'unrendered_config',
  'source_name',
  'identifier',
  'loader',
  'raw_code',
];

/** What a finished run says, without what differs by nature: times, ids of the invocation, absolute paths. */
export async function summaryOf(folder) {
  const manifest = readManifest(folder);
  const nodes = {};
  for (const [id, node] of Object.entries({
    ...manifest.nodes,
    ...manifest.sources,
    ...manifest.exposures,
  })) {
    nodes[id] = { ...pick(node), depends_on: [...(node.depends_on?.nodes ?? [])].sort() };
    if (comparesSql(node)) nodes[id].compiled = normalise(node.compiled_code);
  }
  return { nodes, tables: await tablesOf(folder) };
}

export const readManifest = (folder) =>
  JSON.parse(readFileSync(join(folder, 'target', 'manifest.json'), 'utf8'));

/** Built-in generic tests are the tool's own text: they are compared by what they find. */
export function comparesSql(node) {
  if (typeof node.compiled_code !== 'string') return false;
  const builtIn = ['not_null', 'unique', 'accepted_values', 'relationships'];
  return !(
    node.resource_type === 'test' &&
    builtIn.includes(node.test_metadata?.name) &&
    !node.test_metadata.namespace
  );
}

/** White space aside: runs of it are one space, and none stands beside a bracket, comma or operator. */
export const normalise = (sql) =>
  sql
    ?.replace(/\s+/g, ' ')
    .replace(/ ?([^\w\s'"]) ?/g, '$1')
    .trim();

/** dbt's static reader names sources in an order of chance. */
export function pick(node) {
  const fields = comparedFields.filter((field) => field in node).map((field) => [field, node[field]]);
  return Object.fromEntries(
    fields.map(([field, value]) => [field, field === 'sources' ? [...value].sort() : value]),
  );
}

/** Every table and view of the DuckDB files in a folder: columns with types, number of rows, and a hash of them. */
export async function tablesOf(folder) {
  const tables = {};
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.duckdb'))
    .sort()) {
    const instance = await DuckDBInstance.create(join(folder, file), { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    const relations = await rows(
      connection,
      "select table_schema, table_name from information_schema.tables where table_schema not in ('information_schema') order by all",
    );
    for (const [schema, name] of relations) {
      tables[`${schema}.${name}`] = await contentOf(connection, `"${schema}"."${name}"`);
    }
    connection.closeSync();
    instance.closeSync();
  }
  return tables;
}

/** Of a view that cannot be read, the reason stands in the place of its rows. */
async function contentOf(connection, name) {
  try {
    const columns = (await rows(connection, `describe ${name}`)).map(([column, type]) => `${column} ${type}`);
    const content = await rows(connection, `select ${name}::text from ${name} order by all`);
    const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    return { columns, rows: content.length, hash };
  } catch (caught) {
    return { columns: [], rows: 0, hash: caught.message };
  }
}

async function rows(connection, sql) {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

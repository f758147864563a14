import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a run sent for its nodes, in the order in which they began: statements as its event log tells them, and the
 * nodes with statements that each waits for.
 */
export function readRecording(eventLog, project) {
  const sent = new Map();
  for (const { info, data } of jsonLines(eventLog)) {
    if (info.name === 'NodeStart') sent.set(data.node_info.unique_id, []);
    if (info.name === 'SQLQuery') sent.get(data.node_info?.unique_id)?.push(data.sql);
  }
  const { nodes } = JSON.parse(readFileSync(join(project, 'target', 'manifest.json'), 'utf8'));
  const nearest = (id) => {
    if (sent.has(id)) return [id];
    return nodes[id] === undefined ? [] : nodes[id].depends_on.nodes.flatMap(nearest);
  };
  return [...sent].map(([id, statements]) => ({
    id,
    materialized: nodes[id].config.materialized,
    parents: [...new Set(nodes[id].depends_on.nodes.flatMap(nearest))],
    statements,
  }));
}

/** How often each kind of statement reached the driver, those of the nodes' recipes apart from all others. */
export function countStatements(statementsFile, recording) {
  const told = new Map();
  for (const { statements } of recording) {
    for (const sql of statements) told.set(sql, (told.get(sql) ?? 0) + 1);
  }
  const kinds = new Map([['of the recipes', 0]]);
  for (const { kind, sql } of jsonLines(statementsFile)) {
    const left = told.get(sql) ?? 0;
    if (left > 0) told.set(sql, left - 1);
    const name = left > 0 ? 'of the recipes' : kindOf(sql, kind);
    kinds.set(name, (kinds.get(name) ?? 0) + 1);
  }
  return kinds;
}

/** By materialization: how many nodes there are, and how many statements their recipes sent for each. */
export function countByMaterialization(recording) {
  const counts = new Map();
  for (const { materialized, statements } of recording) {
    const { nodes, sent } = counts.get(materialized) ?? { nodes: 0, sent: 0 };
    counts.set(materialized, { nodes: nodes + 1, sent: sent + statements.length });
  }
  return counts;
}

const kindOf = (sql, kind) => {
  for (const [name, pattern] of kinds) if (pattern.test(sql)) return name;
  return kind === 'prepare' ? 'others, prepared' : 'others';
};

const kinds = [
  ['begin', /^begin\b/i],
  ['commit', /^commit\b/i],
  ['rollback', /^rollback\b/i],
  ['savepoints', /^(release )?savepoint\b/i],
  [
    'listings of a schema',
    /duckdb_tables\(\)[\s\S]*not temporary|where n\.nspname = '[^']*' and c\.relkind in/,
  ],
  ['lists of schemas', /duckdb_schemas\(\)|^select nspname::text from/],
  ['looks at one relation', /^comment on table|^truncate |^describe |c\.relname = |duckdb_tables\(\)/],
  ['fences', /pg_(try_)?advisory_(un)?lock/],
  ['set-up of a session', /^set |pg_backend_pid|client_connection_check_interval|^discard all/],
  ['lock time-outs', /lock_timeout/],
];

function jsonLines(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

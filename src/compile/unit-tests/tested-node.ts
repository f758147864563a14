import { posix } from 'node:path';
import type { CompilableNode, FixtureRows, ModelNode, UnitTestNode } from '../../manifest/node.ts';

type Row = Readonly<Record<string, unknown>>;

/** As it is called where a model has several versions, each of which is tested by itself: `sums_up_v2`. */
export const unitTestName = ({ name, version }: UnitTestNode): string =>
  version === null ? name : `${name}_v${version}`;

/**
 * A unit test as its templates see it, with dbt's fields: the model's text under the test's name and settings. Nothing
 * of the model's own configuration is there.
 */
export function testedNode(test: UnitTestNode, model: ModelNode): CompilableNode {
  const name = unitTestName(test);
  const { enabled, tags, meta } = test.config;
  const node = {
    ...model,
    resource_type: 'unit_test',
    name,
    alias: name,
    unique_id: test.unique_id,
    fqn: test.fqn,
    path: posix.join(posix.dirname(test.original_file_path), `${name}.sql`),
    original_file_path: test.original_file_path,
    description: test.description,
    config: { enabled, tags, meta, materialized: 'unit', ...expected(test) },
    tags: [],
    columns: {},
    meta: {},
    constraints: [],
    unrendered_config: {},
    relation_name: null,
    patch_path: null,
    tested_node_unique_id: model.unique_id,
    overrides: test.overrides,
  };
  return node as unknown as CompilableNode;
}

function expected({ expect: { rows, format } }: UnitTestNode) {
  return format === 'sql' ? { expected_sql: String(rows ?? '') } : { expected_rows: wholeRows(rows) };
}

/**
 * Expected rows that all have the same columns in the same order: what a row does not name is null. Names are compared
 * in lower case, as everywhere in fixtures.
 */
export function wholeRows(rows: FixtureRows): readonly Row[] {
  if (rows === null || typeof rows === 'string') return [];
  const names = new Set(rows.flatMap((row) => Object.keys(row).map((name) => name.toLowerCase())));
  return rows.map((row) => {
    const given = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
    return Object.fromEntries([...names].map((name) => [name, given.get(name) ?? null]));
  });
}

import type { OperationNode } from '../manifest/node.ts';
import type { OpenProject } from './open-project.ts';

/** A node that stands in no file: what templates outside of nodes are rendered as (`--inline`, set-up). */
export function operationNode({ project }: OpenProject, name: string, code: string): OperationNode {
  const { root, credentials } = project;
  return {
    database: credentials.database,
    schema: credentials.schema,
    name,
    resource_type: 'sql_operation',
    package_name: root.name,
    path: `${name}.sql`,
    original_file_path: `${name}.sql`,
    unique_id: `sql_operation.${root.name}.${name}`,
    fqn: [root.name, 'sql_operation', name],
    alias: name,
    checksum: { name: 'none', checksum: '' },
    config: { enabled: true, materialized: 'view', tags: [], meta: {} },
    tags: [],
    description: '',
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: 0,
    relation_name: null,
    raw_code: code,
    doc_blocks: [],
    language: 'sql',
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: [] },
    compiled_path: null,
    contract: { enforced: false, alias_types: true, checksum: null },
  };
}

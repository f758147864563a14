import type { MacroSource } from '../context/macro-registry.ts';
import { nodeFields } from '../manifest/make-node.ts';
import type { OperationNode } from '../manifest/node.ts';
import type { OpenProject } from './open-project.ts';

const noReferences = { refs: [], sources: [], metrics: [], functions: [], macros: [] };

/** What a macro that runs by itself is rendered as; results call it by the macro's own id, as in dbt. */
export function macroHolder(project: OpenProject, packageName: string, macro: MacroSource): OperationNode {
  const { uniqueId: unique_id, name, file } = macro;
  const holder = operationNode(project, name, '');
  const config = { enabled: true, tags: [], meta: {} };
  const fields = { unique_id, name, package_name: packageName, path: file, original_file_path: file };
  return { ...holder, ...fields, resource_type: 'operation', fqn: unique_id.split('.'), config };
}

/** A node that stands in no file: what templates outside of nodes are rendered as (`--inline`, set-up). */
export function operationNode(
  { project }: Pick<OpenProject, 'project'>,
  name: string,
  code: string,
): OperationNode {
  const { root, credentials } = project;
  const seed = {
    type: 'sql_operation',
    packageName: root.name,
    name,
    uniqueId: `sql_operation.${root.name}.${name}`,
    path: `${name}.sql`,
    originalFilePath: `${name}.sql`,
    fqn: [root.name, 'sql_operation', name],
    checksum: { name: 'none', checksum: '' },
    rawCode: code,
  } as const;
  const config = { enabled: true, materialized: 'view', tags: [], meta: {} };
  return {
    ...nodeFields(credentials, seed, noReferences, config, 0),
    resource_type: seed.type,
  };
}

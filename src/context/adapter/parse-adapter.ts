import { callable, tuple, type Value } from '../../jinja/values.ts';
import { type AdapterContext, AdapterObject, sharedMembers } from './adapter-object.ts';

/**
 * `adapter` while the project is parsed: everything that needs the warehouse answers with a fixed value of dbt's
 * (none, an empty list, false), so that templates run through.
 */
export function parseAdapter(context: AdapterContext, emptyTable: () => Value): AdapterObject {
  const answers: Readonly<Record<string, () => Value>> = {
    ...Object.fromEntries(emptyLists.map((name) => [name, () => []])),
    check_schema_exists: () => false,
    already_exists: () => false,
    execute: () => tuple('', emptyTable()),
    get_partitions_metadata: emptyTable,
    add_query: () => tuple(null, null),
    cache_added: () => '',
    cache_dropped: () => '',
    cache_renamed: () => '',
  };
  const members: [string, Value][] = [
    ...sharedMembers(context),
    ...Object.entries(answers).map(([name, answer]): [string, Value] => [name, callable(name, answer)]),
  ];
  return new AdapterObject(members, (name) => callable(name, () => null));
}

const emptyLists = [
  'list_relations',
  'list_relations_without_caching',
  'get_columns_in_relation',
  'get_columns_in_table',
  'get_missing_columns',
  'get_column_schema_from_query',
  'list_schemas',
];

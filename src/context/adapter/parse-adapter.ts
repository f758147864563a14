import { callable, tuple, type Value } from '../../jinja/values.ts';
import {
  type AdapterContext,
  type AdapterObject,
  type AdapterPart,
  adapterObject,
  sharedParts,
} from './adapter-object.ts';

export interface ParseAdapterContext extends AdapterContext {
  emptyTable(): Value;
}

/**
 * `adapter` while the project is parsed: everything that needs the warehouse answers with a fixed value of dbt's
 * (none, an empty list, false), so that templates run through.
 */
export function parseAdapter(context: ParseAdapterContext): AdapterObject {
  return adapterObject(parseParts, context, (name) => callable(name, () => null));
}

function answers({ emptyTable }: ParseAdapterContext): (readonly [string, Value])[] {
  const values: Readonly<Record<string, () => Value>> = {
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
  return Object.entries(values).map(([name, answer]) => [name, callable(name, answer)]);
}

const parseParts: readonly AdapterPart<ParseAdapterContext>[] = [...sharedParts, answers];

const emptyLists = [
  'list_relations',
  'list_relations_without_caching',
  'get_columns_in_relation',
  'get_columns_in_table',
  'get_missing_columns',
  'get_column_schema_from_query',
  'list_schemas',
];

import type { Span } from '../../core/span.ts';
import type { SavedQueryNode } from '../node.ts';
import type { NodeDraft } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { defineResource } from '../properties/defined.ts';
import { type PropertiesEntry, placeIn } from '../properties/entry.ts';
import {
  checkPart,
  choiceOf,
  innerPart,
  innerParts,
  type Part,
  textOrNull,
  wholeEntry,
} from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { type Draft, isRecord, listOf, own, type PlainRecord } from '../record.ts';
import { catchTemplate } from '../template-failures.ts';
import { byCodePoint } from '../test-names.ts';
import { exportDestinations } from './choices.ts';
import type { QueryParams, SavedQueryExport } from './parts.ts';
import { descriptionOf } from './semantic-models.ts';
import { whereFilters } from './where-filters.ts';

export interface ParsedSavedQuery {
  readonly node: Draft<SavedQueryNode>;
  readonly place: () => Span;
}

const savedQueryShape: Shape = {
  name: 'text',
  query_params: 'record',
  description: 'text?',
  label: 'text?',
  exports: 'list',
  config: 'record',
  tags: 'text|texts?',
};

const queryParamsShape: Shape = {
  metrics: 'texts',
  group_by: 'texts',
  where: 'text|texts?',
  order_by: 'texts',
  limit: 'integer?',
};

/** Null where the entry is wrong, which is told. */
export function parseSavedQuery(state: ParseState, entry: PropertiesEntry): ParsedSavedQuery | null {
  const part = wholeEntry(state, entry);
  if (!checkPart(part, savedQueryShape, ['query_params'])) return null;
  const params = innerPart(part, 'query_params', 'query_params')!;
  if (!checkPart(params, queryParamsShape)) return null;
  const { data, pack, file, name } = entry;
  const { path, fqn, config, unrendered } = defineResource(state, entry, 'saved_query');
  const tags = [data['tags'], config['tags']].flatMap((list) =>
    list === undefined || list === null ? [] : (listOf(list) as string[]),
  );
  const exports = innerParts(part, 'exports', 'export').flatMap(
    (inner) => readExport(inner, config, pack.name) ?? [],
  );
  const node: Draft<SavedQueryNode> = {
    name,
    resource_type: 'saved_query',
    package_name: pack.name,
    path,
    original_file_path: file.path,
    unique_id: `saved_query.${pack.name}.${name}`,
    fqn,
    query_params: queryParams(params.data),
    exports,
    description: descriptionOf(state, entry, config['enabled'] !== false),
    label: textOrNull(data, 'label'),
    metadata: null,
    config: config as unknown as SavedQueryNode['config'],
    unrendered_config: unrendered,
    group: config['group'] as string | null,
    depends_on: { macros: [], nodes: [] },
    created_at: state.createdAt,
    refs: [],
    tags: [...new Set(tags)].sort(byCodePoint),
  };
  return { node, place: () => placeIn(entry) };
}

function queryParams(data: PlainRecord): QueryParams {
  const texts = (key: string): readonly string[] => (own(data, key) as readonly string[] | undefined) ?? [];
  return {
    metrics: texts('metrics'),
    group_by: texts('group_by'),
    where: whereFilters(own(data, 'where')),
    order_by: texts('order_by'),
    limit: (own(data, 'limit') as number | null | undefined) ?? null,
  };
}

/**
 * Where an export is written: its own configuration over the saved query's. A schema that is given is the schema,
 * while database and alias go through the project's naming, as does the schema where none is given.
 */
function readExport(part: Part, queryConfig: PlainRecord, packageName: string): SavedQueryExport | null {
  if (!checkPart(part, { name: 'text', config: 'record' }, ['name'])) return null;
  const { state } = part;
  const name = part.data['name'] as string;
  const given = isRecord(part.data['config']) ? part.data['config'] : {};
  const combined = { ...queryConfig, ...given };
  const exportAs = choiceOf({ ...part, data: combined }, 'export_as', exportDestinations);
  if (exportAs === null) return null;
  const schema = textOrNull(combined, 'schema_name') ?? textOrNull(combined, 'schema');
  const node = { name, package_name: packageName, resource_type: 'saved_query' } as unknown as NodeDraft;
  const names = catchTemplate(state.found, () => ({
    database: state.naming.database(textOrNull(combined, 'database'), node),
    schema: state.naming.schema(null, node),
    alias: state.naming.alias(textOrNull(combined, 'alias'), node),
  }));
  return {
    name,
    config: {
      export_as: exportAs,
      schema_name: schema || (names?.schema ?? null),
      alias: textOrNull(combined, 'alias') || (names?.alias ?? null),
      database: names?.database ?? textOrNull(combined, 'database'),
    },
    unrendered_config: given,
  };
}
